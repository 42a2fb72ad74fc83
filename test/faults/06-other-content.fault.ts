/**
 * Payments that are known come again with other content, among their true duplicates: the stored row and all totals stay
 * as they are, and every other content is kept in quarantine as a conflict, once however often it is sent.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { type Delivery, deliveryOf, shuffle } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(500, 10_000);
const WRONG_BUILD = fileURLToPath(new URL('controls/last-wins.mjs', import.meta.url));

/** The same id with one field changed, which one depends on the id. */
function otherContent(id: number): Delivery {
  const { body } = deliveryOf(id);
  const changes = [
    { amount: '999.99' },
    { user_id: 'somebody-else' },
    { order_id: id + 1_000_000 },
    { payment_method: 'digital_wallet' },
    { timestamp: '2025-11-30T12:00:00Z' },
  ];
  const changed = { ...JSON.parse(body), ...changes[id % changes.length] };
  // It must never be a row, so it means none.
  return { body: JSON.stringify(changed), payment: null };
}

interface Conflicts {
  readonly statuses: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
}

async function sendConflicts(databaseUrl: string, script?: string): Promise<Conflicts> {
  const log = new AcknowledgementLog();
  const ids = Array.from({ length: PAYMENTS }, (_, index) => index + 1);
  const service = await startService(databaseUrl, script === undefined ? {} : { script });
  await sendLoad({ url: service.url, log, waiting: ids.map((id) => deliveryOf(id)) });
  const others = ids.map(otherContent);
  const waiting = shuffle([...others, ...others, ...ids.map((id) => deliveryOf(id))]);
  const { statuses } = await sendLoad({ url: service.url, log, waiting });
  await service.stop();
  return { statuses, verdict: await check(log, databaseUrl) };
}

onEachDatabase((database) => {
  test('other content of a known payment changes nothing, and all of it is in quarantine', async () => {
    const { statuses, verdict } = await sendConflicts(await database.freshUrl());
    tell({
      fault: 6,
      database: database.name,
      times: PAYMENTS,
      ...countsOf(verdict),
      recoveryMs: null,
      note: `${verdict.quarantined.toLocaleString('en')} in quarantine`,
    });
    expectPromise(verdict);
    expect(statuses).toEqual({ 200: PAYMENTS, 202: PAYMENTS * 2 });
    expect(verdict.payments).toBe(PAYMENTS);
    expect(verdict.quarantined).toBe(PAYMENTS);
  });

  test('control: a build in which the last content wins is found out', BY_CHANCE, async () => {
    const { verdict } = await sendConflicts(await database.freshUrl(), WRONG_BUILD);
    const caught = verdict.altered > 0 && verdict.totalsWrong > 0;
    tellControl({ fault: 6, database: database.name, control: 'the last content wins', caught });
    expect(caught).toBe(true);
  });
});
