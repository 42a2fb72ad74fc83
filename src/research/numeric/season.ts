/** What a series says of its season: how far each place of the cycle is from the trend, and whether that is chance. */
import { type Estimate, estimateOf, LEVEL, type Refusal, refuse } from './answer.js';
import type { Decomposition } from './stl.js';
import { at, columnOf, meanOf, varianceOf } from './vectors.js';

export interface Season {
  /** By place of the cycle: the distance from the trend on average, all places about zero. Intervals hold for all at once. */
  readonly places: readonly Estimate[];
  /** Whole cycles that they are told from. */
  readonly cycles: number;
  /** Share of what is left without the trend that is season, and of what is left without the season that is trend. */
  readonly seasonStrength: number;
  readonly trendStrength: number;
  /** Of no place being off the trend: the smallest of all places, times their number (Bonferroni). */
  readonly pValue: number;
}

/**
 * Each whole cycle is taken less its own mean and less the slope of the whole; places are averages over cycles, and their
 * errors come from how cycles differ. So values may hang together within a cycle, and cycles are taken as independent.
 * STL's own remainders would be too small for that, since its trend follows some of what is chance.
 */
export function seasonOf(parts: Decomposition, names: readonly string[], level = LEVEL): Season | Refusal {
  const { seasonal, remainder, trend, n } = parts;
  const period = names.length;
  const cycles = Math.floor(n / period);
  if (cycles < 2) return refuse('too_few', `${n} values are not two whole cycles of ${period}.`);
  const values = columnOf(n, (i) => at(seasonal, i) + at(trend, i) + at(remainder, i));
  const centred = centredCycles(values, period, cycles);
  const each = 1 - (1 - level) / period;
  const places = names.map((name, place) => {
    const own = columnOf(cycles, (cycle) => at(centred, cycle * period + place));
    const error = Math.sqrt(varianceOf(own) / cycles);
    return { ...estimateOf(name, meanOf(own), error, cycles - 1, each), level };
  });
  if (!places.some(({ standardError }) => standardError > 0)) {
    return refuse(
      'no_variation',
      'Every cycle is the same; there is nothing that errors could be told from.',
    );
  }
  const smallest = Math.min(...places.map(({ pValue }) => pValue));
  return {
    places,
    cycles,
    seasonStrength: strengthOf(remainder, seasonal),
    trendStrength: strengthOf(remainder, trend),
    pValue: Math.min(1, period * smallest),
  };
}

function centredCycles(values: Float64Array, period: number, cycles: number): Float64Array {
  const means = columnOf(cycles, (cycle) => meanOf(values.subarray(cycle * period, (cycle + 1) * period)));
  // Slopes within cycles are this on average, whatever way the trend took.
  const slope = (at(means, cycles - 1) - at(means, 0)) / ((cycles - 1) * period);
  return columnOf(cycles * period, (i) => {
    const [cycle, place] = [Math.floor(i / period), i % period];
    return at(values, i) - at(means, cycle) - slope * (place - (period - 1) / 2);
  });
}

/** Hyndman and Athanasopoulos: from 0, none, to 1, all of it. */
function strengthOf(remainder: Float64Array, part: Float64Array): number {
  const all = varianceOf(part.map((value, i) => value + at(remainder, i)));
  return all > 0 ? Math.max(0, 1 - varianceOf(remainder) / all) : 0;
}
