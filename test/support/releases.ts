/** Observations made by hand, and declarations of releases. */
import type { Observations } from '../../src/research/observations.js';
import { type Declaration, parseDeclaration } from '../../src/research/release/declaration.js';

export interface PaymentLine {
  readonly rider: number;
  readonly type: number;
  /** Days after the first one. */
  readonly day: number;
  /** Minor units. */
  readonly price: number;
}

/** 2026-03-01, a Sunday. */
export const FIRST_DAY = 20_513;
export const TYPES = ['card', 'mobile_payment', 'coins', 'commuter_benefit'];

export function observationsOf(lines: readonly PaymentLine[], days: number): Observations {
  const sorted = lines.toSorted((a, b) => a.day - b.day);
  const riders = [...new Set(lines.map(({ rider }) => rider))].sort((a, b) => a - b);
  const numbers = new Map(riders.map((rider, number) => [rider, number]));
  const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
  const none = { rider: new Int32Array(0), type: new Uint16Array(0), day: new Int32Array(0) };
  return {
    provenance: { kind: 'dataset', study: 'made by hand', version: '0'.repeat(32), sequence: lines.length },
    zone: 'America/Chicago',
    currency: { code: 'USD', digits: 2 },
    from: dateOf(FIRST_DAY),
    to: dateOf(FIRST_DAY + days),
    size: lines.length,
    rider: Int32Array.from(sorted, ({ rider }) => numbers.get(rider) ?? 0),
    riders: riders.map((rider) => `rider ${rider}`),
    type: Uint16Array.from(sorted, ({ type }) => type),
    types: TYPES,
    day: Int32Array.from(sorted, ({ day }) => FIRST_DAY + day),
    second: Float64Array.from(sorted, ({ day }) => (FIRST_DAY + day) * 86_400 + 43_200),
    price: Float64Array.from(sorted, ({ price }) => price),
    lag: new Float64Array(lines.length).fill(Number.NaN),
    adjustments: { size: 0, ...none, amount: new Float64Array(0) },
    calendar: [],
  };
}

export function declarationOf(changes: Readonly<Record<string, unknown>> = {}): Declaration {
  return parseDeclaration(
    JSON.stringify({ release: 'first', recipient: 'A university', purpose: 'A study of fares', ...changes }),
  );
}
