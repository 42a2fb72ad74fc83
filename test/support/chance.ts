/** Chance from a seed, for simulated worlds: in tests and in the bench. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export interface Chance {
  readonly random: RandomGenerator;
  /** Between 0 and 1. */
  uniform(): number;
  /** A whole number, both ends included. */
  uniformInt(from: number, to: number): number;
  normal(): number;
  normals(n: number): Float64Array;
  poisson(mean: number): number;
  /** Whether something of that probability happens. */
  happens(probability: number): boolean;
}

export function chanceOf(seed: number): Chance {
  const random = xoroshiro128plus(seed);
  const uniform = (): number => uniformFloat64(random);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    random,
    uniform,
    uniformInt: (from, to) => uniformInt(random, from, to),
    normal,
    normals: (n) => Float64Array.from({ length: n }, normal),
    poisson: (mean) => {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > limit; product *= uniform()) count += 1;
      return count;
    },
    happens: (probability) => uniform() < probability,
  };
}
