/** Payments that a release is made of: of observations, what it may tell. */
import type { Observations } from '../observations.js';

export type ReleasePayments = Pick<
  Observations,
  | 'provenance'
  | 'zone'
  | 'currency'
  | 'from'
  | 'to'
  | 'size'
  | 'rider'
  | 'riders'
  | 'type'
  | 'types'
  | 'day'
  | 'price'
>;

/** Those of these riders alone, who get other numbers. */
export function onlyRiders(payments: ReleasePayments, here: ReadonlySet<string>): ReleasePayments {
  const { riders, rider, type, day, price } = payments;
  if (riders.every((name) => here.has(name))) return payments;
  const names = riders.filter((name) => here.has(name));
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numberOf = Int32Array.from(riders, (name) => numbers.get(name) ?? -1);
  const isHere = (at: number): boolean => (numberOf[rider[at] ?? 0] ?? -1) >= 0;
  const kept = rider.map((_, at) => at).filter(isHere);
  return {
    ...payments,
    ...{ size: kept.length, riders: names },
    rider: kept.map((at) => numberOf[rider[at] ?? 0] ?? -1),
    type: Uint16Array.from(kept, (at) => type[at] ?? 0),
    day: kept.map((at) => day[at] ?? 0),
    price: Float64Array.from(kept, (at) => price[at] ?? 0),
  };
}

/** With payment types in the order of their names: that of the observations tells which came first. */
export function withSortedTypes(payments: ReleasePayments): ReleasePayments {
  const { type, types } = payments;
  const used = new Set(type);
  const names = types.filter((_, number) => used.has(number)).sort();
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numberOf = Uint16Array.from(types, (name) => numbers.get(name) ?? 0);
  return { ...payments, types: names, type: type.map((number) => numberOf[number] ?? 0) };
}
