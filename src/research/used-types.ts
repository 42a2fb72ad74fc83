/** Payment types that were used, the most used first; those beyond some are told as one. */
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';

export interface UsedTypes {
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** Of each payment, its place. */
  readonly category: Uint16Array;
}

/** More types than these are told together. */
export const MAX_TYPES = 12;
const REST = 'all other types';

export function usedTypes({ type, types }: Pick<Observations, 'type' | 'types'>): UsedTypes {
  const counts = new Float64Array(types.length);
  for (const own of type) counts[own] = at(counts, own) + 1;
  const used = types
    .map((name, number) => ({ name, number, count: at(counts, number) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const own = used.length > MAX_TYPES ? used.slice(0, MAX_TYPES - 1) : used;
  const placeOf = new Uint16Array(types.length).fill(own.length);
  for (const [place, { number }] of own.entries()) placeOf[number] = place;
  const rest = used.slice(own.length);
  const all =
    rest.length === 0
      ? own
      : [...own, { name: REST, count: rest.reduce((sum, { count }) => sum + count, 0) }];
  return {
    names: all.map(({ name }) => name),
    counts: all.map(({ count }) => count),
    category: type.map((number) => placeOf[number] ?? 0),
  };
}
