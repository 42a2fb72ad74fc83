/** What a dataset is asked to be, checked. */
import { isDate } from '../../domain/calendar-entry.js';
import { AppError, type Problem } from '../../domain/errors.js';

export interface DatasetRequest {
  /** Names the study: its riders have the same pseudonyms in all its datasets, and others in every other study's. */
  readonly study: string;
  /** Local dates of the reporting zone: from inclusive, to exclusive. */
  readonly from: string;
  readonly to: string;
  /** The folder that is made; nothing may be there yet. */
  readonly folder: string;
  /** Only what had come in up to here, as an earlier dataset tells it. By default everything. */
  readonly asOf?: AsOf | undefined;
  /** Who is named as the dataset's authors. By default the study's team. */
  readonly authors?: readonly string[] | undefined;
  /** Also uses of passes by its riders, from the platform's table `hntb_bytemark_pass` in the same database. */
  readonly passes?: boolean | undefined;
  /** Also a package after TIDES, the open standard of transit agencies. */
  readonly tides?: TidesRequest | undefined;
}

/** Numbers of the last capture, and of the last adjustment, that count. */
export interface AsOf {
  readonly captures: number;
  /** Without it: those that had come in before the next capture did. */
  readonly adjustments?: number | undefined;
}

export interface TidesRequest {
  /** When a service day begins, `HH:MM` local time. By default midnight. */
  readonly serviceDayStarts?: string | undefined;
  /** Whether each transaction names its rider, by the study's pseudonym, as `token_id`. By default it does not. */
  readonly riders?: boolean | undefined;
}

const STUDY = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const MOST_AUTHORS = 100;
const MOST_AUTHOR_CHARACTERS = 200;

/** @throws AppError `usage` naming all that is wrong */
export function checkRequest({ study, from, to, asOf, authors = [], tides }: DatasetRequest): void {
  const problems: Problem[] = [];
  const refuse = (field: string, code: string, message: string): void => {
    problems.push({ field, code, message: `${field} ${message}` });
  };
  if (!STUDY.test(study))
    refuse(
      'study',
      'not_a_name',
      'must be 1 to 64 lower-case letters, digits and hyphens, such as fares-2026.',
    );
  if (!isDate(from)) refuse('from', 'not_a_date', 'must be a date such as 2026-01-01.');
  if (!isDate(to)) refuse('to', 'not_a_date', 'must be a date such as 2026-07-01; it is left out.');
  if (isDate(from) && isDate(to) && from >= to) refuse('to', 'not_after', 'must lie after from.');
  for (const number of [asOf?.captures, asOf?.adjustments])
    if (number !== undefined && !(Number.isSafeInteger(number) && number >= 0))
      refuse('as-of', 'not_a_number', 'must be the number of a capture, such as 1200, or 1200,35.');
  if (authors.length > MOST_AUTHORS || authors.some((author) => !isName(author)))
    refuse(
      'author',
      'not_a_name',
      `must be a name of at most ${MOST_AUTHOR_CHARACTERS} characters in one line.`,
    );
  const starts = tides?.serviceDayStarts;
  if (starts !== undefined && !CLOCK.test(starts))
    refuse('service-day-starts', 'not_a_time', 'must be a local time such as 03:00.');
  if (problems.length > 0)
    throw new AppError('usage', 'The dataset cannot be built as asked for:', { problems });
}

function isName(author: string): boolean {
  return author.trim() !== '' && author.length <= MOST_AUTHOR_CHARACTERS && !/\p{Cc}/u.test(author);
}
