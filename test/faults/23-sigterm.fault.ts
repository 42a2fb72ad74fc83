/**
 * SIGTERM under load, again and again: all that was under way is answered, nothing that was acknowledged is missing,
 * and the process ends with 0 within the drain limit. The control ends at once at the signal.
 */
import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(1_000, 20_000);
const STOPS = times(2, 40);
/** The default of FARELOG_DRAIN_TIMEOUT_MS. */
const DRAINED_WITHIN_MS = 10_000;
const ENDS_AT_ONCE = fileURLToPath(new URL('controls/ends-at-once.mjs', import.meta.url));

interface Stops {
  readonly stops: number;
  readonly verdict: Verdict;
  readonly exitCodes: ReadonlySet<number | null>;
  readonly statuses: ReadonlySet<string>;
  /** Failures of connections but those that found the door closed: requests that got in and were not answered. */
  readonly unanswered: readonly string[];
  readonly drainMs: number;
}

async function stopUnderLoad(databaseUrl: string, preload: readonly string[] = []): Promise<Stops> {
  const log = new AcknowledgementLog();
  const exitCodes = new Set<number | null>();
  const statuses = new Set<string>();
  const unanswered: string[] = [];
  let waiting: Delivery[] = baseLoad(PAYMENTS);
  let [stops, drainMs] = [0, 0];
  for (;;) {
    const service = await startService(databaseUrl, { preload });
    const most = Math.floor((PAYMENTS * 2) / (STOPS + 1));
    const stopAfter = stops < STOPS ? randomInt(50, most) : Number.POSITIVE_INFINITY;
    let answered = 0;
    let stopped: Promise<number | null> | undefined;
    const stop = async (): Promise<number | null> => {
      // What the senders have begun by now has left this process when the signal does.
      await nextTurn();
      const began = performance.now();
      const code = await service.stop();
      drainMs = Math.max(drainMs, performance.now() - began);
      return code;
    };
    const round = await sendLoad({
      url: service.url,
      log,
      waiting,
      stopped: () => stopped !== undefined,
      onAnswer: () => {
        if (++answered >= stopAfter) stopped ??= stop();
      },
    });
    for (const status of Object.keys(round.statuses)) statuses.add(status);
    unanswered.push(...round.failures.filter((code) => code !== 'ECONNREFUSED'));
    if (stopped === undefined) await service.stop();
    else {
      exitCodes.add(await stopped);
      stops++;
    }
    const verdict = await check(log, databaseUrl);
    waiting = [...waiting, ...round.unsettled];
    if (!verdict.holds || unanswered.length > 0 || waiting.length === 0)
      return { stops, verdict, exitCodes, statuses, unanswered, drainMs };
  }
}

onEachDatabase((database) => {
  test('SIGTERM under load: all under way is answered, and it ends with 0 in time', async () => {
    const { stops, verdict, exitCodes, statuses, unanswered, drainMs } = await stopUnderLoad(
      await database.freshUrl(),
    );
    const note = `drained in ${(drainMs / 1000).toFixed(2)} s at most`;
    tell({ fault: 23, database: database.name, times: stops, ...countsOf(verdict), recoveryMs: null, note });
    expectPromise(verdict);
    expect(stops).toBe(STOPS);
    expect(unanswered).toEqual([]);
    expect([...statuses].filter((status) => !['200', '201', '503', 'none'].includes(status))).toEqual([]);
    expect([...exitCodes]).toEqual([0]);
    expect(drainMs).toBeLessThan(DRAINED_WITHIN_MS);
    expect(verdict.payments).toBe(PAYMENTS);
  });

  test('control: a service that ends at once is found out', BY_CHANCE, async () => {
    const { unanswered } = await stopUnderLoad(await database.freshUrl(), [ENDS_AT_ONCE]);
    const caught = unanswered.length > 0;
    tellControl({ fault: 23, database: database.name, control: 'ends at once at the signal', caught });
    expect(caught).toBe(true);
  });
});
