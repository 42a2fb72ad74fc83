/** Simulated worlds with a known truth: how often intervals hold it, how often tests find what is not there. */
import { expect } from 'vitest';
import { isRefusal, type Refusal } from '../../src/research/numeric/answer.js';
import { type Chance, chanceOf } from './chance.js';

export { type Chance, chanceOf };

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
