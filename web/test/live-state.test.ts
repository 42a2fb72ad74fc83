/** The rules of the live state, each by the number that it has in `live-state.ts`. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  beginLive,
  type LiveEvent,
  type LiveState,
  MAX_RETRY_MS,
  nextDue,
  nextLive,
  POLL_AFTER_FAILURES,
  POLL_MS,
  REFRESH_MS,
  retryDelayMs,
  SHOWN_MS,
  slotsOf,
} from '../src/live/live-state.ts';

const T = 1_773_154_800_000;
const hello = (asOf: number): LiveEvent => ({ kind: 'hello', asOf });
const commit = (asOf: number, payments = 1): LiveEvent => ({
  kind: 'commit',
  asOf,
  commit: {
    payments,
    revenue: 2.5 * payments,
    byType: [{ payment_type: 'other', payments, revenue: 2.5 * payments }],
  },
});
const lost: LiveEvent = { kind: 'lost' };

/** Events with the milliseconds since the beginning at which each comes. */
function after(...events: readonly (readonly [number, LiveEvent])[]): LiveState {
  return events.reduce((state, [ms, event]) => nextLive(state, event, T + ms), beginLive(T));
}

test('a stream is opened at once, and is live with its first word', () => {
  expect(nextDue(beginLive(T))).toBe(T);
  const live = after([0, { kind: 'opening' }], [50, hello(7)]);
  expect(live).toMatchObject({ status: 'live', since: T + 50, asOf: 7, retryAt: null, refreshAt: null });
  expect(nextDue(live)).toBeNull();
});

test('1: the first payment shows at once, and then figures load at most once a pause', () => {
  const first = after([0, hello(1)], [10, commit(2)]);
  expect(first.refreshAt).toBe(T + 10);
  const busy = [first, ...[20, 30, 40]].reduce<LiveState>(
    (state, ms) => (typeof ms === 'number' ? nextLive(state, commit(ms), T + ms) : ms),
    nextLive(first, { kind: 'refreshed' }, T + 10),
  );
  expect(busy.refreshAt).toBe(T + 10);
  const rested = nextLive(nextLive(first, { kind: 'refreshed' }, T + 10), commit(3), T + 20);
  expect(rested.refreshAt).toBe(T + 10 + REFRESH_MS);
});

test('1, for any payments: two loads are never closer than the pause', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 }), (gaps) => {
      let [state, now] = [after([0, hello(1)]), T];
      const loads: number[] = [];
      const load = (at: number): void => {
        loads.push(at);
        state = nextLive(state, { kind: 'refreshed' }, at);
      };
      for (const gap of gaps) {
        now += gap;
        if (state.refreshAt !== null && state.refreshAt <= now) load(state.refreshAt);
        state = nextLive(state, commit(now), now);
      }
      for (const [index, at] of loads.entries())
        if (index > 0) expect(at - (loads[index - 1] ?? 0)).toBeGreaterThanOrEqual(REFRESH_MS);
    }),
  );
});

test('2: after a stream that was lost its first word loads what was missed, and nothing where nothing was', () => {
  const gap = [
    [0, hello(5)],
    [1_000, lost],
    [2_000, { kind: 'opening' }],
  ] as const;
  expect(after(...gap, [2_100, hello(9)])).toMatchObject({ status: 'live', asOf: 9, refreshAt: T + 2_100 });
  expect(after(...gap, [2_100, hello(5)]).refreshAt).toBeNull();
  expect(after(...gap, [2_100, { kind: 'reset', asOf: 900 }])).toMatchObject({
    asOf: 900,
    refreshAt: T + 2_100,
  });
});

test('3: attempts come later each time, up to a limit, and polling does not stop them', () => {
  expect([1, 2, 3, 4].map(retryDelayMs)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(retryDelayMs(50)).toBe(MAX_RETRY_MS);
  let state = after([0, hello(5)], [1_000, lost]);
  expect(state).toMatchObject({ status: 'stale', since: T + 1_000, retryAt: T + 2_000, pollAt: null });
  for (let failures = 2; failures <= POLL_AFTER_FAILURES; failures++)
    state = nextLive(state, lost, T + 5_000);
  expect(state.pollAt).toBe(T + 5_000);
  const polled = nextLive(state, { kind: 'polled', asOf: 6 }, T + 5_100);
  expect(polled).toMatchObject({ status: 'polling', pollAt: T + 5_100 + POLL_MS, refreshAt: T + 5_100 });
  expect(polled.retryAt).toBe(state.retryAt);
  expect(nextLive(polled, hello(8), T + 9_000)).toMatchObject({ status: 'live', pollAt: null, failures: 0 });
});

test('4: what is stale says since when, however often it is tried again', () => {
  const stale = after(
    [0, hello(5)],
    [1_000, lost],
    [3_000, lost],
    [6_000, { kind: 'poll failed' }],
    [9_000, lost],
  );
  expect(stale).toMatchObject({ status: 'stale', since: T + 1_000 });
  const polled = nextLive(stale, { kind: 'polled', asOf: 5 }, T + 10_000);
  expect(polled).toMatchObject({ status: 'polling', since: T + 10_000, refreshAt: null });
  expect(nextLive(polled, { kind: 'poll failed' }, T + 25_000)).toMatchObject({
    status: 'stale',
    since: T + 25_000,
  });
});

test('an answer to a poll that comes after the stream spoke changes nothing', () => {
  const live = after([0, hello(5)], [10, commit(6)]);
  expect(nextLive(live, { kind: 'polled', asOf: 4 }, T + 20)).toBe(live);
});

test('commits are kept for the strip as long as it shows, in slots that end on round times', () => {
  const seen = after([0, hello(1)], [0, commit(2, 3)], [4_000, commit(3, 1)], [12_000, commit(4, 2)]);
  expect(slotsOf(seen.commits, 5_000, 3, T + 12_000).map(({ payments }) => payments)).toEqual([4, 0, 2]);
  expect(slotsOf(seen.commits, 5_000, 3, T + 15_000).map(({ payments }) => payments)).toEqual([0, 2, 0]);
  expect(nextLive(seen, commit(5), T + 4_000 + SHOWN_MS).commits).toHaveLength(2);
});
