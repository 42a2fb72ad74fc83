/**
 * Secrets, card numbers and riders, driven through the whole service and looked for in everything that leaves it: its
 * log at the level debug, every answer, the database, the audit, what commands print and write, and the command lines.
 *
 * Each is looked for as it is and as it may be disguised: base64, hex, escaped in JSON or in an address, and card numbers
 * however they are grouped.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { run, spawnCommand } from '../support/command.js';
import { DATABASES, describeOn, onAdminConnection, type TestDatabase } from '../support/databases.js';
import { temporaryFolder } from '../support/service.js';

const CARD = '4111111111111111';
const RIDERS = ['canary-rider-one', 'canary-rider-two'] as const;
const [RIDER, OTHER_RIDER] = RIDERS;
/** The digits however they are grouped or escaped. */
const CARD_DIGITS = new RegExp([...CARD].map((digit) => `(?:${digit}|\\\\u003${digit})`).join('[ -]?'));

const random = (name: string): string => `canary-${name}-${randomBytes(24).toString('hex')}`;

interface Secrets {
  readonly webhook: Buffer;
  readonly pseudonym: string;
  readonly seal: string;
  readonly admin: string;
}

/** How a secret could look elsewhere. */
function disguises(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = ['base64', 'base64url', 'hex'] as const;
  return [
    secret,
    encodeURIComponent(secret),
    ...forms.map((form) => bytes.toString(form).replace(/=+$/, '')),
  ];
}

/** What was gathered, by where it was found. */
class Haystack {
  readonly #texts: (readonly [string, string])[] = [];

  add(place: string, text: string | Buffer): void {
    this.#texts.push([place, typeof text === 'string' ? text : text.toString('latin1')]);
  }

  /** Places that hold one of the words. */
  holding(words: readonly string[]): string[] {
    return this.#texts
      .filter(([, text]) => words.some((word) => text.includes(word)))
      .map(([place, text]) => `${place}: ${words.find((word) => text.includes(word))}`);
  }

  holdingCard(): string[] {
    return this.#texts.filter(([, text]) => CARD_DIGITS.test(text)).map(([place]) => place);
  }

  size(place: string): number {
    return this.#texts
      .filter(([name]) => name.startsWith(place))
      .reduce((sum, [, text]) => sum + text.length, 0);
  }
}

/** `farelog start` with everything it says kept. */
async function startService(environment: Readonly<Record<string, string>>, folder: string, found: Haystack) {
  const child = spawnCommand(['start', '--json'], environment, folder);
  let out = '';
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const told = /"url":\s*"([^"]+)"/.exec(out)?.[1];
      if (told !== undefined) resolve(told);
    });
    child.once('exit', () => reject(new Error(`the service ended before it was ready:\n${log}`)));
  });
  found.add('argv', readFileSync(`/proc/${child.pid}/cmdline`));
  return {
    url,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      found.add('log', log);
      found.add('stdout', out);
    },
  };
}

/** Asks the service over HTTP and keeps each answer whole, headers and all. */
class Caller {
  #message = 0;

  constructor(
    readonly url: string,
    readonly secrets: Secrets,
    readonly found: Haystack,
  ) {}

  async ask(method: string, path: string, options: { body?: string; headers?: Record<string, string> } = {}) {
    const { body, headers = {} } = options;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  }

  /** As `ask`, and what comes back is looked through; `place` is left out where it holds what was asked for. */
  async get(method: string, path: string, body?: string, key = this.secrets.admin): Promise<string> {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await this.ask(method, path, { headers, ...(body === undefined ? {} : { body }) });
    this.found.add(
      `answer ${answer.status} ${method} ${path}`,
      JSON.stringify([...answer.headers]) + answer.text,
    );
    return answer.text;
  }

  async webhook(body: string, secret = this.secrets.webhook): Promise<number> {
    const id = `msg_${this.#message++}`;
    const second = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', secret).update(`${id}.${second}.${body}`).digest('base64');
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(second),
      'webhook-signature': `v1,${signature}`,
    };
    const answer = await this.ask('POST', '/webhooks/bytemark', { body, headers });
    this.found.add(`answer ${answer.status} webhook`, JSON.stringify([...answer.headers]) + answer.text);
    return answer.status;
  }
}

