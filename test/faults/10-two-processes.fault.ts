/**
 * Other processes on the SQLite file: one that holds its write lock for three seconds while payments come in, and a
 * second service that records into it. No sender gets an error, and the event loop goes on answering. The control
 * waits for the lock on the main thread.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DATABASES, describeOn, freshSqliteUrl } from '../support/databases.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { startService } from './places.js';

const PAYMENTS_EACH = times(500, 2_000);
const HOLDS = times(2, 20);
/** As the matrix asks. */
const HELD_MS = 3_000;
/** Longer than a busy machine takes to answer, and less than the time for which the lock is held. */
const ANSWERED_WITHIN_MS = HELD_MS * 0.8;
const HOLDER = fileURLToPath(new URL('../support/hold-sqlite-lock.mjs', import.meta.url));
const ON_MAIN_THREAD = fileURLToPath(new URL('controls/writes-on-main-thread.mjs', import.meta.url));

interface Holds {
  readonly verdict: Verdict;
  readonly statuses: ReadonlySet<string>;
  /** Answers of /healthz while the lock was held, and the slowest of all. */
  readonly healthAnswers: number;
  readonly slowestMs: number;
}

/** Holds the lock until the returned function is called. */
async function holdLock(file: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, [HOLDER, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    holder.kill('SIGKILL');
  });
  await once(holder.stdout, 'data');
  return async () => {
    const exited = once(holder, 'exit');
    holder.stdin.end();
    await exited;
  };
}

async function holdLockUnderLoad(holds: number, preload: readonly string[] = []): Promise<Holds> {
  const databaseUrl = freshSqliteUrl();
  const service = await startService(databaseUrl, { preload });
  const log = new AcknowledgementLog();
  const statuses = new Set<string>();
  let [healthAnswers, slowestMs] = [0, 0];
  const watchHealth = async (until: () => boolean): Promise<void> => {
    while (!until()) {
      const began = performance.now();
      await fetch(`${service.url}/healthz`);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      healthAnswers++;
      await pause(20);
    }
  };
  for (let hold = 0; hold < holds; hold++) {
    const release = await holdLock(databaseUrl.slice('sqlite:'.length));
    const waiting: Delivery[] = baseLoad(PAYMENTS_EACH, 1 + hold * PAYMENTS_EACH);
    const load = sendLoad({ url: service.url, log, waiting });
    let released = false;
    const health = watchHealth(() => released);
    await pause(HELD_MS);
    await release();
    released = true;
    await health;
    for (const status of Object.keys((await load).statuses)) statuses.add(status);
  }
  return { verdict: await check(log, databaseUrl), statuses, healthAnswers, slowestMs };
}

const [sqlite] = DATABASES;
if (sqlite !== undefined) {
  describeOn(sqlite, () => {
    test('a process holds the lock for three seconds: no error, and the event loop goes on', async () => {
      const { verdict, statuses, healthAnswers, slowestMs } = await holdLockUnderLoad(HOLDS);
      const note = `/healthz answered ${healthAnswers} times meanwhile, in ${Math.round(slowestMs)} ms at most`;
      tell({
        fault: 10,
        variant: 'for 3 s',
        database: sqlite.name,
        times: HOLDS,
        ...countsOf(verdict),
        recoveryMs: null,
        note,
      });
      expectPromise(verdict);
      expect([...statuses].sort()).toEqual(['200', '201']);
      expect(verdict.payments).toBe(HOLDS * PAYMENTS_EACH);
      expect(slowestMs).toBeLessThan(ANSWERED_WITHIN_MS);
    });

    test('two services record into one file: each payment once between them, and no error', async () => {
      const databaseUrl = freshSqliteUrl();
      const one = await startService(databaseUrl);
      const two = await startService(databaseUrl);
      const log = new AcknowledgementLog();
      const payments = HOLDS * PAYMENTS_EACH;
      const loads = await Promise.all(
        [one, two].map(({ url }) => sendLoad({ url, log, waiting: baseLoad(payments), senders: 16 })),
      );
      const verdict = await check(log, databaseUrl);
      tell({
        fault: 10,
        variant: 'two services',
        database: sqlite.name,
        times: 1,
        ...countsOf(verdict),
        recoveryMs: null,
      });
      expectPromise(verdict);
      const recorded = loads.map(({ statuses }) => statuses[201] ?? 0);
      expect(recorded.reduce((sum, count) => sum + count, 0)).toBe(payments);
      for (const { statuses } of loads)
        expect(Object.keys(statuses).filter((status) => status !== '200' && status !== '201')).toEqual([]);
    });

    test('control: a variant that waits on the main thread is found out', BY_CHANCE, async () => {
      const { slowestMs } = await holdLockUnderLoad(1, [ON_MAIN_THREAD]);
      const caught = slowestMs > ANSWERED_WITHIN_MS;
      tellControl({ fault: 10, database: sqlite.name, control: 'waits on the main thread', caught });
      expect(caught).toBe(true);
    });
  });
}
