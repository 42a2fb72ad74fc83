/**
 * How much use changes with the price: the share by which quantity changed over that by which price changed. Three
 * definitions give three numbers from the same data, so each is always named. Before and after alone are descriptive:
 * whatever else changed at that time is in them.
 */
import { type Basis, type Estimate, estimateOf, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from './bootstrap.js';
import { at, meanOf, sumOf } from './vectors.js';

export const DEFINITIONS = ['shrinkage', 'midpoint', 'log-arc'] as const;
export type Definition = (typeof DEFINITIONS)[number];

/** A price and the quantity at it, before and after. */
export interface Change {
  readonly priceBefore: number;
  readonly priceAfter: number;
  readonly quantityBefore: number;
  readonly quantityAfter: number;
}

/**
 * What earlier studies of fares found, to stand beside an estimate. `low` and `high` are nearest and farthest from zero;
 * TCRP's handbook tells figures by mode and kind of change, and no single one.
 */
export const LITERATURE = [
  { source: 'Simpson–Curtin rule (Curtin 1968)', elasticity: -0.33, low: null, high: null },
  { source: 'Bly 1976', elasticity: -0.3, low: -0.1, high: -0.6 },
  { source: 'TCRP Report 95, chapter 12', elasticity: null, low: null, high: null },
] as const;

const FORMULAS: Record<Definition, (change: Change) => number> = {
  shrinkage: ({ priceBefore: p1, priceAfter: p2, quantityBefore: q1, quantityAfter: q2 }) =>
    (q2 - q1) / q1 / ((p2 - p1) / p1),
  midpoint: ({ priceBefore: p1, priceAfter: p2, quantityBefore: q1, quantityAfter: q2 }) =>
    (q2 - q1) / (q2 + q1) / ((p2 - p1) / (p2 + p1)),
  'log-arc': ({ priceBefore: p1, priceAfter: p2, quantityBefore: q1, quantityAfter: q2 }) =>
    Math.log(q2 / q1) / Math.log(p2 / p1),
};

/** Derivative of the elasticity by ln(quantity after / quantity before). */
const SLOPES: Record<Definition, (change: Change) => number> = {
  shrinkage: ({ priceBefore: p1, priceAfter: p2, quantityBefore: q1, quantityAfter: q2 }) =>
    q2 / q1 / ((p2 - p1) / p1),
  midpoint: ({ priceBefore: p1, priceAfter: p2, quantityBefore: q1, quantityAfter: q2 }) =>
    (2 * q1 * q2) / (q1 + q2) ** 2 / ((p2 - p1) / (p2 + p1)),
  'log-arc': ({ priceBefore: p1, priceAfter: p2 }) => 1 / Math.log(p2 / p1),
};

export function elasticityOf(definition: Definition, change: Change): number | Refusal {
  return refuseChange(change) ?? FORMULAS[definition](change);
}

function refuseChange(change: Change): Refusal | undefined {
  const { priceBefore, priceAfter, quantityBefore, quantityAfter } = change;
  if (![priceBefore, priceAfter, quantityBefore, quantityAfter].every(Number.isFinite)) {
    return refuse('not_finite', 'Prices and quantities must be finite numbers.');
  }
  if (priceBefore <= 0 || priceAfter <= 0) {
    return refuse('out_of_domain', 'An elasticity needs prices above zero; a free period has none.');
  }
  if (priceBefore === priceAfter) return refuse('no_variation', 'The price never varied.');
  if (quantityBefore > 0 && quantityAfter > 0) return undefined;
  return refuse('out_of_domain', 'An elasticity needs use both before and after.');
}

/** Units, as riders, with what each did before and after; nothing is an explicit zero. */
export interface BeforeAfter {
  readonly priceBefore: number;
  readonly priceAfter: number;
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

export interface ElasticityEstimate extends Basis {
  readonly definition: Definition;
  readonly change: Change;
}

const WARNING =
  'Without a comparison group this is descriptive: whatever else changed at that time is in it.';

interface Totals {
  readonly change: Change;
  readonly basis: Basis;
}

function totalsOf(data: BeforeAfter, definition: Definition, interval: string): Totals | Refusal {
  const { priceBefore, priceAfter, before, after } = data;
  if (before.length !== after.length) throw new RangeError('before and after are not of the same units');
  const change = { priceBefore, priceAfter, quantityBefore: sumOf(before), quantityAfter: sumOf(after) };
  const n = before.length;
  if (n < 2) return refuse('too_few', 'An interval needs at least two riders.');
  const basis = { method: `${definition} elasticity; ${interval}`, n, clusters: n, warnings: [WARNING] };
  return refuseChange(change) ?? { change, basis };
}

/** The interval from how units differ (delta method), on the scale of the elasticity. */
export function deltaElasticity(
  data: BeforeAfter,
  definition: Definition,
  level = LEVEL,
): (ElasticityEstimate & Estimate) | Refusal {
  const totals = totalsOf(data, definition, 'delta method');
  if (isRefusal(totals)) return totals;
  const { change, basis } = totals;
  const n = basis.n;
  // What each unit adds to ln(Q₂ / Q₁).
  const parts = Float64Array.from(
    { length: n },
    (_, i) => at(data.after, i) / change.quantityAfter - at(data.before, i) / change.quantityBefore,
  );
  const mean = meanOf(parts);
  const variance = (n / (n - 1)) * sumOf(parts.map((part) => (part - mean) ** 2));
  const error = Math.abs(SLOPES[definition](change)) * Math.sqrt(variance);
  return {
    ...basis,
    definition,
    change,
    ...estimateOf('elasticity', FORMULAS[definition](change), error, n - 1, level),
  };
}

/** The interval from drawing units anew. */
export function bootstrapElasticity(
  data: BeforeAfter,
  definition: Definition,
  options: BootstrapOptions,
): (ElasticityEstimate & BootstrapInterval) | Refusal {
  const totals = totalsOf(data, definition, 'bootstrap');
  if (isRefusal(totals)) return totals;
  const { priceBefore, priceAfter } = data;
  const statistic = (units: Int32Array): number => {
    let [quantityBefore, quantityAfter] = [0, 0];
    for (const unit of units) {
      quantityBefore += at(data.before, unit);
      quantityAfter += at(data.after, unit);
    }
    return FORMULAS[definition]({ priceBefore, priceAfter, quantityBefore, quantityAfter });
  };
  const interval = bootstrapInterval(totals.basis.n, statistic, options);
  const method = `${definition} elasticity; ${interval.method}`;
  return { definition, change: totals.change, ...interval, ...totals.basis, method };
}
