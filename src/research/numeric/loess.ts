/** Locally weighted regression on equally spaced values, as STL uses it: each place is fitted from its nearest ones. */
import { at } from './vectors.js';

export interface Smoother {
  /** Odd number of places that a fit is made of; more than there are widen the weights. */
  readonly window: number;
  /** Of the local polynomial. */
  readonly degree: 0 | 1;
  /** Every so many places are fitted, those between interpolated. */
  readonly jump: number;
}

/** Places that a fit is made of, both ends included. */
interface Reach {
  readonly from: number;
  readonly to: number;
}

/** Smoothed values. `robustness` are weights of the places. */
export function smooth(values: Float64Array, smoother: Smoother, robustness?: Float64Array): Float64Array {
  const n = values.length;
  if (n < 2) return values.slice();
  const result = new Float64Array(n);
  const jump = Math.min(smoother.jump, n - 1);
  let reach = reachAt(0, n, smoother.window);
  const fitAt = (place: number): void => {
    result[place] = smoothAt(values, place, reach, smoother, robustness) ?? at(values, place);
  };
  let last = 0;
  for (let place = 0; place < n; place += jump) {
    reach = reachAt(place, n, smoother.window);
    fitAt(place);
    interpolate(result, last, place);
    last = place;
  }
  if (last === n - 1) return result;
  // Cleveland's program fits the last place with the reach of the one before.
  fitAt(n - 1);
  interpolate(result, last, n - 1);
  return result;
}

function reachAt(place: number, n: number, window: number): Reach {
  if (window >= n) return { from: 0, to: n - 1 };
  const from = Math.min(Math.max(place - (window + 1) / 2 + 1, 0), n - window);
  return { from, to: from + window - 1 };
}

function interpolate(values: Float64Array, from: number, to: number): void {
  const step = (at(values, to) - at(values, from)) / (to - from);
  for (let place = from + 1; place < to; place++) values[place] = at(values, from) + step * (place - from);
}

/** The fit at a place, which may lie beyond the values; undefined where all weights are zero. */
export function smoothAt(
  values: Float64Array,
  place: number,
  { from, to }: Reach,
  { window, degree }: Pick<Smoother, 'window' | 'degree'>,
  robustness?: Float64Array,
): number | undefined {
  const n = values.length;
  const beyond = window > n ? Math.floor((window - n) / 2) : 0;
  const distance = Math.max(place - from, to - place) + beyond;
  const weights = new Float64Array(to - from + 1);
  let total = 0;
  for (let j = from; j <= to; j++) {
    const weight =
      tricube(Math.abs(j - place), distance) * (robustness === undefined ? 1 : at(robustness, j));
    weights[j - from] = weight;
    total += weight;
  }
  if (total <= 0) return undefined;
  let centre = 0;
  for (const [k, weight] of weights.entries()) centre += (weight / total) * (from + k);
  let spread = 0;
  for (const [k, weight] of weights.entries()) spread += (weight / total) * (from + k - centre) ** 2;
  // Places too close together tell no slope.
  const sloped = degree > 0 && distance > 0 && Math.sqrt(spread) > 0.001 * (n - 1);
  const slope = sloped ? (place - centre) / spread : 0;
  let sum = 0;
  for (const [k, weight] of weights.entries()) {
    sum += (weight / total) * (slope * (from + k - centre) + 1) * at(values, from + k);
  }
  return sum;
}

function tricube(distance: number, farthest: number): number {
  if (distance > 0.999 * farthest) return 0;
  return distance <= 0.001 * farthest ? 1 : (1 - (distance / farthest) ** 3) ** 3;
}
