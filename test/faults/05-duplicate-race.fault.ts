/**
 * Many deliveries of each payment at the same time, also to two services on one database: each payment is recorded once,
 * every other delivery is told that it is a duplicate, and none meets an error. A build that looks first and inserts then
 * meets the key, or a second row.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(200, 1_000);
const DELIVERIES_EACH = times(20, 200);
const SENDERS = 128;
const WRONG_BUILD = fileURLToPath(new URL('controls/check-then-insert.mjs', import.meta.url));

interface Race {
  readonly statuses: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
}

/** The deliveries of a payment are neighbours, so that they are under way together, dealt to the services in turn. */
async function race(databaseUrl: string, services: number, script?: string): Promise<Race> {
  const log = new AcknowledgementLog();
  const started = await Promise.all(
    Array.from({ length: services }, (_, index) =>
      startService(databaseUrl, {
        settings: { FARELOG_INSTANCE: `instance ${index}` },
        ...(script === undefined ? {} : { script }),
      }),
    ),
  );
  const all = Array.from({ length: PAYMENTS * DELIVERIES_EACH }, (_, index) =>
    deliveryOf(Math.floor(index / DELIVERIES_EACH) + 1),
  );
  const rounds = await Promise.all(
    started.map(({ url }, service) =>
      sendLoad({
        url,
        log,
        waiting: all.filter((_, index) => index % services === service),
        senders: SENDERS / services,
      }),
    ),
  );
  const statuses: Record<string, number> = {};
  for (const round of rounds) {
    for (const [status, count] of Object.entries(round.statuses))
      statuses[status] = (statuses[status] ?? 0) + count;
  }
  for (const service of started) await service.stop();
  return { statuses, verdict: await check(log, databaseUrl) };
}

const EXACTLY_ONCE = { 201: PAYMENTS, 200: PAYMENTS * (DELIVERIES_EACH - 1) };

onEachDatabase((database) => {
  test.each(database.dialect === 'mysql' ? [1, 2] : [1])(
    'every payment many times at once, to %i service(s): one row each, duplicates else, and no error',
    async (services) => {
      const { statuses, verdict } = await race(await database.freshUrl(), services);
      tell({
        fault: 5,
        ...(services > 1 ? { variant: `${services} services` } : {}),
        database: database.name,
        times: PAYMENTS,
        ...countsOf(verdict),
        recoveryMs: null,
      });
      expectPromise(verdict);
      expect(statuses).toEqual(EXACTLY_ONCE);
      expect(verdict.payments).toBe(PAYMENTS);
    },
  );

  test('control: a build that looks first and inserts then is found out', BY_CHANCE, async () => {
    const { statuses, verdict } = await race(await database.freshUrl(), 1, WRONG_BUILD);
    const errors = Object.entries(statuses).filter(([status]) => Number(status) >= 500);
    const caught = errors.length > 0 || verdict.doubled > 0;
    tellControl({ fault: 5, database: database.name, control: 'looks first and inserts then', caught });
    expect(caught).toBe(true);
  });
});
