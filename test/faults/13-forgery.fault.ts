/**
 * Deliveries whose signature is not one: missing, short, long, of another time, secret, body or id, and random ones, under
 * both schemes. None is accepted and none makes an error, while good ones among them are recorded. The control compares
 * only as many bytes as it was given.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SECRET } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { type Delivery, deliveryOf, shuffle } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';
import {
  type Headers,
  HMAC_TIME_HEADER,
  hmacHeaders,
  type Message,
  overAll,
  Requests,
  standardHeaders,
} from './requests.js';

const EACH = times(5, 1_000);
const RANDOM = times(300, 1_000_000);
const GOOD = times(40, 10_000);
const COMPARES_WHAT_WAS_GIVEN = fileURLToPath(
  new URL('controls/compares-what-was-given.mjs', import.meta.url),
);

interface Scheme {
  readonly settings: Readonly<Record<string, string>>;
  readonly secret: Buffer;
  readonly headers: (message: Message, body: string) => Record<string, string>;
  /** The names of its headers, and what stands before the signature's characters. */
  readonly names: { readonly id?: string; readonly time: string; readonly signature: string };
  readonly prefix: string;
  readonly encoding: 'base64' | 'hex';
}

const SCHEMES: Readonly<Record<'standard' | 'hmac', Scheme>> = {
  standard: {
    settings: {},
    secret: SECRET,
    headers: standardHeaders,
    names: { id: 'webhook-id', time: 'webhook-timestamp', signature: 'webhook-signature' },
    prefix: 'v1,',
    encoding: 'base64',
  },
  hmac: {
    settings: {
      FARELOG_WEBHOOK_SCHEME: 'hmac',
      FARELOG_WEBHOOK_SECRETS: SECRET.toString('base64'),
      FARELOG_WEBHOOK_TIMESTAMP_HEADER: HMAC_TIME_HEADER,
    },
    secret: Buffer.from(SECRET.toString('base64')),
    headers: hmacHeaders,
    names: { time: HMAC_TIME_HEADER, signature: 'x-bytemark-signature' },
    prefix: 'sha256=',
    encoding: 'hex',
  },
};

interface Sealed {
  readonly scheme: Scheme;
  readonly message: Message;
  readonly body: string;
  /** As it should be. */
  readonly valid: Record<string, string>;
  /** The signature's own characters. */
  readonly characters: string;
}

type Forgery = (sealed: Sealed) => Headers;

/** The valid headers with another signature. */
function signed({ valid, scheme }: Sealed, signature: string): Headers {
  return { ...valid, [scheme.names.signature]: signature };
}

function without(valid: Readonly<Record<string, string>>, name: string): Headers {
  return Object.fromEntries(Object.entries(valid).filter(([header]) => header !== name));
}

/** Signed anew, as it would be for a message that differs. */
function resigned({ scheme, message, body }: Sealed, changes: Partial<Message>): Headers {
  return scheme.headers({ ...message, ...changes }, body);
}

