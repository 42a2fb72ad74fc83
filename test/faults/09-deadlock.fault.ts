/**
 * Deadlocks (1213) and lock timeouts (1205) at every statement of a transaction, its COMMIT included. A proxy does what
 * the server does: at a deadlock the transaction is rolled back, at a timeout the statement alone is not run. The whole
 * transaction must be tried again, a bounded number of times. The control sends the failed statement alone again.
 *
 * SQLite has neither: its one lock is row 10.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeOnMariadb, freshMariadbUrl } from '../support/databases.js';
import { Sender } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { type LoadResult, sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { type Injection, startMysqlProxy } from './mysql-proxy.js';
import { startService } from './places.js';

const PAYMENTS = times(800, 30_000);
/** One in so many statements fails. */
const FAIL_ONE_IN = 15;
const DEADLOCK: Injection = { kind: 'error', number: 1213, instead: 'ROLLBACK' };
const LOCK_TIMEOUT: Injection = { kind: 'error', number: 1205, instead: 'DO 0' };
const PARTIAL = fileURLToPath(new URL('controls/retries-the-statement.mjs', import.meta.url));

/** Which statement it was, by its verb and table. */
function nameOf(sql: string): string {
  const [, verb = '', table = ''] = /^\s*(\w+)(?:\s+INTO\s+(\S+))?/.exec(sql) ?? [];
  return `${verb} ${table}`.trim();
}

interface Deadlocks {
  readonly injected: number;
  /** How often each statement failed. */
  readonly failed: ReadonlyMap<string, number>;
  readonly load: LoadResult;
  readonly verdict: Verdict;
}

async function failStatements(preload: readonly string[] = []): Promise<Deadlocks> {
  const databaseUrl = await freshMariadbUrl();
  const proxy = await startMysqlProxy(databaseUrl);
  const service = await startService(proxy.url, { preload });
  const failed = new Map<string, number>();
  proxy.decide = (sql) => {
    if (!/^\s*(INSERT|REPLACE|COMMIT)/.test(sql) || randomInt(FAIL_ONE_IN) > 0) return undefined;
    failed.set(nameOf(sql), (failed.get(nameOf(sql)) ?? 0) + 1);
    return randomInt(2) === 0 ? DEADLOCK : LOCK_TIMEOUT;
  };
  const log = new AcknowledgementLog();
  const load = await sendLoad({ url: service.url, log, waiting: baseLoad(PAYMENTS) });
  let verdict = await check(log, databaseUrl);
  if (verdict.holds) {
    await sendUntilTaken({ url: service.url, log, waiting: load.unsettled });
    verdict = await check(log, databaseUrl);
  }
  return { injected: proxy.injected, failed, load, verdict };
}

describeOnMariadb(() => {
  test('1213 and 1205 at any statement: the whole transaction is tried again', async () => {
    const { injected, failed, load, verdict } = await failStatements();
    tell({ fault: 9, database: 'mariadb', times: injected, ...countsOf(verdict), recoveryMs: null });
    expectPromise(verdict);
    expect(verdict.payments).toBe(PAYMENTS);
    expect(Object.keys(load.statuses).filter((status) => !['200', '201', '503'].includes(status))).toEqual(
      [],
    );
    const statements = [
      'COMMIT',
      'INSERT hntb_bytemark_order_payments',
      'REPLACE farelog_captures',
      'INSERT farelog_journal',
      'INSERT farelog_capture_hourly',
    ];
    for (const statement of statements) expect(failed.get(statement), statement).toBeGreaterThan(0);
  });

  test.each([
    ['a deadlock', DEADLOCK],
    ['a lock timeout', LOCK_TIMEOUT],
  ])(
    '%s that never ends is given up after the tries that are set, as 503 to be sent again',
    async (_name, fault) => {
      const databaseUrl = await freshMariadbUrl();
      const proxy = await startMysqlProxy(databaseUrl);
      const service = await startService(proxy.url, { settings: { FARELOG_COMMIT_TRIES: '4' } });
      const statements: string[] = [];
      proxy.decide = (sql) => {
        statements.push(nameOf(sql));
        return sql === 'COMMIT' ? fault : undefined;
      };
      const sender = new Sender(service.url, 1);
      expect((await sender.send(deliveryOf(1).body))?.status).toBe(503);
      // Each try is the whole transaction, from its start.
      const tried = statements.filter((name) => /^(START|INSERT hntb|COMMIT)/.test(name));
      expect(tried).toEqual(
        Array.from({ length: 4 }, () => ['START', 'INSERT hntb_bytemark_order_payments', 'COMMIT']).flat(),
      );
      proxy.decide = () => undefined;
      expect((await sender.send(deliveryOf(1).body))?.status).toBe(201);
      await sender.close();
    },
  );

  test('control: a variant that sends the failed statement alone again is found out', BY_CHANCE, async () => {
    const { verdict } = await failStatements([PARTIAL]);
    const caught = verdict.lost > 0;
    tellControl({ fault: 9, database: 'mariadb', control: 'retries the failed statement alone', caught });
    expect(caught).toBe(true);
  });
});
