/** The question of a study as it stands in the address: options that are not their default, and whether it was asked. */
import type { Study, StudyOption, StudyQuery } from '../../api/studies.ts';
import type { View } from '../../view/view.ts';
import { isDate, localTime } from '../../view/zone-time.ts';

/** In the address once the question was asked: whoever opens the address then asks the same. */
export const ASKED = 'asked';

/** Values by the name of their option; what is not there has its default. */
export type Draft = Readonly<Record<string, string>>;

export function draftOf({ options }: Study, view: View): Draft {
  return Object.fromEntries(
    options.flatMap(({ name }) => {
      const value = view.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** For the address: null takes out what is as it is by default. */
export function changesOf({ options }: Study, draft: Draft): Record<string, string | null> {
  return Object.fromEntries(
    options.map((option) => {
      const value = draft[option.name]?.trim() ?? '';
      return [option.name, value === '' || value === defaultOf(option) ? null : value];
    }),
  );
}

export const defaultOf = (option: StudyOption): string =>
  option.default === null ? '' : String(option.default);

/** Studies are of whole days: an instant is its local date. */
export function queryOf(
  study: Study,
  view: View,
  span: { readonly from: string | undefined; readonly to: string | undefined },
  zone: string,
): StudyQuery {
  const date = (moment: string | undefined): string | undefined =>
    moment === undefined || isDate(moment) ? moment : localTime(Date.parse(moment), zone).date;
  return { ...draftOf(study, view), from: date(span.from), to: date(span.to) };
}

/** What is seldom changed: numbers, and yes or no. */
export const isFurther = ({ type }: StudyOption): boolean => type !== 'choice' && type !== 'text';

/** `before_weeks` as "Before weeks". */
export const nameInWords = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;

export const EXTRA_NAMES: Readonly<Record<string, string>> = {
  of: 'Shares of',
  treated: 'Segments it met',
  comparison: 'Segments to compare with',
  outcome: 'What is counted',
  period: 'By',
  price: 'Prices from',
  cluster: 'What the event met',
};