const FORGERIES: Readonly<Record<string, Forgery>> = {
  'no headers at all': () => ({}),
  'no signature': ({ valid, scheme }) => without(valid, scheme.names.signature),
  'no time': ({ valid, scheme }) => without(valid, scheme.names.time),
  'no id, or no signature': ({ valid, scheme }) => without(valid, scheme.names.id ?? scheme.names.signature),
  'an empty signature': (sealed) => signed(sealed, ''),
  'the prefix alone': (sealed) => signed(sealed, sealed.scheme.prefix),
  'one character': (sealed) => signed(sealed, sealed.scheme.prefix + sealed.characters.slice(0, 1)),
  'half of it': (sealed) =>
    signed(
      sealed,
      sealed.scheme.prefix + sealed.characters.slice(0, sealed.scheme.encoding === 'hex' ? 32 : 20),
    ),
  'all but its last bytes': (sealed) => signed(sealed, sealed.scheme.prefix + sealed.characters.slice(0, -4)),
  'its first byte': ({ scheme, characters, valid }) => ({
    ...valid,
    [scheme.names.signature]:
      scheme.prefix + Buffer.from(characters, scheme.encoding).subarray(0, 1).toString('base64'),
  }),
  'more than it': (sealed) => signed(sealed, `${sealed.scheme.prefix}${sealed.characters}AAAA`),
  'ten thousand characters': (sealed) => signed(sealed, sealed.scheme.prefix + 'A'.repeat(10_000)),
  'one bit of it turned': (sealed) => {
    const bytes = Buffer.from(sealed.characters, sealed.scheme.encoding);
    const at = randomInt(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
    return signed(sealed, sealed.scheme.prefix + bytes.toString(sealed.scheme.encoding));
  },
  'another secret': (sealed) => resigned(sealed, { secret: randomBytes(32) }),
  'an empty secret': (sealed) => resigned(sealed, { secret: Buffer.alloc(0) }),
  'an old time': (sealed) => resigned(sealed, { second: sealed.message.second - 3_600 }),
  'a future time': (sealed) => resigned(sealed, { second: sealed.message.second + 3_600 }),
  'a time beside the signed one': ({ valid, scheme, message }) => ({
    ...valid,
    [scheme.names.time]: String(message.second - 1),
  }),
  'a time that is no number': ({ valid, scheme }) => ({ ...valid, [scheme.names.time]: 'now' }),
  'the signature of another body': ({ scheme, message, body }) => scheme.headers(message, `${body} `),
  'another id, or another body': ({ valid, scheme, message, body }) =>
    scheme.names.id === undefined
      ? scheme.headers(message, body.slice(1))
      : { ...valid, [scheme.names.id]: 'msg_other' },
  'two headers of a signature': ({ valid, scheme, characters }) => ({
    ...valid,
    [scheme.names.signature]: ['x', scheme.prefix + characters.slice(0, 12)],
  }),
  'an unknown version': (sealed) => signed(sealed, `v9,${sealed.characters}`),
  'many that are none': (sealed) =>
    signed(sealed, Array.from({ length: 100 }, () => `v1,${randomBytes(32).toString('base64')}`).join(' ')),
};

function randomForgery(sealed: Sealed): Headers {
  const { scheme } = sealed;
  const kind = randomInt(3);
  if (kind === 0) return signed(sealed, scheme.prefix + randomBytes(32).toString(scheme.encoding));
  if (kind === 1) return signed(sealed, scheme.prefix + randomBytes(randomInt(64)).toString(scheme.encoding));
  const printable = Array.from({ length: 1 + randomInt(80) }, () => String.fromCharCode(33 + randomInt(94)));
  return signed(sealed, printable.join(''));
}

interface Attempt {
  readonly delivery: Delivery;
  /** Undefined where it is signed as it should be. */
  readonly forge: Forgery | undefined;
  readonly kind: string;
}

interface Forged {
  readonly attempts: number;
  /** Kinds of forgery that were answered otherwise than 401, with what they were answered. */
  readonly passed: Readonly<Record<string, number>>;
  readonly good: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
}

async function forge(databaseUrl: string, scheme: Scheme, preload: readonly string[] = []): Promise<Forged> {
  let ids = 0;
  const forged = (forgery: Forgery, kind: string): Attempt => ({
    // Whatever it says, none of it may become a row.
    delivery: { ...deliveryOf(++ids), payment: null },
    forge: forgery,
    kind,
  });
  const attempts = shuffle([
    ...Object.entries(FORGERIES).flatMap(([kind, forgery]) =>
      Array.from({ length: EACH }, () => forged(forgery, kind)),
    ),
    ...Array.from({ length: RANDOM }, () => forged(randomForgery, 'random')),
    ...Array.from({ length: GOOD }, () => ({ delivery: deliveryOf(++ids), forge: undefined, kind: 'good' })),
  ]);
  const service = await startService(databaseUrl, { settings: scheme.settings, preload });
  const requests = new Requests(service.url);
  const log = new AcknowledgementLog();
  const passed: Record<string, number> = {};
  const good: Record<string, number> = {};
  await overAll(attempts, 32, async ({ delivery, forge: forgery, kind }) => {
    const { body } = delivery;
    const message = { secret: scheme.secret, id: 'msg_1', second: Math.floor(Date.now() / 1000) };
    const valid = scheme.headers(message, body);
    const characters = (valid[scheme.names.signature] ?? '').slice(scheme.prefix.length);
    const headers = forgery?.({ scheme, message, body, valid, characters }) ?? valid;
    const name = log.sent(delivery);
    const reply = await requests.deliver(body, headers);
    log.answered(name, reply);
    const status = reply?.status ?? 0;
    if (forgery === undefined) good[status] = (good[status] ?? 0) + 1;
    else if (status !== 401) passed[`${kind}: ${status}`] = (passed[`${kind}: ${status}`] ?? 0) + 1;
  });
  await requests.close();
  await service.stop();
  return { attempts: attempts.length - GOOD, passed, good, verdict: await check(log, databaseUrl) };
}

onEachDatabase((database) => {
  test.each(['standard', 'hmac'] as const)(
    'scheme %s: every forgery is answered 401, nothing of it is kept, and good ones are',
    async (name) => {
      const { attempts, passed, good, verdict } = await forge(await database.freshUrl(), SCHEMES[name]);
      tell({
        fault: 13,
        variant: `scheme ${name}`,
        database: database.name,
        times: attempts,
        ...countsOf(verdict),
        recoveryMs: null,
        note: `${Object.keys(FORGERIES).length} kinds, and random ones`,
      });
      expectPromise(verdict);
      expect(passed).toEqual({});
      expect(good).toEqual({ 201: GOOD });
      expect(verdict.payments).toBe(GOOD);
      expect(verdict.quarantined).toBe(0);
    },
  );

  test('control: a build that compares what it was given is found out', BY_CHANCE, async () => {
    const url = await database.freshUrl();
    const { passed, verdict } = await forge(url, SCHEMES.standard, [COMPARES_WHAT_WAS_GIVEN]);
    const caught = verdict.invented > 0 && passed['half of it: 201'] !== undefined;
    tellControl({ fault: 13, database: database.name, control: 'compares what it was given', caught });
    expect(caught).toBe(true);
  });
});
