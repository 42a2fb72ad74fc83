/** Switches between payment types as a matrix, and as flows. */
import type { Flow } from 'farelog/documents/chart-methods.ts';
import { heatStep } from 'farelog/documents/charts.ts';
import { typeInWords } from 'farelog/documents/names.ts';
import type { Got } from '../../api/client.ts';

export type Switch = Got<'/api/v1/analytics/switching'>['rows'][number];

export interface MatrixCell {
  readonly switched: Switch | undefined;
  /** Of the heat; undefined where the type stays the same, which is most of the time and would outshine the rest. */
  readonly step: number | undefined;
}

export interface MatrixRow {
  readonly from: string;
  readonly transitions: number;
  /** One a type, in the order of the types. */
  readonly cells: readonly MatrixCell[];
}

/**
 * The types of switches: those of `order` in that order, so that a type has its colour in every chart; then those that
 * most switches touch.
 */
export function typesOf(rows: readonly Switch[], order: readonly string[]): string[] {
  const touched = new Map<string, number>();
  for (const { from_type, to_type, transitions } of rows)
    for (const type of [from_type, to_type]) touched.set(type, (touched.get(type) ?? 0) + transitions);
  const others = [...touched].sort(([, a], [, b]) => b - a).map(([type]) => type);
  return [...new Set([...order.filter((type) => touched.has(type)), ...others])];
}

export function matrixOf(rows: readonly Switch[], types: readonly string[]): MatrixRow[] {
  const byTypes = new Map(rows.map((row) => [JSON.stringify([row.from_type, row.to_type]), row]));
  const most = Math.max(
    0,
    ...rows.flatMap((row) => (row.from_type === row.to_type ? [] : [row.share_of_from])),
  );
  return types.map((from) => {
    const cells = types.map((to): MatrixCell => {
      const switched = byTypes.get(JSON.stringify([from, to]));
      return { switched, step: from === to ? undefined : stepOf(switched?.share_of_from ?? 0, most) };
    });
    const transitions = cells.reduce((sum, { switched }) => sum + (switched?.transitions ?? 0), 0);
    return { from, transitions, cells };
  });
}

/** By the root of the share: a type that hardly anyone stays with would leave the others pale. */
const stepOf = (share: number, most: number): number => heatStep(Math.sqrt(share), Math.sqrt(most));

/** Flows by the types' names; without those that stay, which would be nearly all of the picture. */
export function flowsOf(rows: readonly Switch[], isWithSame: boolean): Flow[] {
  return rows
    .filter(({ from_type, to_type }) => isWithSame || from_type !== to_type)
    .map(({ from_type, to_type, transitions }) => ({
      from: typeInWords(from_type),
      to: typeInWords(to_type),
      count: transitions,
    }));
}
