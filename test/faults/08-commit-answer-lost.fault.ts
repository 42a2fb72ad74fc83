/**
 * The answer of a COMMIT is lost, or the COMMIT itself: on MariaDB a proxy cuts the connection, on SQLite the writer
 * thread ends. Nobody knows the outcome then; the whole transaction is tried again and finds out. Dead connections
 * leave the pool. The control takes a lost answer for a yes.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  DATABASES,
  describeOn,
  describeOnMariadb,
  freshMariadbUrl,
  freshSqliteUrl,
  onAdminConnection,
} from '../support/databases.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { type LoadResult, sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { type MysqlProxy, startMysqlProxy } from './mysql-proxy.js';
import { startService } from './places.js';

const PAYMENTS = times(800, 30_000);
/** One in so many COMMITs is cut. */
const CUT_ONE_IN = 4;
/** The most connections of Farelog's pool. */
const POOL = 10;
const THREAD_ENDS = fileURLToPath(new URL('injections/thread-ends-at-commit.mjs', import.meta.url));
const TRUSTING = fileURLToPath(new URL('controls/trusts-lost-commits.mjs', import.meta.url));

/** Random COMMITs, those of postings too. */
function cutting(proxy: MysqlProxy, kinds: readonly ('cut before' | 'cut after')[]): void {
  proxy.decide = (sql) => {
    if (!sql.startsWith('COMMIT') || randomInt(CUT_ONE_IN) > 0) return undefined;
    return { kind: kinds[randomInt(kinds.length)] ?? 'cut after' };
  };
}

async function loadAndCheck(
  url: string,
  databaseUrl: string,
): Promise<{ readonly load: LoadResult; readonly verdict: Verdict }> {
  const log = new AcknowledgementLog();
  const load = await sendLoad({ url, log, waiting: baseLoad(PAYMENTS) });
  const verdict = await check(log, databaseUrl);
  // What was given up after many tries is sent again, as a provider does.
  if (verdict.holds && load.unsettled.length > 0) await sendUntilTaken({ url, log, waiting: load.unsettled });
  return { load, verdict: verdict.holds ? await check(log, databaseUrl) : verdict };
}

describeOnMariadb(() => {
  test('COMMITs cut by a proxy: nothing lost, nothing doubled, and dead connections leave the pool', async () => {
    const databaseUrl = await freshMariadbUrl();
    const proxy = await startMysqlProxy(databaseUrl);
    const service = await startService(proxy.url);
    cutting(proxy, ['cut before', 'cut after']);
    const { load, verdict } = await loadAndCheck(service.url, databaseUrl);
    tell({ fault: 8, database: 'mariadb', times: proxy.injected, ...countsOf(verdict), recoveryMs: null });
    expectPromise(verdict);
    expect(verdict.payments).toBe(PAYMENTS);
    expect(proxy.injected).toBeGreaterThan(10);
    expect(Object.keys(load.statuses).filter((status) => !['200', '201', '503'].includes(status))).toEqual(
      [],
    );
    // Each cut costs one connection, and what is left at the server fits the pool.
    expect(proxy.connections).toBeLessThanOrEqual(POOL + proxy.injected);
    const name = new URL(databaseUrl).pathname.slice(1);
    const open = await onAdminConnection(
      `SELECT COUNT(*) AS open FROM information_schema.PROCESSLIST WHERE DB = '${name}'`,
    );
    expect(Number(open[0]?.open)).toBeLessThanOrEqual(POOL);
    // Once nothing is cut any more, nothing fails: a dead connection that was lent again would.
    proxy.decide = () => undefined;
    const after = await sendLoad({
      url: service.url,
      log: new AcknowledgementLog(),
      waiting: baseLoad(100, PAYMENTS + 1),
    });
    expect(after.acknowledged).toBe(after.deliveries);
  });

  test('control: a variant that takes a lost answer for a yes is found out', BY_CHANCE, async () => {
    const databaseUrl = await freshMariadbUrl();
    const proxy = await startMysqlProxy(databaseUrl);
    const service = await startService(proxy.url, { preload: [TRUSTING] });
    cutting(proxy, ['cut before']);
    const { verdict } = await loadAndCheck(service.url, databaseUrl);
    const caught = verdict.lost > 0;
    tellControl({ fault: 8, database: 'mariadb', control: 'takes a lost answer for a yes', caught });
    expect(caught).toBe(true);
  });
});

const [sqlite] = DATABASES;
if (sqlite !== undefined) {
  describeOn(sqlite, () => {
    test('the writer thread ends at COMMIT, again and again: nothing lost, nothing doubled', async () => {
      const databaseUrl = freshSqliteUrl();
      const service = await startService(databaseUrl, { preload: [THREAD_ENDS] });
      const { load, verdict } = await loadAndCheck(service.url, databaseUrl);
      const ends = service.errorLines().filter((line) => line.startsWith('the writer thread ends'));
      tell({ fault: 8, database: sqlite.name, times: ends.length, ...countsOf(verdict), recoveryMs: null });
      expectPromise(verdict);
      expect(verdict.payments).toBe(PAYMENTS);
      expect(ends.length).toBeGreaterThan(10);
      expect(new Set(ends).size).toBe(2);
      expect(Object.keys(load.statuses).filter((status) => !['200', '201', '503'].includes(status))).toEqual(
        [],
      );
    });

    test(
      'control: a variant that takes the end of the thread for a yes is found out',
      BY_CHANCE,
      async () => {
        const databaseUrl = freshSqliteUrl();
        const service = await startService(databaseUrl, { preload: [THREAD_ENDS, TRUSTING] });
        const { verdict } = await loadAndCheck(service.url, databaseUrl);
        const caught = verdict.lost > 0;
        tellControl({ fault: 8, database: sqlite.name, control: 'takes a lost answer for a yes', caught });
        expect(caught).toBe(true);
      },
    );
  });
}
