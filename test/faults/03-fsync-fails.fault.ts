/**
 * fsync fails with EIO: what could not be made durable is not acknowledged, the connection is not trusted any more but
 * opened again, and payments are taken again by themselves when the disk is well. MariaDB ends itself at such a
 * failure, so that it is the crash of row 2, with a disk that did not do as it was told.
 *
 * The controls: `synchronous=NORMAL`, which does not wait for the disk, and a build that answers before it commits.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DATABASES, describeOn, describeOnMariadb, freshSqliteUrl } from '../support/databases.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken, untilAcknowledged, untilRefused } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { describeWhere, ownMariadb, type StartOptions, startService } from './places.js';
import { failSystemCalls, straceMissing } from './strace.js';

const PAYMENTS_EACH = 300;
const SENT_MEANWHILE = 48;
const FAILURES = times(1, 20);
const RECOVERS_WITHIN_MS = 10_000;
const ALL_FAIL = 'fsync,fdatasync:error=EIO';
const WRONG_BUILD = fileURLToPath(new URL('controls/answers-early.mjs', import.meta.url));
const NORMAL = fileURLToPath(new URL('controls/synchronous-normal.mjs', import.meta.url));

interface Failures {
  readonly verdict: Verdict;
  /** Statuses while every fsync failed. */
  readonly meanwhile: ReadonlySet<string>;
  /** System calls that were made to fail. */
  readonly failed: number;
  /** How often the write-ahead log was opened meanwhile; SQLite uses the open file of the database itself again. */
  readonly opened: number;
  readonly recoveryMs: number;
}

async function failOnSqlite(failures: number, preload: readonly string[] = []): Promise<Failures> {
  const databaseUrl = freshSqliteUrl();
  const service = await startService(databaseUrl, { preload });
  const { url } = service;
  const log = new AcknowledgementLog();
  const meanwhile = new Set<string>();
  let [failed, opened, recoveryMs, from] = [0, 0, 0, 1];
  let verdict: Verdict;
  do {
    const waiting = baseLoad(PAYMENTS_EACH, from);
    from += PAYMENTS_EACH;
    const before = waiting.splice(PAYMENTS_EACH);
    const underWay = sendLoad({ url, log, waiting: before });
    const disk = await failSystemCalls(service.pid, ALL_FAIL, 'fsync,fdatasync,openat');
    const { unsettled } = await underWay;
    await untilRefused(url, log, waiting);
    // Of these nothing may be acknowledged, since all fsyncs fail from before the first to after the last.
    const sent = await sendLoad({ url, log, waiting: waiting.splice(-SENT_MEANWHILE) });
    for (const status of Object.keys(sent.statuses)) meanwhile.add(status);
    const trace = await disk.detach();
    failed += trace.filter((line) => line.includes('(INJECTED)')).length;
    opened += trace.filter((line) => /openat\(.*farelog\.db-wal"/.test(line)).length;
    verdict = await check(log, databaseUrl);
    if (!verdict.holds) break;
    waiting.push(...unsettled, ...sent.unsettled);
    recoveryMs = Math.max(recoveryMs, await untilAcknowledged(url, log, waiting));
    await sendUntilTaken({ url, log, waiting });
    verdict = await check(log, databaseUrl);
  } while (verdict.holds && from <= failures * PAYMENTS_EACH);
  return { verdict, meanwhile, failed, opened, recoveryMs };
}

/** MariaDB under load ends itself; it is started again, with a disk that is well, and looked at. */
async function failOnMariadb(
  failures: number,
  start: StartOptions = {},
): Promise<Omit<Failures, 'opened' | 'failed'>> {
  const database = await ownMariadb(['--skip-stack-trace']);
  const service = await startService(database.databaseUrl, start);
  const { url } = service;
  const log = new AcknowledgementLog();
  const meanwhile = new Set<string>();
  let [recoveryMs, from] = [0, 1];
  let verdict: Verdict;
  do {
    const waiting = baseLoad(PAYMENTS_EACH, from);
    from += PAYMENTS_EACH;
    await sendUntilTaken({ url, log, waiting: waiting.splice(PAYMENTS_EACH) });
    const { server } = database;
    const disk = await failSystemCalls(server.pid, ALL_FAIL, 'fsync,fdatasync');
    await untilRefused(url, log, waiting);
    const sent = await sendLoad({ url, log, waiting: waiting.splice(-SENT_MEANWHILE) });
    for (const status of Object.keys(sent.statuses)) meanwhile.add(status);
    await server.exited;
    await disk.detach();
    await database.start();
    verdict = await check(log, database.databaseUrl);
    if (!verdict.holds) break;
    waiting.push(...sent.unsettled);
    recoveryMs = Math.max(recoveryMs, await untilAcknowledged(url, log, waiting));
    await sendUntilTaken({ url, log, waiting });
    verdict = await check(log, database.databaseUrl);
  } while (verdict.holds && from <= failures * PAYMENTS_EACH);
  return { verdict, meanwhile, recoveryMs };
}

const [sqlite] = DATABASES;
describeWhere(straceMissing(), () => {
  if (sqlite !== undefined) {
    describeOn(sqlite, () => {
      test('every fsync fails: nothing is acknowledged, and it goes on when the disk is well', async () => {
        const { verdict, meanwhile, failed, opened, recoveryMs } = await failOnSqlite(FAILURES);
        const note = `${failed} calls failed, the log was opened anew ${opened} times`;
        tell({ fault: 3, database: sqlite.name, times: FAILURES, ...countsOf(verdict), recoveryMs, note });
        expectPromise(verdict);
        expect([...meanwhile]).toEqual(['503']);
        expect(failed).toBeGreaterThan(0);
        expect(opened).toBeGreaterThan(0);
        expect(recoveryMs).toBeLessThan(RECOVERS_WITHIN_MS);
        expect(verdict.payments).toBe(FAILURES * PAYMENTS_EACH);
      });

      test('control: a variant with synchronous=NORMAL is found out', BY_CHANCE, async () => {
        const { meanwhile } = await failOnSqlite(1, [NORMAL]);
        const caught = meanwhile.has('201');
        tellControl({ fault: 3, database: sqlite.name, control: 'synchronous=NORMAL', caught });
        expect(caught).toBe(true);
      });
    });
  }

  describeOnMariadb(() => {
    test('MariaDB ends itself when fsync fails; nothing that was acknowledged is missing', async () => {
      const { verdict, meanwhile, recoveryMs } = await failOnMariadb(FAILURES);
      tell({ fault: 3, database: 'mariadb', times: FAILURES, ...countsOf(verdict), recoveryMs });
      expectPromise(verdict);
      expect([...meanwhile]).toEqual(['503']);
      expect(recoveryMs).toBeLessThan(RECOVERS_WITHIN_MS);
      expect(verdict.payments).toBe(FAILURES * PAYMENTS_EACH);
    });

    test('control: a build that answers before it commits is found out', BY_CHANCE, async () => {
      const { verdict } = await failOnMariadb(1, { script: WRONG_BUILD });
      const caught = verdict.lost > 0;
      tellControl({ fault: 3, database: 'mariadb', control: 'answers before it commits', caught });
      expect(caught).toBe(true);
    });
  });
});
