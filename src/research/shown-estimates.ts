/** Estimates and shares as the tables and charts of all studies show them. */
import type { Estimate } from './numeric/answer.js';
import type { Share } from './numeric/shares.js';
import type { Cell, StudySeries, StudyTable } from './study.js';

export const estimateColumns = (format: 'money' | 'number'): StudyTable['columns'] => [
  { name: 'estimate', title: 'Estimate', format },
  { name: 'standard_error', title: 'Standard error', format },
  { name: 'lower', title: 'From', format },
  { name: 'upper', title: 'To', format },
  { name: 'p_value', title: 'p', format: 'p_value' },
];

/** What stands in those columns. */
export const estimateCells = (own: Estimate): Cell[] => [
  own.estimate,
  own.standardError,
  own.lower,
  own.upper,
  own.pValue,
];

/** Shares over time: a line in the area of its intervals. Null: none is known of that time. */
export function shareLine(
  name: string,
  x: StudySeries['x'],
  shares: readonly (Share | null)[],
): StudySeries[] {
  const [y, lower, upper] = [
    shares.map((share) => share?.share ?? null),
    shares.map((share) => share?.lower ?? null),
    shares.map((share) => share?.upper ?? null),
  ];
  return [
    { name, kind: 'band', x, y, lower, upper },
    { name, kind: 'line', x, y },
  ];
}
