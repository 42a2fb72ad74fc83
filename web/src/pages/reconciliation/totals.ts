/** A report's totals by day and payment type, folded by day or by type. Money is added in minor units, exactly. */
import type { Category, ReportedDay } from '../../api/reconciliations.ts';
import { CATEGORIES } from './words.ts';

export const FOLDS = ['day', 'method', 'both'] as const;
export type Fold = (typeof FOLDS)[number];

export interface TotalsRow {
  readonly key: string;
  /** Null where the row is of all days, or of all types. */
  readonly date: string | null;
  readonly paymentType: string | null;
  readonly paymentsHere: number;
  readonly paymentsThere: number;
  /** In minor units, as all money here. */
  readonly here: number;
  readonly there: number;
  /** The parts of the difference in the order of the categories, those of nothing left out. */
  readonly parts: readonly { readonly category: Category; readonly minor: number }[];
}

export const differenceOf = ({ here, there }: Pick<TotalsRow, 'here' | 'there'>): number => here - there;

/** Whether both sides are not the same; also where amounts are, and payments are not. */
export const differs = (row: TotalsRow): boolean =>
  differenceOf(row) !== 0 || row.paymentsHere !== row.paymentsThere || row.parts.length > 0;

export function foldTotals(days: readonly ReportedDay[], fold: Fold, digits: number): TotalsRow[] {
  const groups = new Map<string, ReportedDay[]>();
  for (const day of days) {
    const key = { day: day.date, method: day.payment_type, both: `${day.date} ${day.payment_type}` }[fold];
    groups.set(key, [...(groups.get(key) ?? []), day]);
  }
  const rows = [...groups].map(([key, group]) => ({
    ...sumOf(group, digits),
    key,
    date: fold === 'method' ? null : (group[0]?.date ?? null),
    paymentType: fold === 'day' ? null : (group[0]?.payment_type ?? null),
  }));
  // Days stand in the order of time, as they came; methods by what they have brought in.
  return fold === 'method' ? rows.sort((a, b) => b.here + b.there - a.here - a.there) : rows;
}

export function sumOf(days: readonly ReportedDay[], digits: number): TotalsRow {
  const minor = (amount: number): number => Math.round(amount * 10 ** digits);
  const add = (of: (day: ReportedDay) => number): number => days.reduce((sum, day) => sum + of(day), 0);
  const parts = CATEGORIES.map((category) => ({
    category,
    minor: add(({ explained }) => minor(explained[category] ?? 0)),
  }));
  return {
    key: '',
    date: null,
    paymentType: null,
    paymentsHere: add((day) => day.payments_here),
    paymentsThere: add((day) => day.payments_there),
    here: add((day) => minor(day.total_here)),
    there: add((day) => minor(day.total_there)),
    parts: parts.filter((part) => part.minor !== 0),
  };
}
