/**
 * The service is killed at random moments, again and again, under load.
 *
 * What was acknowledged is looked for right after each kill, before anything is sent again: a delivery sent twice
 * would otherwise hide that its first acknowledgement was a lie. The same test on a build that answers before it
 * commits must find losses; if it finds none, it proves nothing.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(1_500, 30_000);
const KILLS = times(4, 60);
const READY_WITHIN_MS = 5_000;
const WRONG_BUILD = fileURLToPath(new URL('controls/answers-early.mjs', import.meta.url));

interface Crashes {
  readonly kills: number;
  /** Statuses that were answered. */
  readonly statuses: ReadonlySet<string>;
  /** Right after the kill at which something was lost, or at the end. */
  readonly verdict: Verdict;
  /** Longest time from start to ready after a kill. */
  readonly recoveryMs: number;
}

/** Loads the service and kills it again and again; after the last kill the rest is sent to a service that lives. */
async function crashUnderLoad(databaseUrl: string, script?: string): Promise<Crashes> {
  const log = new AcknowledgementLog();
  const statuses = new Set<string>();
  let waiting: Delivery[] = baseLoad(PAYMENTS);
  let [kills, recoveryMs] = [0, 0];
  for (;;) {
    const service = await startService(databaseUrl, script === undefined ? {} : { script });
    if (kills > 0) recoveryMs = Math.max(recoveryMs, service.readyAfterMs);
    const most = Math.floor((PAYMENTS * 2) / (KILLS + 1));
    const killAfter = kills < KILLS ? randomInt(50, most) : Number.POSITIVE_INFINITY;
    let answered = 0;
    let killed: Promise<void> | undefined;
    const round = await sendLoad({
      url: service.url,
      log,
      waiting,
      stopped: () => killed !== undefined,
      onAnswer: () => {
        if (++answered >= killAfter) killed ??= service.kill();
      },
    });
    for (const status of Object.keys(round.statuses)) statuses.add(status);
    await killed;
    if (killed === undefined) await service.stop();
    else kills++;
    const verdict = await check(log, databaseUrl);
    waiting = [...waiting, ...round.unsettled];
    if (!verdict.holds || waiting.length === 0) return { kills, statuses, verdict, recoveryMs };
  }
}

onEachDatabase((database) => {
  test('killed again and again under load, it loses nothing and doubles nothing', async () => {
    const { kills, statuses, verdict, recoveryMs } = await crashUnderLoad(await database.freshUrl());
    tell({
      fault: 1,
      database: database.name,
      times: kills,
      ...countsOf(verdict),
      recoveryMs,
    });
    expectPromise(verdict);
    expect(kills).toBe(KILLS);
    // No answer at all where the kill was, and never an error.
    expect([...statuses].sort()).toEqual(['200', '201', 'none']);
    expect(verdict.payments).toBe(PAYMENTS);
    // Some of it was posted meanwhile, or kills never met a posting.
    expect(verdict.inJournal).toBeLessThan(PAYMENTS);
    expect(recoveryMs).toBeLessThan(READY_WITHIN_MS);
  });

  test('control: a build that answers before it commits is found out', BY_CHANCE, async () => {
    const { verdict } = await crashUnderLoad(await database.freshUrl(), WRONG_BUILD);
    const caught = verdict.lost > 0;
    tellControl({ fault: 1, database: database.name, control: 'answers before it commits', caught });
    expect(caught).toBe(true);
  });
});
