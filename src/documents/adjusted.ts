/** Adjustments in the tables of a report: people see columns of them where there are any, machines always do. */
import type { Adjusted, PaymentReport } from '../analytics/report.js';
import { type Figure, figures, type Section } from './table.js';
import { money } from './values.js';

/** Whether anything that the report tells of was adjusted, so that its tables have columns for it. */
export function hasAdjustments(report: PaymentReport): boolean {
  const rows = [report.summary, ...report.trends, ...report.paymentMethods];
  const others = [...(report.userAnalysis ?? []), ...(report.restated ?? [])];
  return [...rows, ...others, report.before].some((row) => (row?.adjustments ?? 0) !== 0);
}

/** The row's figures with those of adjustments among them, after the first `at`, or behind them for machines alone. */
export function withAdjusted(
  all: readonly Figure[],
  adjusted: readonly Figure[],
  at: number,
  shown: boolean,
) {
  return shown
    ? { figures: [...all.slice(0, at), ...adjusted, ...all.slice(at)] }
    : { figures: all, more: adjusted };
}

/** Titles of the same columns. */
export function headWith(
  head: readonly string[],
  adjusted: readonly string[],
  at: number,
  shown: boolean,
): string[] {
  return shown ? [...head.slice(0, at + 1), ...adjusted, ...head.slice(at + 1)] : [...head];
}

export const ADJUSTED = ['Adjustments', 'Net revenue'];

export function adjustedFigures(
  section: Section | undefined,
  key: string,
  { adjustments, net_revenue }: Adjusted,
) {
  return figures(section, key, { adjustments: money(adjustments), net_revenue: money(net_revenue) });
}
