/**
 * The scale on which a series spreads evenly about its season and trend. Where payments grow tenfold, shares of few vary far
 * more than those of many, and amounts far less; roots of counts vary alike. Without that the small days of a growing
 * series would all be odd on one scale, and the large ones on the other.
 */
import { type Anomalies, anomaliesOf } from './numeric/anomalies.js';
import { isRefusal, type Refusal, refuse } from './numeric/answer.js';
import type { StlOptions } from './numeric/stl.js';
import { dot, meanOf } from './numeric/vectors.js';

export const SCALES = ['log', 'root', 'level'] as const;
export type Scale = (typeof SCALES)[number];

interface Transform {
  readonly fits: (value: number) => boolean;
  readonly to: (value: number) => number;
  readonly from: (value: number) => number;
  /** Of `from`. */
  readonly slope: (value: number) => number;
}

export const TRANSFORM: Readonly<Record<Scale, Transform>> = {
  log: { fits: (value) => value > 0, to: Math.log, from: Math.exp, slope: Math.exp },
  root: {
    fits: (value) => value >= 0,
    to: Math.sqrt,
    from: (value) => Math.max(0, value) ** 2,
    slope: (value) => 2 * Math.max(0, value),
  },
  level: { fits: Number.isFinite, to: (value) => value, from: (value) => value, slope: () => 1 },
};

export interface ScaledAnomalies {
  readonly scale: Scale;
  readonly found: Anomalies;
  /** Correlation of the size of what is left with what was expected, from −1 to 1: 0 where it spreads evenly. */
  readonly unevenness: number;
}

/** On the scale that is wanted, or on the one of the most even spread. */
export function scaledAnomalies(
  values: Float64Array,
  wanted: Scale | 'auto',
  options: StlOptions,
  most: number,
  level: number,
): ScaledAnomalies | Refusal {
  const fitting = SCALES.filter(
    (scale) => (wanted === 'auto' || wanted === scale) && values.every(TRANSFORM[scale].fits),
  );
  let best: ScaledAnomalies | Refusal = refuse(
    'out_of_domain',
    `Some points are nothing, or less than nothing, and have no ${wanted}; take scale=level.`,
  );
  for (const scale of fitting) {
    const found = anomaliesOf(values.map(TRANSFORM[scale].to), options, most, level);
    if (isRefusal(found)) return found;
    const unevenness = unevennessOf(found, TRANSFORM[scale].from);
    if (isRefusal(best) || Math.abs(unevenness) < Math.abs(best.unevenness))
      best = { scale, found, unevenness };
  }
  return best;
}

/** Correlation of the distances from what was expected with it; those found apart. */
function unevennessOf({ remainder, expected, found }: Anomalies, from: (value: number) => number): number {
  const odd = new Set(found.map(({ index }) => index));
  const sizes = remainder.map(Math.abs).filter((_, i) => !odd.has(i));
  const levels = expected.map(from).filter((_, i) => !odd.has(i));
  const [size, level] = [meanOf(sizes), meanOf(levels)];
  const a = sizes.map((value) => value - size);
  const b = levels.map((value) => value - level);
  const spread = Math.sqrt(dot(a, a) * dot(b, b));
  return spread > 0 ? dot(a, b) / spread : 0;
}
