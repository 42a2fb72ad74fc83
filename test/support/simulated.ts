/** Simulated worlds with a known truth: how often intervals hold it, how often tests find what is not there. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { expect } from 'vitest';
import { isRefusal, type Refusal } from '../../src/research/numeric/answer.js';

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

/** The answer, where it must be one. */
export function answered<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.message}`);
  return answer;
}

export interface Ends {
  readonly lower: number;
  readonly upper: number;
}

/** The share of runs whose interval holds the truth. */
export function coverageOf(runs: number, seed: number, run: (chance: Chance) => [Ends, number]): number {
  const chance = chanceOf(seed);
  let held = 0;
  for (let i = 0; i < runs; i++) {
    const [{ lower, upper }, truth] = run(chance);
    if (lower <= truth && truth <= upper) held += 1;
  }
  return held / runs;
}

/** What an interval of nominal 95% must show. */
export function expectCoverage(coverage: number): void {
  expect(coverage).toBeGreaterThanOrEqual(0.93);
  expect(coverage).toBeLessThanOrEqual(0.97);
}

/** The share of worlds without any effect in which a test at 5% finds one. */
export function falsePositives(worlds: number, seed: number, run: (chance: Chance) => number): number {
  const chance = chanceOf(seed);
  let found = 0;
  for (let i = 0; i < worlds; i++) if (run(chance) < 0.05) found += 1;
  return found / worlds;
}

export function expectFivePercent(share: number): void {
  expect(share).toBeGreaterThanOrEqual(0.04);
  expect(share).toBeLessThanOrEqual(0.06);
}

/** Equal but for a share of the expected value. */
export function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, share = 1e-8): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a = Number.NaN, e = Number.NaN] = [actual[i], expected[i]];
    const miss = Math.abs(a - e);
    if (!(miss <= share * Math.max(Math.abs(e), 1e-300)) && a !== e) {
      throw new Error(`entry ${i} is ${a} and should be ${e}`);
    }
  }
}
