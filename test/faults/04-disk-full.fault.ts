/**
 * The disk is full: the data folder lies on a small one, which is filled to its last byte under load. What finds no
 * room is answered 503 and `/readyz` is not ready; when there is room again, payments are taken by themselves, and the
 * database is whole (the check asks SQLite for it). The control answers before it commits.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DATABASES, describeOn } from '../support/databases.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken, untilAcknowledged, untilRefused } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { describeWhere, type StartOptions, startService } from './places.js';
import { smallDisk, smallDiskMissing } from './small-disk.js';

/** More than SQLite's log may grow to (CHECKPOINT_PAGES): a smaller disk would be filled by Farelog alone. */
const DISK_MB = 96;
const PAYMENTS_EACH = 600;
const FULL_AFTER = 200;
const FILLINGS = times(2, 10);
const RECOVERS_WITHIN_MS = 10_000;
const WRONG_BUILD = fileURLToPath(new URL('controls/answers-early.mjs', import.meta.url));

interface Fillings {
  readonly fillings: number;
  readonly verdict: Verdict;
  /** Answers of 503 while the disk was full, and any others than these and 2xx. */
  readonly refused: number;
  readonly others: readonly string[];
  /** What /readyz said after a refusal, and after the recovery. */
  readonly readyWhileFull: ReadonlySet<number>;
  readonly readyAfter: ReadonlySet<number>;
  readonly recoveryMs: number;
}

async function fillDisk(fillings: number, options: StartOptions = {}): Promise<Fillings> {
  const disk = smallDisk(DISK_MB);
  const databaseUrl = `sqlite:${join(disk.folder, 'farelog.db')}`;
  const { url } = await startService(databaseUrl, options);
  const log = new AcknowledgementLog();
  const [readyWhileFull, readyAfter] = [new Set<number>(), new Set<number>()];
  const others: string[] = [];
  const ready = async (): Promise<number> => (await fetch(`${url}/readyz`)).status;
  let [refused, recoveryMs] = [0, 0];
  for (let filling = 1; ; filling++) {
    const waiting = baseLoad(PAYMENTS_EACH, 1 + (filling - 1) * PAYMENTS_EACH);
    let answered = 0;
    const round = await sendLoad({
      url,
      log,
      waiting,
      onAnswer: () => {
        // Again and again: what is given back meanwhile is taken too.
        if (++answered >= FULL_AFTER) disk.fill();
      },
    });
    refused += round.statuses[503] ?? 0;
    others.push(...Object.keys(round.statuses).filter((status) => !['200', '201', '503'].includes(status)));
    // The last that came may have found a little room, and then it takes payments: not so after a refusal.
    const again = round.unsettled;
    await untilRefused(url, log, again);
    readyWhileFull.add(await ready());
    disk.empty();
    let verdict = await check(log, databaseUrl);
    if (verdict.holds && again.length > 0) {
      recoveryMs = Math.max(recoveryMs, await untilAcknowledged(url, log, again));
      readyAfter.add(await ready());
      await sendUntilTaken({ url, log, waiting: again });
      verdict = await check(log, databaseUrl);
    }
    if (!verdict.holds || filling === fillings)
      return { fillings: filling, verdict, refused, others, readyWhileFull, readyAfter, recoveryMs };
  }
}

const [sqlite] = DATABASES;
describeWhere(smallDiskMissing(), () => {
  if (sqlite === undefined) return;
  describeOn(sqlite, () => {
    test('filled to its last byte under load, it answers 503, loses nothing and recovers by itself', async () => {
      const found = await fillDisk(FILLINGS);
      const { verdict, refused, recoveryMs } = found;
      const note = `${refused} deliveries refused meanwhile`;
      tell({
        fault: 4,
        database: sqlite.name,
        times: found.fillings,
        ...countsOf(verdict),
        recoveryMs,
        note,
      });
      expectPromise(verdict);
      expect(found.fillings).toBe(FILLINGS);
      expect(refused).toBeGreaterThan(0);
      expect(found.others).toEqual([]);
      expect([...found.readyWhileFull]).toEqual([503]);
      expect([...found.readyAfter]).toEqual([200]);
      expect(recoveryMs).toBeLessThan(RECOVERS_WITHIN_MS);
      expect(verdict.payments).toBe(FILLINGS * PAYMENTS_EACH);
    });

    test('control: a build that answers before it commits is found out', BY_CHANCE, async () => {
      const { verdict } = await fillDisk(1, { script: WRONG_BUILD });
      const caught = verdict.lost > 0;
      tellControl({ fault: 4, database: sqlite.name, control: 'answers before it commits', caught });
      expect(caught).toBe(true);
    });
  });
});
