/** What a table of a report is made of: values that know their name among all of the report's. */
import type { Zone } from '../domain/time.js';
import { isFigure, NONE, type Value } from './values.js';
import { instantInWords } from './words.js';

/** The parts of the CSV, in its order. */
export const SECTIONS = [
  ...(['about', 'summary', 'before', 'trends', 'methods', 'profile', 'riders'] as const),
  ...(['left_out', 'restated', 'calendar'] as const),
] as const;
export type Section = (typeof SECTIONS)[number];

/** One value of the report and its name among all others. */
export interface Figure {
  /** Undefined for sums and reshapings of other figures, which the CSV leaves to its reader. */
  readonly section: Section | undefined;
  /** What it is the figure of: a date, a payment type, a rider; empty where there is only one. */
  readonly key: string;
  readonly measure: string;
  readonly value: Value;
}

export interface TableRow {
  readonly label: string;
  /** One for each column after the first. */
  readonly figures: readonly Figure[];
  /** Further figures, for machines only. */
  readonly more?: readonly Figure[];
}

export interface ReportTable {
  readonly title: string;
  /** Titles of the columns; the first is the labels'. */
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
  /** The sum of all rows, where it means something. */
  readonly total?: TableRow;
}

/** The values of one row, under one section and key. */
export function figures(
  section: Section | undefined,
  key: string,
  values: Readonly<Record<string, Value>>,
): Figure[] {
  return Object.entries(values).map(([measure, value]) => ({ section, key, measure, value }));
}

export function instant(iso: string | null, zone: Zone): Value {
  return iso === null ? NONE : { kind: 'instant', iso, words: instantInWords(iso, zone) };
}

/** Whether each column stands to the right: where its first row has a figure. */
export function rightColumns([first]: readonly TableRow[]): boolean[] {
  return [false, ...(first?.figures.map(({ value }) => isFigure(value)) ?? [])];
}
