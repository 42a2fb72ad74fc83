/**
 * Signed bodies that can never become a payment, written by hand and broken at random. Each is kept in quarantine, the
 * service lives on, and the good delivery right after it is acknowledged at once. After a restart each is replayed: it is
 * told its problems and stays, while a zero fare, once such are accepted, becomes a payment. The control reads bodies by
 * JSON.parse.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ADMIN_KEY, SECRET } from '../support/service.js';
import {
  AcknowledgementLog,
  check,
  countsOf,
  expectPromise,
  type Sendable,
  type Verdict,
} from './acknowledgements.js';
import { deliveryOf, shuffle } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';
import { brokenAtRandom, type Poison, writtenPoisons } from './poisons.js';
import { overAll, type Reply, Requests, standardHeaders } from './requests.js';

const BROKEN = times(80, 100_000);
/** All written ones are replayed, and so many of the broken ones. */
const REPLAYED = times(30, 1_000);
const LIMIT = 65_536;
const ACKNOWLEDGED_WITHIN_MS = 1_000;
const LENIENT = fileURLToPath(new URL('controls/lenient-json.mjs', import.meta.url));

const GOOD_FROM = 1;
const ZERO_FARE = 3_000_000;
const WRITTEN_FROM = 3_100_000;
const BROKEN_FROM = 3_200_000;

interface Poisoned {
  /** Poisons that were answered otherwise than 202, with what they were answered. */
  readonly passed: readonly string[];
  readonly good: Readonly<Record<string, number>>;
  /** Longest wait for the answer to a good one right after a poison. */
  readonly slowestMs: number;
  readonly tooLarge: number | undefined;
  /** Places in quarantine by poison, and that of the zero fare. */
  readonly places: ReadonlyMap<Poison, number>;
  readonly zeroFarePlace: number;
}

class Sending {
  readonly #requests: Requests;
  readonly #log: AcknowledgementLog;
  #messages = 0;

  constructor(url: string, log: AcknowledgementLog) {
    this.#requests = new Requests(url, 4);
    this.#log = log;
  }

  async deliver(delivery: Sendable): Promise<Reply | undefined> {
    const name = this.#log.sent(delivery);
    const second = Math.floor(Date.now() / 1000);
    const message = { secret: SECRET, id: `msg_${this.#messages++}`, second };
    const reply = await this.#requests.deliver(delivery.body, standardHeaders(message, delivery.body));
    this.#log.answered(name, reply);
    return reply;
  }

  replay(place: number): Promise<Reply | undefined> {
    const path = `/api/v1/quarantine/${place}/replay`;
    return this.#requests.post(path, '{}', { authorization: `Bearer ${ADMIN_KEY}` });
  }

  close(): Promise<void> {
    return this.#requests.close();
  }
}

function placeIn(reply: Reply | undefined): number {
  const { quarantine_id: place }: { quarantine_id?: number } = JSON.parse(reply?.body || '{}');
  return place ?? 0;
}

async function sendPoisons(sending: Sending, poisons: readonly Poison[]): Promise<Poisoned> {
  const passed: string[] = [];
  const good: Record<string, number> = {};
  const places = new Map<Poison, number>();
  let slowestMs = 0;
  let goodIds = GOOD_FROM;
  await overAll(poisons, 4, async (poison) => {
    const reply = await sending.deliver({ body: poison.body, payment: null });
    if (reply?.status === 202) places.set(poison, placeIn(reply));
    else passed.push(`${poison.name}: ${reply?.status ?? 'none'}`);
    const began = performance.now();
    const status = (await sending.deliver(deliveryOf(goodIds++)))?.status ?? 'none';
    slowestMs = Math.max(slowestMs, performance.now() - began);
    good[status] = (good[status] ?? 0) + 1;
  });
  const tooLarge = await sending.deliver({ body: Buffer.alloc(LIMIT + 1, ' '), payment: null });
  const zeroFare = await sending.deliver(deliveryOf(ZERO_FARE, { minor: 0 }));
  return { passed, good, slowestMs, places, tooLarge: tooLarge?.status, zeroFarePlace: placeIn(zeroFare) };
}

