/** Group commit: what is gathered, what is refused, and that every delivery gets its own outcome. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/domain/errors.js';
import { Batcher, type BatchLimits } from '../../src/ingest/batcher.js';
import type { Commit, Entry, Settlement } from '../../src/ingest/door.js';
import { delivery } from '../support/deliveries.js';
import { deferred, failureOf } from '../support/promises.js';

const LIMITS: BatchLimits = { maxRows: 4, maxBytes: 1_000, maxWaitMs: 5, maxQueue: 10 };

const entry = (id: number): Entry => ({ kind: 'payment', delivery: delivery({ payment_id: id }) });
const idOf = (one: Entry): number => (one.kind === 'payment' ? one.delivery.payment.payment_id : 0);

/** Tells each entry's id as its settlement, so that a mix-up shows. */
const settle = (entries: readonly Entry[]): Settlement[] =>
  entries.map((one) => ({ kind: 'quarantine', id: idOf(one) }));

interface Held {
  readonly commit: Commit;
  readonly batches: number[][];
  /** Lets the oldest commit that waits go on. */
  release(): void;
}

/** A commit that waits to be released, to see what gathers meanwhile. */
function heldCommit(): Held {
  const batches: number[][] = [];
  const waiting: (() => void)[] = [];
  return {
    batches,
    release: () => waiting.shift()?.(),
    commit: async (entries) => {
      batches.push(entries.map(idOf));
      const { promise, resolve } = deferred();
      waiting.push(resolve);
      await promise;
      return settle(entries);
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the batcher', () => {
  test('commits a lone delivery at the end of the turn, without waiting for company', async () => {
    const held = heldCommit();
    const batcher = new Batcher(held.commit, 1, { ...LIMITS, maxWaitMs: 1_000_000 });
    const answer = batcher.submit(entry(1), 100);
    await turn();
    expect(held.batches).toEqual([[1]]);
    held.release();
    expect(await answer).toEqual({ kind: 'quarantine', id: 1 });
  });

  test('gathers what arrives while a batch commits into the next one, up to its rows', async () => {
    const held = heldCommit();
    const batcher = new Batcher(held.commit, 1, LIMITS);
    const answers = [batcher.submit(entry(1), 1)];
    await turn();
    for (let id = 2; id <= 7; id++) answers.push(batcher.submit(entry(id), 1));
    held.release();
    await answers[0];
    await turn();
    held.release();
    await answers[4];
    await turn();
    held.release();
    expect(await Promise.all(answers)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((id) => ({ kind: 'quarantine', id })),
    );
    expect(held.batches).toEqual([[1], [2, 3, 4, 5], [6, 7]]);
  });

  test('closes a batch by its bytes, and takes one delivery that is larger than them', async () => {
    const held = heldCommit();
    const batcher = new Batcher(held.commit, 4, LIMITS);
    const answers = [
      batcher.submit(entry(1), 5_000),
      batcher.submit(entry(2), 600),
      batcher.submit(entry(3), 600),
    ];
    const closed = batcher.close();
    for (let batch = 0; batch < 3; batch++) held.release();
    await closed;
    await Promise.all(answers);
    expect(held.batches).toEqual([[1], [2], [3]]);
  });

  test('refuses as busy beyond the queue, and takes again when there is room', async () => {
    const held = heldCommit();
    const batcher = new Batcher(held.commit, 1, { ...LIMITS, maxQueue: 2 });
    const first = batcher.submit(entry(1), 1);
    await turn();
    const waiting = [batcher.submit(entry(2), 1), batcher.submit(entry(3), 1)];
    expect(batcher.queued).toBe(2);
    const refused = await failureOf(batcher.submit(entry(4), 1));
    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: 'busy' });
    held.release();
    await first;
    await turn();
    const later = batcher.submit(entry(5), 1);
    held.release();
    await Promise.all(waiting);
    await turn();
    held.release();
    expect(await later).toEqual({ kind: 'quarantine', id: 5 });
    expect(held.batches.flat()).toEqual([1, 2, 3, 5]);
  });

  test('rejects every delivery of a batch that fails, and goes on with the next', async () => {
    let failing = true;
    const batcher = new Batcher(
      async (entries) => {
        if (failing) throw new AppError('unavailable', 'away');
        return settle(entries);
      },
      1,
      LIMITS,
    );
    const failed = await Promise.all([1, 2].map((id) => failureOf(batcher.submit(entry(id), 1))));
    expect(failed).toMatchObject([{ code: 'unavailable' }, { code: 'unavailable' }]);
    failing = false;
    expect(await batcher.submit(entry(3), 1)).toEqual({ kind: 'quarantine', id: 3 });
  });

  test('uses its writers side by side and never more', async () => {
    const held = heldCommit();
    const batcher = new Batcher(held.commit, 2, { ...LIMITS, maxRows: 1 });
    const answers = [1, 2, 3].map((id) => batcher.submit(entry(id), 1));
    await turn();
    expect(held.batches).toEqual([[1], [2]]);
    held.release();
    await answers[0];
    await turn();
    expect(held.batches).toEqual([[1], [2], [3]]);
    held.release();
    held.release();
    await Promise.all(answers);
  });

  test('closing settles what came before and refuses what comes after', async () => {
    const held = heldCommit();
    const batcher = new Batcher(held.commit, 1, LIMITS);
    const answers = [1, 2, 3].map((id) => batcher.submit(entry(id), 1));
    const closed = batcher.close();
    expect(await failureOf(batcher.submit(entry(4), 1))).toMatchObject({ code: 'unavailable' });
    held.release();
    await closed;
    expect(await Promise.all(answers)).toHaveLength(3);
  });

  test('for any arrivals and writers: each delivery once, in order within its batch, none over the limits', async () => {
    const arrivals = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 700 }), pause: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 3 }), async (items, writers) => {
        const batches: number[][] = [];
        const commit: Commit = async (entries) => {
          batches.push(entries.map(idOf));
          await turn();
          return settle(entries);
        };
        const batcher = new Batcher(commit, writers, { ...LIMITS, maxQueue: 1_000, maxWaitMs: 0 });
        const answers: Promise<Settlement>[] = [];
        for (const [index, { bytes, pause }] of items.entries()) {
          answers.push(batcher.submit(entry(index + 1), bytes));
          if (pause) await turn();
        }
        expect(await Promise.all(answers)).toEqual(
          items.map((_, index) => ({ kind: 'quarantine', id: index + 1 })),
        );
        expect(batches.flat()).toEqual(items.map((_, index) => index + 1));
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(LIMITS.maxRows);
          const bytes = batch.reduce((sum, id) => sum + (items[id - 1]?.bytes ?? 0), 0);
          if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(LIMITS.maxBytes);
        }
      }),
      { numRuns: 60 },
    );
  });
});