const notification = (changes: object = {}): string =>
  JSON.stringify({
    payment_id: 1,
    user_id: RIDER,
    order_id: 5,
    payment_method: 'card',
    amount: '2.50',
    timestamp: '2026-01-10T12:00:00Z',
    ...changes,
  });

async function deliver(caller: Caller): Promise<void> {
  expect(await caller.webhook(notification())).toBe(201);
  expect(await caller.webhook(notification())).toBe(200);
  expect(await caller.webhook(notification({ order_id: 6 }))).toBe(202);
  expect(await caller.webhook(notification({ payment_id: 2, amount: '-1' }))).toBe(202);
  expect(await caller.webhook(`not JSON of ${RIDER}, paid by ${CARD}`)).toBe(202);
  expect(await caller.webhook(notification(), randomBytes(32))).toBe(401);
  const fields = ['payment_method', 'event_id', 'order_uuid', 'note', 'user_id', 'currency'];
  for (const [index, field] of fields.entries()) {
    const payment_id = 10 + index;
    expect([201, 202]).toContain(await caller.webhook(notification({ payment_id, [field]: CARD })));
    const grouped = { payment_id: payment_id + 100, [field]: `n ${CARD.replace(/(....)(?=.)/g, '$1-')}` };
    expect([201, 202]).toContain(await caller.webhook(notification(grouped)));
  }
}

async function record(caller: Caller): Promise<void> {
  const payment = {
    payment_id: 50,
    user_id: OTHER_RIDER,
    order_id: 5,
    payment_type: CARD,
    total_price: '3.10',
    logged_on: '2026-01-11T12:00:00Z',
  };
  await caller.get('POST', '/api/v1/payments', JSON.stringify(payment));
  await caller.get('POST', '/api/v1/payments', JSON.stringify({ ...payment, order_id: 7 }));
  await caller.get(
    'POST',
    '/api/v1/payments',
    JSON.stringify([payment, { ...payment, payment_id: CARD }, CARD]),
  );
  await caller.get('POST', '/api/v1/payments', `{"payment_id":"${RIDER}`);
}

/** Every route that is there, by its own document, with a key and without. */
async function readEverything(caller: Caller): Promise<void> {
  const document: {
    paths: Record<string, Record<string, { parameters?: { name: string; required: boolean }[] }>>;
  } = JSON.parse(await caller.get('GET', '/api/openapi.json'));
  const stored: { rows: { user_id: string }[] } = JSON.parse(await caller.get('GET', '/api/v1/payments'));
  const rider = stored.rows[0]?.user_id ?? '';
  expect(rider).toMatch(/_/);
  for (const [path, methods] of Object.entries(document.paths)) {
    if (path === '/api/v1/live' || methods.get === undefined) continue;
    const url = path
      .replace('{user_id}', rider)
      .replace('{payment_id}', '1')
      .replace(/\{\w+\}/, '1');
    const needed = methods.get.parameters?.some(({ name, required }) => name === 'since' && required);
    const query = `${needed === true ? '?since=0' : ''}`;
    // A payload of the quarantine is shown to an administrator on purpose, with its rider; without its card numbers.
    if (path.startsWith('/api/v1/quarantine/{')) continue;
    await caller.get('GET', `${url}${query}`);
    await caller.get('GET', `${url}${query}${query === '' ? '?' : '&'}format=csv`);
    await caller.get('GET', url, undefined, `farelog_${randomBytes(32).toString('base64url')}`);
  }
  await caller.get('GET', '/api/v1/analytics/report?format=html&days=3650');
  await caller.get('GET', `/api/v1/payments?user_id=${rider}&payment_type=${CARD}`);
}

async function showQuarantine(caller: Caller): Promise<void> {
  const list: { rows: { id: number }[] } = JSON.parse(
    await caller.get('GET', '/api/v1/quarantine?limit=1000'),
  );
  expect(list.rows.length).toBeGreaterThan(4);
  const headers = { authorization: `Bearer ${caller.secrets.admin}` };
  const unsealed: string[] = [];
  for (const { id } of list.rows) {
    const shown = await caller.ask('GET', `/api/v1/quarantine/${id}`, { headers });
    expect(shown.status).toBe(200);
    unsealed.push(shown.text);
    await caller.get('POST', `/api/v1/quarantine/${id}/replay`);
  }
  // The negative control of the search: what is sealed does hold the rider, once it is unsealed.
  expect(unsealed.join()).toContain(RIDER);
  expect(unsealed.filter((text) => CARD_DIGITS.test(text))).toEqual([]);
  await caller.get('POST', `/api/v1/quarantine/${list.rows[0]?.id}/discard`);
}