/** Poisons that did not answer a replay with their problems. */
async function replayPoisons(sending: Sending, places: ReadonlyMap<Poison, number>): Promise<string[]> {
  const wrong: string[] = [];
  const written = [...places].filter(([{ name }]) => !name.includes('seed'));
  const broken = [...places].filter(([{ name }]) => name.includes('seed')).slice(0, REPLAYED);
  await overAll([...written, ...broken], 4, async ([poison, place]) => {
    const reply = await sending.replay(place);
    const { problems = [] }: { problems?: readonly unknown[] } = JSON.parse(reply?.body || '{}');
    if (reply?.status !== 422 || problems.length === 0)
      wrong.push(`${poison.name}: ${reply?.status ?? 'none'}`);
  });
  return wrong;
}

function allPoisons(): { readonly seed: number; readonly poisons: Poison[] } {
  const seed = randomInt(2 ** 31);
  const poisons = [...writtenPoisons(WRITTEN_FROM, LIMIT), ...brokenAtRandom(seed, BROKEN, BROKEN_FROM)];
  return { seed, poisons: shuffle(poisons) };
}

onEachDatabase((database) => {
  test('every poison is in quarantine, the next delivery is taken at once, and a replay works', async () => {
    const databaseUrl = await database.freshUrl();
    const log = new AcknowledgementLog();
    const { seed, poisons } = allPoisons();
    const first = await startService(databaseUrl);
    const sending = new Sending(first.url, log);
    const { passed, good, slowestMs, places, tooLarge, zeroFarePlace } = await sendPoisons(sending, poisons);
    await sending.close();
    expect(await first.stop()).toBe(0);
    const before: Verdict = await check(log, databaseUrl);

    const second = await startService(databaseUrl, { settings: { FARELOG_ZERO_FARES: 'accept' } });
    const again = new Sending(second.url, log);
    const notTold = await replayPoisons(again, places);
    const zeroFare = await again.replay(zeroFarePlace);
    // Told apart from one that was recorded by the replay of before.
    const zeroFareAgain = await again.deliver(deliveryOf(ZERO_FARE, { minor: 0 }));
    const stays = await again.deliver({ body: poisons[0]?.body ?? '', payment: null });
    await again.close();
    await second.stop();
    const verdict = await check(log, databaseUrl);
    tell({
      fault: 12,
      database: database.name,
      times: poisons.length,
      ...countsOf(verdict),
      recoveryMs: slowestMs,
      note: `all ${places.size.toLocaleString('en')} in quarantine; seed ${seed}`,
    });
    expect(passed, `seed ${seed}`).toEqual([]);
    expect(good).toEqual({ 201: poisons.length });
    expect(tooLarge).toBe(413);
    expectPromise(before);
    // One place for each body, however alike; and the zero fare.
    expect(before.quarantined).toBe(new Set(poisons.map(({ body }) => body.toString('latin1'))).size + 1);
    expect(slowestMs).toBeLessThan(ACKNOWLEDGED_WITHIN_MS);
    expect(notTold, `seed ${seed}`).toEqual([]);
    expect([zeroFare?.status, JSON.parse(zeroFare?.body || '{}').outcome]).toEqual([200, 'recorded']);
    expect(zeroFareAgain?.status).toBe(200);
    expect([stays?.status, placeIn(stays)]).toEqual([202, poisons[0] && places.get(poisons[0])]);
    expectPromise(verdict);
    expect(verdict.payments).toBe(before.payments + 1);
  });

  test('control: a build that reads by JSON.parse is found out', BY_CHANCE, async () => {
    const databaseUrl = await database.freshUrl();
    const log = new AcknowledgementLog();
    const service = await startService(databaseUrl, { preload: [LENIENT] });
    const sending = new Sending(service.url, log);
    const { passed } = await sendPoisons(sending, writtenPoisons(WRITTEN_FROM, LIMIT));
    await sending.close();
    await service.stop();
    const { invented } = await check(log, databaseUrl);
    const caught = invented > 0 && passed.includes('two riders: 201');
    tellControl({ fault: 12, database: database.name, control: 'reads by JSON.parse', caught });
    expect(caught).toBe(true);
  });
});
