/** Of many instances one runs what is due, and another takes over where that one is gone. */
import { expect, test } from 'vitest';
import type { JobState } from '../../src/domain/schedule.js';
import { dueEvery } from '../../src/ingest/due-times.js';
import { type RunControl, type RunResult, runUnderLease } from '../../src/ingest/lease.js';
import { Scheduler } from '../../src/ingest/scheduler.js';
import type { Alarm, Timing } from '../../src/ingest/timing.js';
import type { Store } from '../../src/store/dialect.js';
import { readSchedule } from '../../src/store/schedule.js';
import { CHICAGO, DATABASES, describeOn, freshStore } from '../support/databases.js';

const NOON = Date.parse('2026-03-10T12:00:00Z');
const MINUTE = 60_000;
const LEASE = 60_000;
const DONE: RunResult = { needsAttention: false, message: 'done' };

/** Alarms that go off when a test says so. */
class ManualTiming implements Timing {
  readonly #alarms = new Set<() => void>();
  readonly elapsed = (): number => 0;
  readonly random = (): number => 0;
  readonly atTurnEnd = (call: () => void): void => setImmediate(call) && undefined;
  readonly after = (_ms: number, call: () => void): Alarm => {
    this.#alarms.add(call);
    return { cancel: () => this.#alarms.delete(call), unref: () => undefined };
  };

  ring(): void {
    const due = [...this.#alarms];
    this.#alarms.clear();
    for (const call of due) call();
  }
}

/** An instance with one job, which each run's own work decides. */
class Instance {
  readonly timing = new ManualTiming();
  readonly log: string[] = [];
  readonly runs: RunControl[] = [];
  readonly scheduler: Scheduler;

  constructor(
    store: Store,
    clock: { ms: number },
    holder: string,
    work: (control: RunControl) => Promise<RunResult> = async () => DONE,
    every = '15m',
  ) {
    const times = dueEvery(every);
    if (times === undefined) throw new Error(`${every} is no stretch`);
    const log = (message: string): void => {
      this.log.push(message);
    };
    this.scheduler = new Scheduler({
      ...{ store, zone: CHICAGO, holder, leaseMs: LEASE, clock: () => clock.ms, timing: this.timing },
      jobs: [
        {
          ...{ name: 'pull', times },
          work: (control) => {
            this.runs.push(control);
            return work(control);
          },
        },
      ],
      logger: { info: log, warn: log },
    });
  }

  /** Looks, and lets what is begun end. */
  async turn(): Promise<void> {
    await this.scheduler.look();
    await this.scheduler.idle();
  }
}

async function pullOf(store: Store): Promise<JobState> {
  const state = (await readSchedule(store.knex)).find(({ name }) => name === 'pull');
  if (state === undefined) throw new Error('there is no row of pull');
  return state;
}

/** Work that goes on until it is let end, looking at its lease then. */
function heldWork() {
  let letEnd = (): void => undefined;
  let begun = (): void => undefined;
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    letEnd = resolve;
  });
  const work = async ({ signal, alive }: RunControl): Promise<RunResult> => {
    begun();
    await Promise.race([gate, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    alive();
    return DONE;
  };
  return { work, hasBegun, letEnd: () => letEnd() };
}

const [, MEMORY] = DATABASES;
async function memoryStore(): Promise<Store> {
  if (MEMORY === undefined) throw new Error('there is no database to test on');
  return freshStore(MEMORY);
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('what is due runs on one of two instances, and then not before its next time', async () => {
      const store = await freshStore(database);
      const clock = { ms: NOON + 1 };
      const both = [new Instance(store, clock, 'one'), new Instance(store, clock, 'two')];
      const turn = () => Promise.all(both.map((one) => one.turn()));
      const runs = () => both.reduce((sum, one) => sum + one.runs.length, 0);
      await turn();
      expect(runs()).toBe(0);
      clock.ms = NOON + 15 * MINUTE;
      await turn();
      await turn();
      expect(runs()).toBe(1);
      const { due_ms, last_outcome, last_message, holder } = await pullOf(store);
      expect({ due_ms, last_outcome, last_message, holder }).toEqual({
        ...{ due_ms: NOON + 30 * MINUTE, last_outcome: 'ok', last_message: 'done', holder: null },
      });
    });

    test('a runner that is gone is replaced when its lease and the margin are over, and cannot end its run', async () => {
      const store = await freshStore(database);
      const clock = { ms: NOON + 1 };
      const { work, hasBegun, letEnd } = heldWork();
      const gone = new Instance(store, clock, 'gone', work);
      const other = new Instance(store, clock, 'other');
      await gone.turn();
      await other.turn();
      clock.ms = NOON + 15 * MINUTE;
      await gone.scheduler.look();
      await hasBegun;
      clock.ms += 2 * LEASE;
      await other.turn();
      expect(other.runs).toHaveLength(0);
      clock.ms += 1;
      await other.turn();
      expect(other.runs).toHaveLength(1);
      const after = await pullOf(store);
      expect(after).toMatchObject({ last_outcome: 'ok', last_holder: 'other', failures: 0, fence: 2 });
      letEnd();
      await gone.scheduler.idle();
      expect(await pullOf(store)).toEqual(after);
      expect(gone.log.at(-1)).toBe('Scheduled pull ended');
    });
  });
}

