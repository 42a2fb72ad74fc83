/**
 * Two services on one database behind a load balancer, and one of them is killed under load, again and again, now this
 * one and now the other. Senders send through the balancer and lose nothing; the service that is left goes on; those
 * who listen to the live feed move to it and are told of every payment once; and both tell the same figures.
 *
 * The control is a service that answers before it commits: what it had answered when it was killed must be missed.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TestDatabase } from '../support/databases.js';
import { LiveClient, type LiveEvent } from '../support/live.js';
import { deferred } from '../support/promises.js';
import { ADMIN_KEY, type ServiceProcess } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { type Balancer, startBalancer } from './balancer.js';
import { baseLoad, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { isAcknowledged, type LoadResult, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(1_500, 30_000);
const KILLS = times(2, 30);
const ANSWERS_EARLY = fileURLToPath(new URL('controls/answers-early.mjs', import.meta.url));

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Two services and the balancer before them. */
class Pair {
  readonly balancer: Balancer;
  readonly #services: ServiceProcess[];
  readonly #start: (which: number) => Promise<ServiceProcess>;

  private constructor(
    balancer: Balancer,
    services: ServiceProcess[],
    start: (which: number) => Promise<ServiceProcess>,
  ) {
    this.balancer = balancer;
    this.#services = services;
    this.#start = start;
  }

  static async on(databaseUrl: string, script: string | undefined): Promise<Pair> {
    const start = (which: number): Promise<ServiceProcess> =>
      startService(databaseUrl, {
        settings: { FARELOG_INSTANCE: `instance ${which}`, FARELOG_LIVE_POLL_MS: '100' },
        ...(script === undefined ? {} : { script }),
      });
    const services = [await start(0), await start(1)];
    return new Pair(await startBalancer(services.map(({ url }) => portOf(url))), services, start);
  }

  get url(): string {
    return `http://127.0.0.1:${this.balancer.port}`;
  }

  get urls(): readonly string[] {
    return this.#services.map(({ url }) => url);
  }

  async kill(which: number): Promise<void> {
    await this.#services[which]?.kill();
  }

  /** Starts another in the place of the one that was killed. */
  async replace(which: number): Promise<void> {
    this.#services[which] = await this.#start(which);
    this.balancer.use(this.urls.map(portOf));
  }
}

interface Crashes {
  readonly load: LoadResult;
  readonly verdict: Verdict;
  /** The longest that all senders waited for a next acknowledgement after a kill. */
  readonly gapMs: number;
}

/** Kills and replaces one after the other while the load goes on, and checks after every kill. */
async function crashInTurn(pair: Pair, log: AcknowledgementLog, databaseUrl: string): Promise<Crashes> {
  const between = Math.floor((PAYMENTS * 2) / (KILLS + 1));
  let [killed, answered, gapMs] = [0, 0, 0];
  let killAt = randomInt(50, between);
  let killedAt: number | undefined;
  let crashing = Promise.resolve();
  let broken: Verdict | undefined;
  const crash = async (which: number): Promise<void> => {
    await pair.kill(which);
    killedAt = performance.now();
    const verdict = await check(log, databaseUrl);
    if (!verdict.holds) broken ??= verdict;
    await pair.replace(which);
  };
  const load = await sendUntilTaken({
    url: pair.url,
    log,
    waiting: baseLoad(PAYMENTS),
    stopped: () => broken !== undefined,
    onAnswer: (answer) => {
      if (isAcknowledged(answer) && killedAt !== undefined) {
        gapMs = Math.max(gapMs, performance.now() - killedAt);
        killedAt = undefined;
      }
      if (++answered < killAt || killed === KILLS) return;
      const which = killed++ % 2;
      killAt = answered + randomInt(Math.floor(between / 2), between);
      crashing = crashing.then(() => crash(which));
    },
  });
  await crashing;
  return { load, verdict: broken ?? (await check(log, databaseUrl)), gapMs };
}

/**
 * Listens through the balancer, moves to whichever service there is when its own ends, and returns how many payments
 * it was told of once they are `due`.
 */
function follow(
  url: string,
  due: number,
): { readonly listening: Promise<void>; readonly told: Promise<number> } {
  const began = deferred();
  const listen = async (): Promise<number> => {
    let told = 0;
    let position: string | null = null;
    while (told < due) {
      const client: LiveClient | undefined = await LiveClient.connect(url, ADMIN_KEY, position).catch(
        () => undefined,
      );
      try {
        while (client !== undefined && told < due) {
          const { name, id, data }: LiveEvent = await client.next();
          position = id ?? position;
          if (name === 'hello') began.resolve();
          if (name === 'reset') throw new Error('the feed was reset');
          if (name === 'commit') told += Number(data.payments);
        }
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('the stream ended')) throw error;
      }
      await client?.leave();
    }
    return told;
  };
  return { listening: began.promise, told: listen() };
}

async function figuresAt(url: string): Promise<readonly unknown[]> {
  const range = 'from=2024-12-31&to=2026-01-01';
  const answers = ['methods?', 'trends?period=daily&', 'top-riders?', 'report?'].map(async (question) => {
    const response = await fetch(`${url}/api/v1/analytics/${question}${range}`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    expect([question, response.status]).toEqual([question, 200]);
    return response.json();
  });
  return Promise.all(answers);
}

async function twoServices(database: TestDatabase, script?: string) {
  const databaseUrl = await database.freshUrl();
  return { databaseUrl, log: new AcknowledgementLog(), pair: await Pair.on(databaseUrl, script) };
}

onEachDatabase((database) => {
  test('one of two services killed again and again: nothing lost, the other goes on, both agree', async () => {
    const { databaseUrl, log, pair } = await twoServices(database);
    const listeners = [follow(pair.url, PAYMENTS + 1), follow(pair.url, PAYMENTS + 1)];
    await Promise.all(listeners.map(({ listening }) => listening));
    const { load, verdict, gapMs } = await crashInTurn(pair, log, databaseUrl);
    const counts = { times: KILLS, ...countsOf(verdict), recoveryMs: gapMs };
    tell({ fault: 26, database: database.name, ...counts });
    expectPromise(verdict);
    expect(verdict.payments).toBe(PAYMENTS);
    expect(Object.keys(load.statuses).filter((status) => !['200', '201', 'none'].includes(status))).toEqual(
      [],
    );
    const [one, two] = await Promise.all(pair.urls.map(figuresAt));
    expect(one).toEqual(two);
    expect(one?.[3]).toMatchObject({ summary: { total_transactions: PAYMENTS } });
    // One more: what is told twice would have made them stop too early or too late.
    await sendUntilTaken({ url: pair.url, log, waiting: [deliveryOf(PAYMENTS + 1)] });
    expect(await Promise.all(listeners.map(({ told }) => told))).toEqual([PAYMENTS + 1, PAYMENTS + 1]);
  });

  test('control: services that answer before they commit are found out', BY_CHANCE, async () => {
    const { databaseUrl, log, pair } = await twoServices(database, ANSWERS_EARLY);
    const { verdict } = await crashInTurn(pair, log, databaseUrl);
    const caught = verdict.lost > 0;
    tellControl({ fault: 26, database: database.name, control: 'answers before it commits', caught });
    expect(caught).toBe(true);
  });
});
