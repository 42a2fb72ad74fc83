/**
 * A backup is taken while payments come in, the database is lost, the backup restored: all that was acknowledged before it
 * began is there, and its totals are exact. What came later is sent again, as a provider does when it is asked; then the
 * restored database keeps the promise for all, before and after its ledger is made anew. A copy that is not of one moment
 * is found out.
 */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backUp, dumpMariadb, restore } from '../support/backup.js';
import { run } from '../support/command.js';
import { temporaryFolder } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, serviceSettings, startService } from './places.js';

const PAYMENTS = times(1_000, 20_000);
/** Answers before the backup begins, and after it has ended. */
const BEFORE = Math.floor(PAYMENTS / 2);
const AFTER = 200;
const PAYMENTS_TABLE = 'hntb_bytemark_order_payments';

type BackUp = (databaseUrl: string, folder: string) => Promise<string>;

interface Restored {
  readonly databaseUrl: string;
  readonly log: AcknowledgementLog;
  /** The restored database against what was acknowledged before the backup began. */
  readonly verdict: Verdict;
}

/** Of a log all that was sent, and what was answered in its first bytes. */
function answeredWithin(log: AcknowledgementLog, bytes: number): AcknowledgementLog {
  const text = readFileSync(log.file);
  const later = text.subarray(bytes).toString().split('\n');
  const sent = later.filter((line) => line.startsWith('{"sent"')).map((line) => `${line}\n`);
  const early = new AcknowledgementLog();
  writeFileSync(early.file, text.subarray(0, bytes).toString() + sent.join(''));
  return early;
}

async function backUpUnderLoad(databaseUrl: string, backUpIt: BackUp): Promise<Restored> {
  const folder = temporaryFolder();
  const log = new AcknowledgementLog();
  const service = await startService(databaseUrl);
  let [answered, afterwards, answersBefore] = [0, 0, 0];
  let backingUp: Promise<string> | undefined;
  let file: string | undefined;
  await sendLoad({
    url: service.url,
    log,
    waiting: baseLoad(PAYMENTS * 20),
    stopped: () => afterwards >= AFTER,
    onAnswer: () => {
      if (file !== undefined) afterwards++;
      if (++answered < BEFORE || backingUp !== undefined) return;
      answersBefore = statSync(log.file).size;
      backingUp = backUpIt(databaseUrl, folder).then((done) => {
        file = done;
        return done;
      });
    },
  });
  await service.stop();
  const restored = await restore((await backingUp) ?? '', databaseUrl, folder);
  return { databaseUrl: restored, log, verdict: await check(answeredWithin(log, answersBefore), restored) };
}

/** All that the log says was sent. */
function deliveriesOf(log: AcknowledgementLog): Delivery[] {
  const ids = readFileSync(log.file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"sent"'))
    .map((line): number => JSON.parse(line).payment.payment_id);
  const wanted = new Set(ids);
  return baseLoad(PAYMENTS * 20).filter(({ payment }) => wanted.has(payment?.payment_id ?? 0));
}

onEachDatabase((database) => {
  test('a backup under load is restored: all from before is there, and the rest is taken again', async () => {
    const restored = await backUpUnderLoad(await database.freshUrl(), backUp);
    const { databaseUrl, log } = restored;
    const service = await startService(databaseUrl);
    await sendUntilTaken({ url: service.url, log, waiting: deliveriesOf(log) });
    await service.stop();
    // Some of the first answers said 201 and so do some of the second, of what the backup did not hold.
    const answers = readFileSync(log.file, 'utf8').replaceAll('"status":201', '"status":200');
    writeFileSync(log.file, answers);
    const after = await check(log, databaseUrl);
    const rebuilt = await run(['rebuild'], serviceSettings(databaseUrl), temporaryFolder());
    const afterRebuild = await check(log, databaseUrl);
    tell({ fault: 24, database: database.name, times: 1, ...countsOf(restored.verdict), recoveryMs: null });
    expectPromise(restored.verdict);
    expect(restored.verdict.payments).toBeLessThan(after.payments);
    expectPromise(after);
    expect([rebuilt.code, rebuilt.stderr]).toEqual([0, '']);
    expectPromise(afterRebuild);
  });

  test('control: a copy that is not of one moment is found out', BY_CHANCE, async () => {
    const notOfOneMoment: BackUp = async (databaseUrl, folder) => {
      const file = join(folder, 'copy');
      if (databaseUrl.startsWith('sqlite:')) {
        // Without its log, in which the latest transactions are.
        copyFileSync(databaseUrl.slice('sqlite:'.length), file);
        return file;
      }
      await dumpMariadb(databaseUrl, file, [], [PAYMENTS_TABLE]);
      await dumpMariadb(databaseUrl, file, [
        `--ignore-table=${new URL(databaseUrl).pathname.slice(1)}.${PAYMENTS_TABLE}`,
      ]);
      return file;
    };
    const told = await backUpUnderLoad(await database.freshUrl(), notOfOneMoment).then(
      ({ verdict }) => !verdict.holds,
      // A file without its log may not even be a database with our tables.
      () => true,
    );
    tellControl({
      fault: 24,
      database: database.name,
      control: 'a copy that is not of one moment',
      caught: told,
    });
    expect(told).toBe(true);
  });
});
