/**
 * Many clients that send a byte every ten seconds, of their headers or of their body, or nothing at all. Each is cut
 * within 20 s by the default settings, and good deliveries are answered quickly meanwhile. The control has the time-outs
 * of Node. Both wait side by side, since what they do is wait.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freshSqliteUrl } from '../support/databases.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { times } from './matrix.js';
import { startService } from './places.js';
import { quantile } from './requests.js';
import { openSlowClients, type SlowClients, toldTo } from './slow-clients.js';

const CLIENTS = times(200, 1_000);
const CUT_WITHIN_MS = 20_000;
/** A byte more may be under way, and this machine may be busy, when a cut is due. */
const GRACE_MS = 1_000;
const P99_WITHIN_MS = 1_000;
const NODES_TIMEOUTS = { FARELOG_HEADERS_TIMEOUT_MS: '60000', FARELOG_REQUEST_TIMEOUT_MS: '300000' };

interface Slowness {
  readonly clients: SlowClients;
  readonly stillOpen: number;
  readonly latenciesMs: readonly number[];
  readonly statuses: ReadonlySet<string>;
  readonly verdict: Verdict;
}

/** A good load of a few senders for as long as the slow ones may stay. */
async function beSlow(count: number, settings: Readonly<Record<string, string>> = {}): Promise<Slowness> {
  const databaseUrl = freshSqliteUrl();
  const service = await startService(databaseUrl, { settings });
  const log = new AcknowledgementLog();
  const latenciesMs: number[] = [];
  const statuses = new Set<string>();
  const clients = openSlowClients(service.url, count);
  const deadline = performance.now() + CUT_WITHIN_MS + GRACE_MS;
  for (let from = 1; clients.open > 0 && performance.now() < deadline; from += 20) {
    const round = await sendLoad({
      url: service.url,
      log,
      waiting: baseLoad(20, from),
      senders: 4,
      onAnswer: (_answer, _delivery, elapsedMs) => latenciesMs.push(elapsedMs),
    });
    for (const status of Object.keys(round.statuses)) statuses.add(status);
    await pause(50);
  }
  const stillOpen = clients.open;
  clients.close();
  await service.stop();
  return { clients, stillOpen, latenciesMs, statuses, verdict: await check(log, databaseUrl) };
}

test('slow clients are cut, and others are answered quickly; control: not by the time-outs of Node', async () => {
  const [slow, control] = await Promise.all([beSlow(CLIENTS), beSlow(21, NODES_TIMEOUTS)]);
  const { clients, stillOpen, latenciesMs, statuses, verdict } = slow;
  const longestMs = Math.max(...clients.cutAfterMs);
  const p99 = quantile(latenciesMs, 0.99);
  const caught = control.stillOpen > 0;
  tell({
    fault: 16,
    database: 'sqlite file',
    times: CLIENTS,
    ...countsOf(verdict),
    recoveryMs: null,
    note: `cut within ${(longestMs / 1000).toFixed(1)} s; good deliveries meanwhile p99 ${Math.round(p99)} ms`,
  });
  tellControl({ fault: 16, database: 'sqlite file', control: "has Node's own time-outs", caught });
  expect([stillOpen, clients.cutAfterMs.length]).toEqual([0, CLIENTS]);
  expect(longestMs).toBeLessThan(CUT_WITHIN_MS);
  expect(clients.told).toEqual(toldTo(CLIENTS));
  expect([...statuses].sort()).toEqual(['200', '201']);
  expect(p99).toBeLessThan(P99_WITHIN_MS);
  expectPromise(verdict);
  expect(caught).toBe(true);
});
