/** Comparing figures with what is worked out plainly: exact, but for what is rounded to some decimals by its contract. */
import { expect } from 'vitest';

/** Decimals of the fields that are not money: shares, changes, quantiles, seconds. */
const DECIMALS: Readonly<Record<string, number>> = {
  revenue_share: 6,
  transaction_share: 6,
  revenue_change: 6,
  share_change: 6,
  gini: 6,
  spending_share: 6,
  rate: 6,
  value: 4,
  avg_processing_seconds: 4,
  p50_processing_seconds: 4,
  p95_processing_seconds: 4,
  p99_processing_seconds: 4,
};

/** Decimals of every number within a field. */
const DECIMALS_WITHIN: Readonly<Record<string, number>> = { change: 6 };

/** `expected` with the figures of `actual` in the place of those they are right roundings of. */
function rounded(actual: unknown, expected: unknown, key: string): unknown {
  if (Array.isArray(actual) && Array.isArray(expected))
    return expected.map((one, index) => rounded(actual[index], one, key));
  if (isRecord(actual) && isRecord(expected)) {
    return Object.fromEntries(
      Object.entries(expected).map(([name, value]) => [
        name,
        rounded(actual[name], value, key in DECIMALS_WITHIN ? key : name),
      ]),
    );
  }
  const decimals = DECIMALS[key] ?? DECIMALS_WITHIN[key];
  if (decimals === undefined || typeof actual !== 'number' || typeof expected !== 'number') return expected;
  return isRounding(actual, expected, key, decimals) ? actual : expected;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRounding(actual: number, exact: number, key: string, decimals: number): boolean {
  // A change of shares is the difference of two shares that are rounded already.
  const halves = key === 'share_change' ? 3 : 1;
  const error = Math.abs(exact) * 4 * Number.EPSILON;
  if (Object.is(actual, -0) || Math.abs(actual - exact) > (halves * 0.500_001) / 10 ** decimals + error)
    return false;
  return Math.abs(actual) > 1e9 || actual === Number(actual.toFixed(decimals));
}

/** Fails where a figure is not exactly, or not a right rounding of, what it must be. Fields are all compared. */
export function expectFigures(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(rounded(actual, expected, ''));
}
