/**
 * Payments of 400 days in any order, each of them twice, by webhooks and in arrays at once: afterwards the table and the
 * ledger are what they are where each payment came once and in its order. Lags alone may differ, since they are when the
 * deliveries came. The control is a build whose postings take a day for done.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { expect, test } from 'vitest';
import { PAYMENTS as PAYMENTS_TABLE } from '../../src/store/dialect.js';
import { ledgerVersion } from '../../src/store/ledger.js';
import { openTestStore } from '../support/databases.js';
import { journalled, postUntilEmpty, storedLedger } from '../support/ledger.js';
import { ADMIN_KEY } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { type Delivery, deliveryOf, shuffle } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';
import { overAll, Requests } from './requests.js';

const PAYMENTS = times(1_500, 500_000);
/** Of twice as many deliveries; the rest comes in arrays. */
const BY_WEBHOOK = times(1_000, 100_000);
const ARRAY = 500;
const DAYS = 400;
const START_MS = Date.UTC(2025, 0, 1);
/** A posting rests nine times as long as it took, which on a busy machine is long. */
const POSTED_WITHIN_MS = 120_000;
const REPLACES_THE_DAY = fileURLToPath(new URL('controls/replaces-the-day.mjs', import.meta.url));

/** Ids grow with time. */
function paymentInOrder(id: number): Delivery {
  const second = Math.floor(((id - 1) / PAYMENTS) * DAYS * 86_400);
  return deliveryOf(id, { loggedMs: START_MS + second * 1000, rider: `rider-${(id * 31) % 997}` });
}

/** Sends one array to the API, and writes each of its answers down. */
async function sendArray(
  requests: Requests,
  log: AcknowledgementLog,
  deliveries: readonly Delivery[],
): Promise<void> {
  const names = deliveries.map((delivery) => log.sent(delivery));
  const body = `[${deliveries.map((delivery) => delivery.body).join(',')}]`;
  const reply = await requests.post('/api/v1/payments', body, { authorization: `Bearer ${ADMIN_KEY}` });
  const { rows = [] }: { rows?: readonly { readonly status: number }[] } = JSON.parse(reply?.body || '{}');
  names.forEach((name, index) => {
    const status = rows[index]?.status;
    log.answered(name, status === undefined ? undefined : { status, body: '{}' });
  });
}

function inArrays(deliveries: readonly Delivery[]): Delivery[][] {
  return Array.from({ length: Math.ceil(deliveries.length / ARRAY) }, (_, index) =>
    deliveries.slice(index * ARRAY, (index + 1) * ARRAY),
  );
}

interface State {
  readonly payments: readonly string[];
  readonly ledger: readonly string[];
  readonly verdict: Verdict;
}

/** Everything that stands once all is posted, but for lags, as lines in one order; and what the check says of it. */
async function stateOf(databaseUrl: string, log: AcknowledgementLog): Promise<State> {
  const store = openTestStore(databaseUrl, 'reader');
  await postUntilEmpty(store);
  const rows: object[] = await store
    .knex(PAYMENTS_TABLE)
    .select('payment_id', 'user_id', 'order_id', 'payment_type', 'total_price')
    .select(store.knex.raw(`${store.textOf('logged_on')} AS logged`))
    .orderBy('payment_id');
  const { ledger } = await storedLedger(store);
  return {
    payments: rows.map((row) => JSON.stringify(row)),
    ledger: ledger.filter((line) => !line.startsWith('["lags"')),
    verdict: await check(log, databaseUrl),
  };
}

async function recordInOrder(databaseUrl: string): Promise<State> {
  const service = await startService(databaseUrl);
  const log = new AcknowledgementLog();
  const requests = new Requests(service.url, 1);
  const all = Array.from({ length: PAYMENTS }, (_, index) => paymentInOrder(index + 1));
  for (const array of inArrays(all)) await sendArray(requests, log, array);
  await requests.close();
  await service.stop();
  return stateOf(databaseUrl, log);
}

async function recordInDisorder(databaseUrl: string, preload: readonly string[] = []): Promise<State> {
  const service = await startService(databaseUrl, { preload });
  const { knex } = openTestStore(databaseUrl, 'watcher');
  const log = new AcknowledgementLog();
  const all = shuffle(
    Array.from({ length: PAYMENTS * 2 }, (_, index) => paymentInOrder((index % PAYMENTS) + 1)),
  );
  const requests = new Requests(service.url, 4);
  // A posting takes the earliest month there is, so one between the halves and one after meet in the first month.
  for (const half of [all.slice(0, PAYMENTS), all.slice(PAYMENTS)]) {
    await Promise.all([
      sendLoad({ url: service.url, log, waiting: half.slice(0, BY_WEBHOOK / 2) }),
      overAll(inArrays(half.slice(BY_WEBHOOK / 2)), 4, (array) => sendArray(requests, log, array)),
    ]);
    await untilPosted(knex);
  }
  await requests.close();
  await service.stop();
  return stateOf(databaseUrl, log);
}

/** Until a posting has ended that began after now, the second from now, since one may be under way; or all is posted. */
async function untilPosted(knex: Knex): Promise<void> {
  const deadline = Date.now() + POSTED_WITHIN_MS;
  const before = await ledgerVersion(knex);
  while ((await journalled(knex)) > 0 && (await ledgerVersion(knex)) < before + 2) {
    if (Date.now() > deadline) throw new Error('the journal was not posted');
    await pause(50);
  }
}

/** Lines that only one of them has; a few of them. */
function differences(one: readonly string[], other: readonly string[]): string[] {
  const [ones, others] = [new Set(one), new Set(other)];
  return [...one.filter((line) => !others.has(line)), ...other.filter((line) => !ones.has(line))].slice(
    0,
    10,
  );
}

onEachDatabase((database) => {
  let inOrder: State | undefined;
  const orderly = async (): Promise<State> => {
    inOrder ??= await recordInOrder(await database.freshUrl());
    return inOrder;
  };

  test('400 days in any order, each payment twice, are what they are in their order', async () => {
    const [ordered, disordered] = [await orderly(), await recordInDisorder(await database.freshUrl())];
    tell({
      fault: 11,
      database: database.name,
      times: PAYMENTS * 2,
      ...countsOf(disordered.verdict),
      recoveryMs: null,
      note: `${disordered.ledger.length.toLocaleString('en')} lines of the ledger compared`,
    });
    expectPromise(ordered.verdict);
    expectPromise(disordered.verdict);
    expect(ordered.payments).toHaveLength(PAYMENTS);
    expect(ordered.ledger.length).toBeGreaterThan(PAYMENTS);
    expect(differences(ordered.payments, disordered.payments)).toEqual([]);
    expect(differences(ordered.ledger, disordered.ledger)).toEqual([]);
  });

  test('control: a build that replaces the day it posts is found out', BY_CHANCE, async () => {
    const wrong = await recordInDisorder(await database.freshUrl(), [REPLACES_THE_DAY]);
    const caught = differences((await orderly()).ledger, wrong.ledger).length > 0;
    tellControl({ fault: 11, database: database.name, control: 'replaces the day that it posts', caught });
    expect(caught).toBe(true);
    expect(wrong.verdict.totalsWrong).toBeGreaterThan(0);
  });
});