test('what was read before somebody else ran it is no ground to run it again', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  const instance = new Instance(store, clock, 'one');
  await instance.turn();
  clock.ms = NOON + 15 * MINUTE;
  const stale = await pullOf(store);
  await instance.turn();
  const parts = { store, zone: CHICAGO, holder: 'two', leaseMs: LEASE, clock: () => clock.ms };
  const second = runUnderLease(
    { ...parts, timing: new ManualTiming() },
    stale,
    async () => DONE,
    new AbortController().signal,
  );
  expect(await second).toBe(undefined);
});

test('a first start waits for the first time; what was missed since then runs once', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  await new Instance(store, clock, 'before').turn();
  clock.ms = NOON + 24 * 60 * MINUTE;
  const restarted = new Instance(store, clock, 'restarted');
  await restarted.turn();
  await restarted.turn();
  expect(restarted.runs).toHaveLength(1);
  expect((await pullOf(store)).due_ms).toBe(NOON + 24 * 60 * MINUTE + 15 * MINUTE);
});

test('a failure is tried again after a minute, then two, and is forgotten when it goes', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  let fails = true;
  const instance = new Instance(store, clock, 'one', async () => {
    if (fails) throw new Error('the provider gave no answer');
    return DONE;
  });
  await instance.turn();
  clock.ms = NOON + 15 * MINUTE;
  await instance.turn();
  expect(await pullOf(store)).toMatchObject({
    ...{ failures: 1, last_outcome: 'failed', last_message: 'the provider gave no answer' },
    ...{ due_ms: clock.ms, retry_ms: clock.ms + MINUTE, holder: null },
  });
  clock.ms += MINUTE - 1;
  await instance.turn();
  expect(instance.runs).toHaveLength(1);
  clock.ms += 1;
  await instance.turn();
  expect(await pullOf(store)).toMatchObject({ failures: 2, retry_ms: clock.ms + 2 * MINUTE });
  fails = false;
  clock.ms += 2 * MINUTE;
  await instance.turn();
  expect(await pullOf(store)).toMatchObject({ failures: 0, retry_ms: null, due_ms: NOON + 30 * MINUTE });
});

test('what needs a person is done all the same', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  const instance = new Instance(store, clock, 'one', async () => ({ ...DONE, needsAttention: true }));
  await instance.turn();
  clock.ms = NOON + 15 * MINUTE;
  await instance.turn();
  const done = { last_outcome: 'attention', failures: 0, last_done_ms: clock.ms };
  expect(await pullOf(store)).toMatchObject(done);
});

test('a lease is renewed for as long as the work goes on', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  const { work, hasBegun, letEnd } = heldWork();
  const busy = new Instance(store, clock, 'busy', work);
  const other = new Instance(store, clock, 'other');
  await busy.turn();
  await other.turn();
  clock.ms = NOON + 15 * MINUTE;
  await busy.scheduler.look();
  await hasBegun;
  for (let quarter = 0; quarter < 20; quarter++) {
    clock.ms += LEASE / 4;
    busy.timing.ring();
    await expect.poll(async () => (await pullOf(store)).lease_until_ms).toBe(clock.ms + LEASE);
    await other.turn();
  }
  letEnd();
  await busy.scheduler.idle();
  expect(other.runs).toHaveLength(0);
  expect((await pullOf(store)).last_outcome).toBe('ok');
});

test('a runner that could not renew its lease goes no step further', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  const { work, hasBegun, letEnd } = heldWork();
  const stopped = new Instance(store, clock, 'stopped for a while', work);
  await stopped.turn();
  clock.ms = NOON + 15 * MINUTE;
  await stopped.scheduler.look();
  await hasBegun;
  clock.ms += LEASE;
  letEnd();
  await stopped.scheduler.idle();
  expect(await pullOf(store)).toMatchObject({ last_outcome: 'lost', failures: 1, holder: null });
});

test('a stop cuts what runs, which is due still and goes on elsewhere at once', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  const { work, hasBegun } = heldWork();
  const leaving = new Instance(store, clock, 'leaving', work);
  const other = new Instance(store, clock, 'other');
  await leaving.turn();
  await other.turn();
  clock.ms = NOON + 15 * MINUTE;
  await leaving.scheduler.look();
  await hasBegun;
  await leaving.scheduler.close();
  expect(await pullOf(store)).toMatchObject({
    ...{ last_outcome: 'stopped', failures: 0, due_ms: NOON + 15 * MINUTE, retry_ms: null, holder: null },
  });
  await other.turn();
  expect(other.runs).toHaveLength(1);
});

test('of instances that are set differently the one that started last counts, and the other says so once', async () => {
  const store = await memoryStore();
  const clock = { ms: NOON + 1 };
  const first = new Instance(store, clock, 'first');
  await first.turn();
  const last = new Instance(store, clock, 'last', undefined, '1h');
  await last.turn();
  expect(await pullOf(store)).toMatchObject({ timing: 'every 1h', due_ms: NOON + 60 * MINUTE });
  clock.ms = NOON + 60 * MINUTE;
  await first.turn();
  await first.turn();
  expect(first.runs).toHaveLength(0);
  expect(first.log).toEqual([expect.stringMatching(/other times for pull/)]);
  await last.turn();
  expect(last.runs).toHaveLength(1);
});
