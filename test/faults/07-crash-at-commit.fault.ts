/**
 * The service is killed right before a COMMIT, right after one, and, on MariaDB, when it was sent and not answered: the
 * moments at which an acknowledgement and the database could come apart. The control answers before it commits.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRawState } from '../support/raw-database.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(800, 10_000);
const CRASHES_EACH = times(1, 40);
/** A commit of nothing but duplicates keeps nothing new: the crash after one is then tried again, this often at most. */
const FURTHER_CRASHES = 4;
const CRASH_AT_COMMIT = fileURLToPath(new URL('injections/crash-at-commit.mjs', import.meta.url));
const WRONG_BUILD = fileURLToPath(new URL('controls/answers-early.mjs', import.meta.url));

interface Crashes {
  readonly crashes: number;
  readonly verdict: Verdict;
  /** Payments of which the sender knew nothing and that were there, by the moment of the crash. */
  readonly keptUnanswered: Readonly<Record<string, number>>;
  readonly recoveryMs: number;
}

async function crashAtCommits(
  databaseUrl: string,
  moments: readonly string[],
  script?: string,
): Promise<Crashes> {
  const log = new AcknowledgementLog();
  const keptUnanswered: Record<string, number> = {};
  let waiting: Delivery[] = baseLoad(PAYMENTS);
  const acknowledged = new Set<number | undefined>();
  let [crashes, recoveryMs] = [0, 0];
  const most = CRASHES_EACH * moments.length + FURTHER_CRASHES;
  const queue = moments.flatMap((one) => Array.from({ length: CRASHES_EACH }, () => one));
  for (let moment = queue.shift(); moment !== undefined; moment = queue.shift()) {
    const service = await startService(databaseUrl, {
      preload: [CRASH_AT_COMMIT],
      settings: { FAULT_MOMENT: moment, FAULT_AT: String(randomInt(1, 8)) },
      ...(script === undefined ? {} : { script }),
    });
    if (crashes > 0) recoveryMs = Math.max(recoveryMs, service.readyAfterMs);
    let broken = false;
    const round = await sendLoad({
      url: service.url,
      log,
      waiting,
      stopped: () => broken,
      onAnswer: (answer, { payment }) => {
        if (answer === undefined) broken = true;
        else acknowledged.add(payment?.payment_id);
      },
    });
    if (!broken) throw new Error('the service was not killed: too few commits');
    await service.exited;
    crashes++;
    const verdict = await check(log, databaseUrl);
    if (!verdict.holds) return { crashes, verdict, keptUnanswered, recoveryMs };
    const { payments } = await readRawState(databaseUrl);
    const kept = round.unsettled.filter(({ payment }) => {
      const id = payment?.payment_id;
      return id !== undefined && payments.has(id) && !acknowledged.has(id);
    });
    keptUnanswered[moment] = (keptUnanswered[moment] ?? 0) + kept.length;
    if (moment === 'after' && queue.length === 0 && keptUnanswered.after === 0 && crashes < most) {
      queue.push(moment);
    }
    waiting = [...waiting, ...round.unsettled];
  }
  const service = await startService(databaseUrl);
  await sendUntilTaken({ url: service.url, log, waiting });
  await service.stop();
  return { crashes, verdict: await check(log, databaseUrl), keptUnanswered, recoveryMs };
}

onEachDatabase((database) => {
  test('killed right before and right after COMMIT, it loses nothing and doubles nothing', async () => {
    const moments = database.dialect === 'mysql' ? ['before', 'sent', 'after'] : ['before', 'after'];
    const { crashes, verdict, keptUnanswered, recoveryMs } = await crashAtCommits(
      await database.freshUrl(),
      moments,
    );
    tell({ fault: 7, database: database.name, times: crashes, ...countsOf(verdict), recoveryMs });
    expectPromise(verdict);
    expect(crashes).toBeGreaterThanOrEqual(CRASHES_EACH * moments.length);
    expect(verdict.payments).toBe(PAYMENTS);
    // The crashes met what they aimed at: committed, and nobody was told.
    expect(keptUnanswered.after).toBeGreaterThan(0);
    if (database.dialect === 'sqlite') expect(keptUnanswered.before).toBe(0);
  });

  test('control: a build that answers before it commits is found out', BY_CHANCE, async () => {
    const { verdict } = await crashAtCommits(await database.freshUrl(), ['before'], WRONG_BUILD);
    const caught = verdict.lost > 0;
    tellControl({ fault: 7, database: database.name, control: 'answers before it commits', caught });
    expect(caught).toBe(true);
  });
});
