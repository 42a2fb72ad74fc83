/** Observations of releases made by hand, and their declarations. */
import type { Observations } from '../../src/research/observations.js';
import { type Declaration, parseDeclaration } from '../../src/research/release/declaration.js';
import { observed } from './observations.js';

export interface PaymentLine {
  readonly rider: number | string;
  /** Of `TYPES`. */
  readonly type: number;
  /** Days after 2026-03-01, a Sunday. */
  readonly day: number;
  /** Minor units. */
  readonly price: number;
}

export const TYPES = ['card', 'mobile_payment', 'coins', 'commuter_benefit'];
const FIRST_DAY = Date.UTC(2026, 2, 1);
const dateOf = (day: number): string => new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10);

export function observationsOf(lines: readonly PaymentLine[], days: number): Observations {
  const payments = lines.map(({ rider, type, day, price }) => ({
    ...{ rider: String(rider), date: dateOf(day), price },
    type: TYPES[type] ?? '',
  }));
  return observed(payments, { from: dateOf(0), to: dateOf(days) });
}

export function declarationOf(changes: Readonly<Record<string, unknown>> = {}): Declaration {
  return parseDeclaration(
    JSON.stringify({ release: 'first', recipient: 'A university', purpose: 'A study of fares', ...changes }),
  );
}
