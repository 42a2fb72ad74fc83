/**
 * MariaDB is killed under load, again and again, while the service lives on: it answers 503 while the server is down,
 * and takes payments again by itself. SQLite has no server: its crash is that of the service.
 *
 * The control is a server that writes its log once a second only (`innodb_flush_log_at_trx_commit=0`), which Farelog
 * refuses unless it is told to accept it: what was acknowledged in the last second must be missed.
 */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeOnMariadb } from '../support/databases.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, untilAcknowledged } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { ownMariadb, startService } from './places.js';

const PAYMENTS = times(3_000, 20_000);
const KILLS = times(3, 30);
const SENT_WHILE_DOWN = 64;
const RECOVERS_WITHIN_MS = 10_000;

interface DatabaseCrashes {
  readonly kills: number;
  readonly verdict: Verdict;
  /** Statuses under load, the moments of the kills included. */
  readonly statuses: ReadonlySet<string>;
  /** Statuses while the server was down. */
  readonly whileDown: ReadonlySet<string>;
  readonly readyWhileDown: ReadonlySet<number>;
  readonly recoveryMs: number;
}

async function crashDatabase(
  serverSettings: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<DatabaseCrashes> {
  const server = await ownMariadb(serverSettings);
  const service = await startService(server.databaseUrl, { settings });
  const log = new AcknowledgementLog();
  const { url } = service;
  const [statuses, whileDown, readyWhileDown] = [new Set<string>(), new Set<string>(), new Set<number>()];
  let waiting: Delivery[] = baseLoad(PAYMENTS);
  let [kills, recoveryMs] = [0, 0];
  for (;;) {
    const most = Math.floor((PAYMENTS * 2) / (KILLS + 1));
    const killAfter = kills < KILLS ? randomInt(50, most) : Number.POSITIVE_INFINITY;
    let answered = 0;
    let killed: Promise<void> | undefined;
    const round = await sendLoad({
      url,
      log,
      waiting,
      stopped: () => killed !== undefined,
      onAnswer: () => {
        if (++answered >= killAfter) killed ??= server.kill();
      },
    });
    for (const status of Object.keys(round.statuses)) statuses.add(status);
    waiting = [...waiting, ...round.unsettled];
    await killed;
    if (killed !== undefined) {
      kills++;
      const down = await sendLoad({ url, log, waiting: waiting.slice(-SENT_WHILE_DOWN) });
      for (const status of Object.keys(down.statuses)) whileDown.add(status);
      readyWhileDown.add((await fetch(`${url}/readyz`)).status);
      await server.start();
    }
    const verdict = await check(log, server.databaseUrl);
    if (!verdict.holds || killed === undefined)
      return { kills, verdict, statuses, whileDown, readyWhileDown, recoveryMs };
    recoveryMs = Math.max(recoveryMs, await untilAcknowledged(url, log, waiting));
  }
}

describeOnMariadb(() => {
  test('its server killed again and again, the service answers 503 and recovers by itself', async () => {
    const { kills, verdict, statuses, whileDown, readyWhileDown, recoveryMs } = await crashDatabase([], {});
    tell({ fault: 2, database: 'mariadb', times: kills, ...countsOf(verdict), recoveryMs });
    expectPromise(verdict);
    expect(kills).toBe(KILLS);
    expect(verdict.payments).toBe(PAYMENTS);
    expect([...statuses].filter((status) => !['200', '201', '503'].includes(status))).toEqual([]);
    expect([...whileDown]).toEqual(['503']);
    expect([...readyWhileDown]).toEqual([503]);
    expect(recoveryMs).toBeLessThan(RECOVERS_WITHIN_MS);
  });

  test('control: a server that writes its log once a second is found out', BY_CHANCE, async () => {
    const weak = { FARELOG_WEAK_DURABILITY: 'accept' };
    const { verdict } = await crashDatabase(['--innodb-flush-log-at-trx-commit=0'], weak);
    const caught = verdict.lost > 0;
    const control = 'innodb_flush_log_at_trx_commit=0';
    tellControl({ fault: 2, database: 'mariadb', control, caught });
    expect(caught).toBe(true);
  });
});
