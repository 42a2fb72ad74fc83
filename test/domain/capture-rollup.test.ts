import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureFold, type CaptureRollup, foldBatch, reasonOf } from '../../src/domain/capture-rollup.js';
import type { Source } from '../../src/domain/outcome.js';
import { batchOf, delivery, quarantined, SAMPLE_S } from '../support/deliveries.js';

interface Received {
  readonly received_ms: number;
  readonly source: Source;
  readonly outcome: 'recorded' | 'duplicate';
  readonly reason: string;
}

const anyReceived: fc.Arbitrary<Received> = fc.record({
  received_ms: fc.integer({ min: SAMPLE_S * 1_000, max: (SAMPLE_S + 10_000) * 1_000 }),
  source: fc.constantFrom<Source>('webhook', 'import'),
  outcome: fc.constantFrom('recorded', 'duplicate'),
  reason: fc.constantFrom('', '__proto__', 'user_id.required'),
});

function foldOf(all: readonly Received[]): CaptureRollup[] {
  const fold = new CaptureFold();
  for (const { received_ms, source, outcome, reason } of all) fold.add(received_ms, source, outcome, reason);
  return fold.take();
}

/** Adds rows to rows by key, as the databases do. */
function sumOf(parts: readonly CaptureRollup[][]): CaptureRollup[] {
  const byKey = new Map<string, CaptureRollup>();
  for (const row of parts.flat()) {
    const key = `${row.hour_s}\0${row.source}\0${row.outcome}\0${row.reason}`;
    const deliveries = (byKey.get(key)?.deliveries ?? 0) + row.deliveries;
    byKey.set(key, { ...row, deliveries });
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

describe('the fold of deliveries', () => {
  test('adds up by the hour of receipt, source, outcome and reason', () => {
    const hour = SAMPLE_S - (SAMPLE_S % 3_600);
    const webhook = { source: 'webhook', outcome: 'recorded', reason: '' } as const;
    expect(
      foldOf([
        { ...webhook, received_ms: hour * 1_000 },
        { ...webhook, received_ms: (hour + 3_600) * 1_000 - 1 },
        { ...webhook, received_ms: (hour + 3_600) * 1_000 },
        { ...webhook, received_ms: hour * 1_000, source: 'import' },
      ]),
    ).toEqual([
      { ...webhook, hour_s: hour, source: 'import', deliveries: 1 },
      { ...webhook, hour_s: hour, deliveries: 2 },
      { ...webhook, hour_s: hour + 3_600, deliveries: 1 },
    ]);
  });

  test('gives the same counts for any order', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyReceived, { maxLength: 40 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([inOrder, shuffled]) => {
          expect(foldOf(shuffled)).toEqual(foldOf(inOrder));
        },
      ),
    );
  });

  test('gives the same counts for any grouping, and keeps every delivery', () => {
    fc.assert(
      fc.property(
        fc.array(anyReceived, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (all, sizes) => {
          const parts: CaptureRollup[][] = [];
          for (let at = 0; at < all.length; ) {
            const size = sizes[parts.length % sizes.length] ?? 1;
            parts.push(foldOf(all.slice(at, at + size)));
            at += size;
          }
          expect(sumOf(parts)).toEqual(foldOf(all));
          expect(foldOf(all).reduce((sum, row) => sum + row.deliveries, 0)).toBe(all.length);
        },
      ),
    );
  });
});

describe('a judged batch', () => {
  test('counts every delivery once by its outcome, and a conflict where it goes to', () => {
    const received_ms = SAMPLE_S * 1_000;
    const batch = batchOf([delivery(), delivery(), delivery({ order_id: 12 })], {
      quarantined: [
        quarantined({ reason: 'conflict', problems: [{ field: 'order_id', code: 'differs', message: '' }] }),
        quarantined({ reason: 'unreadable', problems: [] }),
      ],
      refused: [{ source: 'api', outcome: 'conflict', reason: 'user_id.differs', received_ms }],
    });
    const captures = foldBatch(batch, ['recorded', 'duplicate', 'conflict']);
    expect(captures.map((row) => `${row.source} ${row.outcome} ${row.reason} ${row.deliveries}`)).toEqual([
      'api conflict user_id.differs 1',
      'webhook conflict order_id.differs 1',
      'webhook duplicate  1',
      'webhook invalid unreadable 1',
      'webhook recorded  1',
    ]);
  });

  test('names a reason by its first problem', () => {
    expect(reasonOf('invalid', { field: 'user_id', code: 'required' })).toBe('user_id.required');
    expect(reasonOf('unreadable', undefined)).toBe('unreadable');
  });
});