/** Keys and sessions: what is told once is no leak there, and anywhere else it is. */
async function useKeys(caller: Caller): Promise<string[]> {
  const headers = { authorization: `Bearer ${caller.secrets.admin}` };
  const body = JSON.stringify({ name: 'canary', role: 'researcher' });
  const made: { key: string } = JSON.parse(
    (await caller.ask('POST', '/api/v1/keys', { body, headers })).text,
  );
  const signIn = await caller.ask('POST', '/api/v1/session', { body: JSON.stringify({ key: made.key }) });
  const token = /farelog_session=([^;]+)/.exec(signIn.headers.get('set-cookie') ?? '')?.[1] ?? '';
  expect(token).toHaveLength(43);
  const cookie = { cookie: `farelog_session=${token}`, 'x-farelog-request': '1' };
  await caller.ask('GET', `/api/v1/payments?user_id=${token}`, { headers: cookie });
  await caller.get('GET', `/api/v1/payments?user_id=${made.key}`, undefined, made.key);
  await caller.get('GET', `/api/v1/no-such-place?key=${made.key}`);
  await caller.get('POST', '/api/v1/session', JSON.stringify({ key: `${made.key}x` }));
  await caller.ask('DELETE', '/api/v1/session', { headers: cookie });
  return [made.key, token];
}

async function runCommands(
  environment: Record<string, string>,
  folder: string,
  found: Haystack,
): Promise<void> {
  const rows = [
    'payment_id,user_id,order_id,payment_type,total_price,logged_on',
    `90,${RIDER},5,card,2.50,2026-01-12T12:00:00Z`,
    `91,${OTHER_RIDER},5,${CARD},-2,2026-01-12T12:00:00Z`,
    `x,${CARD},5,card,2.50,2026-01-12T12:00:00Z`,
  ];
  writeFileSync(join(folder, 'rows.csv'), `${rows.join('\n')}\n`);
  const commands = [
    ['import', 'rows.csv', '--unit', 'major'],
    ['payments', '--json'],
    ['quarantine', 'list', '--json'],
    ['keys', 'list', '--json'],
    ['report', '--days', '3650', '--json'],
    ['verify', '--json'],
    ['audit', 'list', '--json'],
  ];
  for (const words of commands) {
    const { code, stdout, stderr } = await run(words, environment, folder);
    expect([words[0], code, stderr.slice(0, 300)]).toEqual([words[0], code === 3 ? 3 : 0, expect.anything()]);
    found.add(`command ${words.join(' ')}`, stdout + stderr);
  }
  // The file of refused rows is the sender's own, to be mended: riders stand in it, card numbers do not.
  const refused = readdirSync(folder).filter((name) => name.includes('refused'));
  expect(refused).toHaveLength(1);
  for (const name of refused) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(CARD_DIGITS);
}

const TABLE = 'hntb_bytemark_order_payments';

interface Place {
  readonly url: string;
  /** The password of the database, where it has one. */
  readonly password: string | null;
  /** Takes the table of payments away, and gives it back. */
  rename(from: string, to: string): Promise<void>;
  dump(): Promise<Buffer>;
}

