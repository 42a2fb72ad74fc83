/** An answer as the documents' charts and tables take it. */
import { chartsWithEstimates } from 'farelog/documents/study-estimates.ts';
import type { Finding, StudyChart } from 'farelog/research/study.ts';
import type { Result } from '../../api/studies.ts';

/** JSON has no word for what is no number. */
const numberOf = (value: number | null): number => value ?? Number.NaN;

export function findingsOf({ findings }: Result): Finding[] {
  return findings.map((one) => ({
    ...one,
    estimate: numberOf(one.estimate),
    standardError: numberOf(one.standardError),
    lower: numberOf(one.lower),
    upper: numberOf(one.upper),
    level: numberOf(one.level),
    statistic: numberOf(one.statistic),
    df: numberOf(one.df),
    pValue: numberOf(one.pValue),
  }));
}

/** The charts of an answer, that of estimates beside the literature first. */
export function chartsOf(result: Result): readonly StudyChart[] {
  return chartsWithEstimates({ findings: findingsOf(result), charts: result.charts });
}

/** What stands at one place of a chart's horizontal axis, a cell a column. */
export interface ChartRow {
  readonly x: string | number;
  readonly cells: readonly (number | null)[];
}

/** The figures of a chart as a table: a column for each series, and two more for each that has intervals. */
export function chartTable({ series }: StudyChart): {
  readonly columns: readonly string[];
  readonly rows: readonly ChartRow[];
} {
  const columns = series.flatMap(({ name, lower }, place) => {
    // An area and the line within it have one name.
    const twice = series.findIndex((one) => one.name === name) !== place;
    const own = twice ? `${name} (area)` : name;
    return lower === undefined ? [own] : [own, `${own}: from`, `${own}: to`];
  });
  const places = series.map(({ x }) => new Map(x.map((one, i) => [one, i])));
  const rows = [...new Set(series.flatMap(({ x }) => x))].map((x) => ({
    x,
    cells: series.flatMap(({ y, lower, upper }, number) => {
      const i = places[number]?.get(x) ?? -1;
      const value = y[i] ?? null;
      return lower === undefined ? [value] : [value, lower[i] ?? null, upper?.[i] ?? null];
    }),
  }));
  return { columns, rows };
}
