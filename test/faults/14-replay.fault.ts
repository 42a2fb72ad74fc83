/**
 * Signed deliveries that come, or come again, right around the tolerance of their timestamp. The service's clock stands
 * where the test puts it, so that each is one second, or a millisecond of it, inside or outside: accepted or refused
 * exactly. A replay that is accepted is a duplicate. The control has no tolerance.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SECRET, temporaryFolder } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { type Delivery, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';
import {
  HMAC_TIME_HEADER,
  hmacHeaders,
  type Message,
  overAll,
  Requests,
  standardHeaders,
} from './requests.js';

const PAYMENTS_EACH = times(10, 500);
const MOVED_CLOCK = fileURLToPath(new URL('injections/moved-clock.mjs', import.meta.url));
const NO_TOLERANCE = fileURLToPath(new URL('controls/without-tolerance.mjs', import.meta.url));

/** 2026-03-10T15:00:00Z: when everything here is signed. */
const SIGNED_S = 1_773_154_800;
/** Where the clock stands against the signature, in ms, and whether the tolerance of 300 s holds there. */
const CLOCKS = [
  { ms: -301_000, within: false },
  { ms: -300_001, within: false },
  { ms: -300_000, within: true },
  { ms: -299_999, within: true },
  { ms: 0, within: true },
  { ms: 300_000, within: true },
  // Seconds are compared, since a timestamp has no more.
  { ms: 300_999, within: true },
  { ms: 301_000, within: false },
] as const;

const SCHEMES = {
  standard: { headers: standardHeaders, settings: {} },
  hmac: {
    headers: hmacHeaders,
    settings: {
      FARELOG_WEBHOOK_SCHEME: 'hmac',
      FARELOG_WEBHOOK_SECRETS: SECRET.toString('base64'),
      FARELOG_WEBHOOK_TIMESTAMP_HEADER: HMAC_TIME_HEADER,
    },
  },
} as const;
type Scheme = keyof typeof SCHEMES;

interface Replays {
  /** `-301000 new`, with the statuses that were answered. */
  readonly statuses: Readonly<Record<string, readonly number[]>>;
  readonly replays: number;
  readonly verdict: Verdict;
}

async function replayAround(
  databaseUrl: string,
  scheme: Scheme,
  preload: readonly string[],
): Promise<Replays> {
  const { settings, headers } = SCHEMES[scheme];
  const clockFile = join(temporaryFolder(), 'clock');
  const setClock = (ms: number): void => writeFileSync(clockFile, String(SIGNED_S * 1000 + ms));
  setClock(0);
  const service = await startService(databaseUrl, {
    script: MOVED_CLOCK,
    settings: { ...settings, FAULT_CLOCK_FILE: clockFile },
    preload,
  });
  const log = new AcknowledgementLog();
  const requests = new Requests(service.url, 8);
  const secret = scheme === 'standard' ? SECRET : Buffer.from(SECRET.toString('base64'));
  const answered = async (delivery: Delivery): Promise<number> => {
    const name = log.sent(delivery);
    const id = delivery.payment?.payment_id ?? 0;
    const message: Message = { secret, id: `msg_${id}`, second: SIGNED_S };
    const reply = await requests.deliver(delivery.body, headers(message, delivery.body));
    log.answered(name, reply);
    return reply?.status ?? 0;
  };
  const statuses: Record<string, number[]> = {};
  let [replays, ids] = [0, 0];
  for (const { ms } of CLOCKS) {
    const known = Array.from({ length: PAYMENTS_EACH }, () => deliveryOf(++ids));
    const fresh = Array.from({ length: PAYMENTS_EACH }, () => deliveryOf(++ids));
    setClock(0);
    await overAll(known, 8, async (delivery) => expect(await answered(delivery)).toBe(201));
    setClock(ms);
    for (const [name, deliveries] of [[`${ms} again`, known] as const, [`${ms} new`, fresh] as const]) {
      const seen = new Set<number>();
      await overAll(deliveries, 8, async (delivery) => void seen.add(await answered(delivery)));
      statuses[name] = [...seen];
    }
    replays += PAYMENTS_EACH * 2;
  }
  await requests.close();
  await service.stop();
  return { statuses, replays, verdict: await check(log, databaseUrl) };
}

const EXACTLY = Object.fromEntries(
  CLOCKS.flatMap(({ ms, within }) => [
    [`${ms} again`, [within ? 200 : 401]],
    [`${ms} new`, [within ? 201 : 401]],
  ]),
);

onEachDatabase((database) => {
  test.each(['standard', 'hmac'] as const)(
    'scheme %s: right around the tolerance it is accepted or refused exactly, and a replay is a duplicate',
    async (scheme) => {
      const { statuses, replays, verdict } = await replayAround(await database.freshUrl(), scheme, []);
      tell({
        fault: 14,
        variant: `scheme ${scheme}`,
        database: database.name,
        times: replays,
        ...countsOf(verdict),
        recoveryMs: null,
      });
      expectPromise(verdict);
      expect(statuses).toEqual(EXACTLY);
      const accepted = CLOCKS.filter(({ within }) => within).length;
      expect(verdict.payments).toBe((CLOCKS.length + accepted) * PAYMENTS_EACH);
    },
  );

  test('control: a build without the tolerance is found out', BY_CHANCE, async () => {
    const { statuses } = await replayAround(await database.freshUrl(), 'standard', [NO_TOLERANCE]);
    const caught = statuses['301000 new']?.includes(201) === true;
    tellControl({ fault: 14, database: database.name, control: 'has no tolerance', caught });
    expect(caught).toBe(true);
  });
});