async function placeOn(database: TestDatabase, folder: string): Promise<Place> {
  if (database.dialect === 'sqlite') {
    const { default: Sqlite } = await import('better-sqlite3');
    const file = join(folder, 'farelog.db');
    return {
      url: `sqlite:${file}`,
      password: null,
      rename: async (from, to) => {
        const db = new Sqlite(file, { timeout: 5_000 });
        db.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
        db.close();
      },
      dump: async () =>
        Buffer.concat(
          readdirSync(folder)
            .filter((name) => name.startsWith('farelog.db'))
            .map((name) => readFileSync(join(folder, name))),
        ),
    };
  }
  const url = new URL(await database.freshUrl());
  const password = random('database');
  const user = `canary_${randomBytes(4).toString('hex')}`;
  await onAdminConnection(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`);
  await onAdminConnection(`GRANT ALL ON ${url.pathname.slice(1)}.* TO ${user}@'%'`);
  onTestFinished(async () => {
    await onAdminConnection(`DROP USER ${user}@'%'`);
  });
  url.username = user;
  url.password = password;
  return {
    url: url.href,
    password,
    rename: async (from, to) => {
      const name = url.pathname.slice(1);
      await onAdminConnection(`RENAME TABLE ${name}.${from} TO ${name}.${to}`);
    },
    dump: () => dumpMysql(url.href),
  };
}

/** Every row of every table, binary columns as they are. */
async function dumpMysql(url: string): Promise<Buffer> {
  const connection = await createConnection(url);
  const parts: Buffer[] = [];
  try {
    const [tables] = await connection.query('SHOW TABLES');
    if (!Array.isArray(tables)) throw new Error('no list of tables');
    for (const row of tables) {
      const [rows] = await connection.query({
        sql: `SELECT * FROM \`${Object.values(row)[0]}\``,
        rowsAsArray: true,
      });
      if (!Array.isArray(rows)) continue;
      for (const values of rows)
        for (const value of Object.values(values))
          parts.push(Buffer.isBuffer(value) ? value : Buffer.from(`${String(value)}\n`));
    }
  } finally {
    await connection.end();
  }
  return Buffer.concat(parts);
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('no secret, card number or rider leaves the service', { timeout: 120_000 }, async () => {
      const folder = temporaryFolder();
      const data = join(folder, 'data');
      mkdirSync(data);
      const place = await placeOn(database, data);
      const secrets: Secrets = {
        webhook: randomBytes(32),
        pseudonym: random('pseudonym'),
        seal: random('seal'),
        admin: random('admin'),
      };
      const environment = {
        FARELOG_DATABASE_URL: place.url,
        FARELOG_DATA_DIR: data,
        FARELOG_PORT: '0',
        FARELOG_LOG_LEVEL: 'debug',
        FARELOG_WEBHOOK_SECRETS: `whsec_${secrets.webhook.toString('base64')}`,
        FARELOG_PSEUDONYM_KEY: secrets.pseudonym,
        FARELOG_SEAL_KEY: secrets.seal,
        FARELOG_ADMIN_KEY: secrets.admin,
      };
      const found = new Haystack();
      const service = await startService(environment, folder, found);
      const caller = new Caller(service.url, secrets, found);
      await deliver(caller);
      await record(caller);
      await readEverything(caller);
      await showQuarantine(caller);
      const told = await useKeys(caller);
      await runCommands(environment, folder, found);
      found.add('database', await place.dump());
      // Statements that fail are where a driver likes to quote what it was given. What a caller asks for is in the audit
      // as it was asked, and so in the database from here on.
      await place.rename(TABLE, 'away');
      expect(await caller.webhook(notification({ payment_id: 70, user_id: OTHER_RIDER }))).toBe(503);
      await caller.get('GET', `/api/v1/payments?user_id=${RIDER}`);
      await caller.get('GET', `/api/v1/payments?format=csv&user_id=${RIDER}`);
      await caller.get('GET', `/api/v1/analytics/spending/${RIDER}`);
      await place.rename('away', TABLE);
      expect(await caller.webhook(notification({ payment_id: 70, user_id: OTHER_RIDER }))).toBe(201);
      await service.stop();

      expect(found.size('log')).toBeGreaterThan(200);
      expect(found.size('database')).toBeGreaterThan(1_000);
      const { password } = place;
      const words = [
        secrets.pseudonym,
        secrets.seal,
        secrets.admin,
        ...told,
        ...(password === null ? [] : [password]),
      ];
      const webhook = (['base64', 'base64url', 'hex', 'latin1'] as const).map((form) =>
        secrets.webhook.toString(form),
      );
      expect(
        found.holding([...words.flatMap(disguises), ...webhook.map((text) => text.replace(/=+$/, ''))]),
      ).toEqual([]);
      expect(found.holdingCard()).toEqual([]);
      expect(found.holding(RIDERS.flatMap(disguises))).toEqual([]);
    });
  });
}
