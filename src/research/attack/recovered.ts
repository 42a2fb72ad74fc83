/** A cell that an attack has found. */
import type { Region } from './pieces.js';

export interface Recovered {
  readonly release: string;
  readonly file: string;
  readonly time: string | null;
  readonly payment_type: string | null;
  /** Where the price band begins, minor units. */
  readonly price_from: number | null;
  /** `shown`: it stands there; `counted`: in the records; `subtracted`: exactly; `bounded`: to within less than k. */
  readonly how: 'shown' | 'counted' | 'subtracted' | 'bounded';
  readonly what: 'riders' | 'payments' | 'revenue';
  readonly low: number;
  readonly high: number;
}

export function recoveredOf(
  { table, cell }: Region,
  how: Recovered['how'],
  what: Recovered['what'],
  low: number,
  high: number,
): Recovered {
  const place = { time: cell.time ?? null, payment_type: cell.type ?? null, price_from: cell.price ?? null };
  return { release: table.release, file: table.file, ...place, how, what, low, high };
}
