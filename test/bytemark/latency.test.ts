import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Latencies } from '../../src/bytemark/latency.js';

test('percentiles lie within 5 % above the exact ones, and the maximum is exact', () => {
  const latencies = fc.array(fc.double({ min: 0.05, max: 60_000, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(latencies, (all) => {
      const measured = new Latencies();
      for (const ms of all) measured.add(ms);
      const sorted = [...all].sort((a, b) => a - b);
      const summary = measured.summary();
      for (const [share, found] of [
        [0.5, summary.p50Ms],
        [0.95, summary.p95Ms],
        [0.99, summary.p99Ms],
      ] as const) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(found).toBeLessThanOrEqual(exact * 1.05 * (1 + 1e-9));
      }
      expect(summary.maxMs).toBe(Math.max(...all));
    }),
  );
});

test('nothing measured is 0; nothing is too short or too long', () => {
  const measured = new Latencies();
  expect(measured.summary()).toEqual({ p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 });
  measured.add(0);
  expect(measured.summary().p99Ms).toBe(0);
  measured.add(1e12);
  expect(measured.summary().maxMs).toBe(1e12);
});
