/** The event that a study is about: an entry of the fare and policy calendar, by its number or name, or a bare date. */
import type { CalendarEntry } from '../domain/calendar.js';
import { isDate } from '../domain/calendar-entry.js';
import { dateOf, dayOf } from './days.js';
import { isRefusal, type Refusal, refuse } from './numeric/answer.js';
import type { Observations } from './observations.js';
import type { StudyChart } from './study.js';

export interface StudyEvent {
  readonly name: string;
  /** The first local day. */
  readonly day: number;
  /** The day after the last one; null: it has no end. */
  readonly end: number | null;
  /** Null where a date alone was named. */
  readonly entry: CalendarEntry | null;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const listOf = (entries: readonly CalendarEntry[]): string =>
  entries.length === 0
    ? 'the calendar is empty; name a date'
    : `there are: ${entries.map(({ entry_id, name, starts_on }) => `${entry_id} ${name} (${starts_on})`).join(', ')}`;

function entryOf(wanted: string, calendar: readonly CalendarEntry[]): CalendarEntry | Refusal {
  const found = calendar.filter(({ entry_id, name }) => String(entry_id) === wanted || name === wanted);
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only;
  return refuse(
    'not_identified',
    another === undefined
      ? `No entry of the calendar is ${wanted}; ${listOf(calendar)}.`
      : `More than one entry of the calendar is named ${wanted}; ${listOf(found)}. Name its number.`,
  );
}

/** Where none is named: the only entry in the period of the kinds that the study asks for. */
function onlyEntry({ calendar, from, to }: Observations, kinds: readonly string[]): CalendarEntry | Refusal {
  const inside = calendar.filter(
    ({ kind, starts_on }) => kinds.includes(kind) && starts_on > from && starts_on < to,
  );
  const [only, another] = inside;
  if (only !== undefined && another === undefined) return only;
  return refuse(
    'not_identified',
    `Which event is meant? The calendar has ${another === undefined ? 'no entry' : 'more than one entry'} in the period that it could be: name one by its number or name, or a date; ${listOf(another === undefined ? calendar : inside)}.`,
  );
}

/** The event, inside of the period observed, or why there is none. */
export function findEvent(
  observations: Observations,
  wanted: string | undefined,
  kinds: readonly string[],
): StudyEvent | Refusal {
  const { calendar, from, to } = observations;
  if (wanted !== undefined && DATE.test(wanted)) {
    if (!isDate(wanted)) return refuse('out_of_domain', `${wanted} is no date.`);
    return inside({ name: wanted, day: dayOf(wanted), end: null, entry: null }, from, to);
  }
  const entry = wanted === undefined ? onlyEntry(observations, kinds) : entryOf(wanted, calendar);
  if (isRefusal(entry)) return entry;
  const end = entry.ends_before === null ? null : dayOf(entry.ends_before);
  return inside({ name: entry.name, day: dayOf(entry.starts_on), end, entry }, from, to);
}

function inside(event: StudyEvent, from: string, to: string): StudyEvent | Refusal {
  if (event.day > dayOf(from) && event.day < dayOf(to)) return event;
  return refuse(
    'not_identified',
    `The event ${event.name} began on ${dateOf(event.day)}, and the data are of ${from} to before ${to}: there is nothing on one side of it.`,
  );
}

/** The event as charts draw it. */
export const markOf = ({ name, day, end }: StudyEvent): StudyChart['marks'][number] => ({
  name,
  from: dateOf(day),
  to: end === null ? null : dateOf(end),
});

/** Other entries that fall into the same time and so are in the estimate as well. */
export function overlapping(
  { calendar }: Observations,
  event: StudyEvent,
  from: number,
  to: number,
): string[] {
  return calendar
    .filter(({ entry_id, starts_on, ends_before }) => {
      const [start, end] = [dayOf(starts_on), ends_before === null ? null : dayOf(ends_before)];
      const begins = start >= from && start < to;
      const ends = end !== null && end > from && end < to;
      return entry_id !== event.entry?.entry_id && (begins || ends);
    })
    .map(
      ({ name, starts_on }) =>
        `The calendar's entry ${name} (${starts_on}) falls into the same weeks: its effect is in the estimate too.`,
    );
}
