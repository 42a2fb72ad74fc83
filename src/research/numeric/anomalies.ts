/**
 * Points of a series that are unlike the rest of their season and trend: generalised ESD on what STL leaves. A point far out
 * pulls the trend and its place of the season after it and so hides itself; those that were found are therefore replaced by
 * what was expected, season and trend are told anew, and all points held against them, until no more are found.
 *
 * STL's own robust weights would find more, but leave too small a spread of the rest: in simulated series of normal errors
 * without anything odd, 28 to 224 days long, they named something in 39 to 63 of 100, where this names something in 2 to 6.
 */
import { type Basis, isRefusal, LEVEL, type Refusal } from './answer.js';
import { type DeviateStep, generalisedEsd } from './outliers.js';
import { type StlOptions, stl } from './stl.js';
import { at, varianceOf } from './vectors.js';

export interface Anomalies extends Basis {
  /** What season and trend let expect of every point. */
  readonly expected: Float64Array;
  readonly trend: Float64Array;
  /** Value less what was expected. */
  readonly remainder: Float64Array;
  /** Standard deviation of the remainders that are no anomalies, and how many of those a point may be off. */
  readonly deviation: number;
  readonly critical: number;
  /** Anomalies, the farthest first. */
  readonly found: readonly DeviateStep[];
  readonly steps: readonly DeviateStep[];
}

const MAX_ROUNDS = 10;

export function anomaliesOf(
  values: Float64Array,
  options: StlOptions,
  most: number,
  level = LEVEL,
): Anomalies | Refusal {
  let cleaned = values;
  let known = 0;
  for (let round = 1; ; round++) {
    const parts = stl(cleaned, options);
    if (isRefusal(parts)) return parts;
    const expected = parts.seasonal.map((value, i) => value + at(parts.trend, i));
    const remainder = values.map((value, i) => value - at(expected, i));
    const esd = generalisedEsd(remainder, most, level);
    if (isRefusal(esd)) return esd;
    const { outliers, steps } = esd;
    if (outliers.length <= known || round === MAX_ROUNDS) {
      const rest = remainder.filter((_, i) => !outliers.includes(i));
      return {
        method: `${parts.method}, ${esd.method}`,
        n: values.length,
        clusters: null,
        warnings: esd.warnings,
        expected,
        trend: parts.trend,
        remainder,
        deviation: Math.sqrt(varianceOf(rest)),
        critical: steps[outliers.length]?.critical ?? steps.at(-1)?.critical ?? Number.NaN,
        found: steps.slice(0, outliers.length),
        steps,
      };
    }
    known = outliers.length;
    cleaned = values.map((value, i) => (outliers.includes(i) ? at(expected, i) : value));
  }
}
