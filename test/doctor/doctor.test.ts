/** The doctor on real databases: what is broken there is found, and nothing is changed by looking. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Knex } from 'knex';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.js';
import type { Finding } from '../../src/doctor/finding.js';
import { gather } from '../../src/doctor/gather.js';
import { judge } from '../../src/doctor/judge.js';
import { createApiKey } from '../../src/http/api-keys.js';
import { migrateUp } from '../../src/store/migrate.js';
import { openKnex } from '../../src/store/open.js';
import { run } from '../support/command.js';
import {
  DATABASES,
  describeOn,
  describeOnMariadb,
  freshMariadbUrl,
  freshSqliteUrl,
  openTestKnex,
} from '../support/databases.js';
import { SILENT, TEST_SETTINGS } from '../support/farelog.js';
import { startMariadb } from '../support/mariadb.js';
import { paymentBody, Sender, startProcess, temporaryFolder } from '../support/service.js';

type Environment = Readonly<Record<string, string>>;

/** A port at which nobody listens, since the doctor looks at the service's. */
const NOBODY = { FARELOG_PORT: '1' };

function environmentFor(url: string, more: Environment = {}): Environment {
  const settings = Object.fromEntries(
    Object.entries(TEST_SETTINGS).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return { ...settings, ...NOBODY, FARELOG_DATABASE_URL: url, FARELOG_DATA_DIR: temporaryFolder(), ...more };
}

/** A database with three payments, posted, and an admin key. */
async function fill(url: string, more: Environment = {}): Promise<void> {
  const app = await openApp({ environment: environmentFor(url, more), logger: SILENT });
  const { recorder } = await app.writeSide();
  for (const id of [1, 2, 3]) await recorder.recordWebhook(Buffer.from(paymentBody(id)));
  await app.post();
  await createApiKey(app.store, { name: 'first', role: 'admin' }, Date.now());
  await app.close();
}

async function troubles(environment: Environment, nowMs: () => number = Date.now): Promise<Finding[]> {
  const findings = judge(await gather(environment, nowMs));
  // Where the tests run says nothing of the code: a container's layer is a finding, and right to be one.
  return findings.filter(({ level, check }) => level !== 'ok' && check !== 'file system');
}

async function checksOf(...args: Parameters<typeof troubles>): Promise<string[]> {
  return (await troubles(...args)).map(({ check }) => check);
}

async function onKnex(url: string, work: (knex: Knex) => Promise<unknown>): Promise<void> {
  const knex = openKnex(url);
  await work(knex).finally(() => knex.destroy());
}

const ON_DISK = DATABASES.filter(({ name }) => name !== 'sqlite memory');
const DAY_MS = 86_400_000;

for (const database of ON_DISK) {
  describeOn(database, () => {
    test('a healthy one has no finding', async () => {
      const url = await database.freshUrl();
      await fill(url);
      expect(await troubles(environmentFor(url))).toEqual([]);
    });

    test.each<readonly [check: string, breakIt: (knex: Knex) => Promise<unknown>]>([
      ['ledger', (knex) => knex('hntb_bytemark_order_payments').where('payment_id', 2).delete()],
      [
        'ledger',
        (knex) => knex('hntb_bytemark_order_payments').where('payment_id', 2).update('total_price', 99.99),
      ],
      ['schema', (knex) => knex('farelog_migrations').where('name', 'like', '%sessions%').delete()],
      ['schema', (knex) => knex('farelog_migrations').insert({ name: '20990101000000_next', batch: 9 })],
      ['reporting settings', (knex) => knex('farelog_meta').where('name', 'currency').update('value', 'EUR')],
      [
        'pseudonym key',
        (knex) => knex('farelog_meta').where('name', 'pseudonym_key_id').update('value', '0badc0de'),
      ],
      ['admin key', (knex) => knex('farelog_api_keys').update('revoked_ms', 1)],
      [
        'key expiry',
        (knex) =>
          knex('farelog_api_keys').insert({
            id: 'x',
            name: 'till',
            role: 'ingest',
            hash: 'x',
            created_ms: 1,
            expires_ms: 2,
          }),
      ],
      [
        'clock',
        (knex) =>
          knex('farelog_captures')
            .where('payment_id', 3)
            .update('received_ms', Date.now() + DAY_MS),
      ],
      ['webhooks', (knex) => knex('farelog_capture_hourly').update('hour_s', 1_760_000_400)],
    ])('%s', async (check, breakIt) => {
      const url = await database.freshUrl();
      await fill(url);
      await onKnex(url, breakIt);
      expect(await checksOf(environmentFor(url))).toEqual([check]);
    });

    test('journal: a payment that nobody posted', async () => {
      const url = await database.freshUrl();
      await fill(url);
      const app = await openApp({ environment: environmentFor(url), logger: SILENT });
      const { recorder } = await app.writeSide();
      await recorder.recordWebhook(Buffer.from(paymentBody(4)));
      await app.close();
      expect(await checksOf(environmentFor(url))).toEqual([]);
      expect(await checksOf(environmentFor(url), () => Date.now() + 11 * 60_000)).toEqual(
        expect.arrayContaining(['journal']),
      );
    });

    test('quarantine: a delivery that nobody decides', async () => {
      const url = await database.freshUrl();
      await fill(url);
      const app = await openApp({ environment: environmentFor(url), logger: SILENT });
      const { recorder } = await app.writeSide();
      await recorder.recordWebhook(Buffer.from('{'));
      await app.close();
      expect(await checksOf(environmentFor(url))).toEqual([]);
      const later = (days: number) => () => Date.now() + days * DAY_MS;
      const [old] = (await troubles(environmentFor(url), later(8))).filter(
        ({ check }) => check === 'quarantine',
      );
      expect(old?.level).toBe('warning');
      const [late] = (await troubles(environmentFor(url), later(84))).filter(
        ({ check }) => check === 'quarantine',
      );
      expect(late).toMatchObject({ level: 'problem', what: expect.stringContaining('expires in 5 days') });
    });

    test('one that Farelog never saw is found to lack everything, and still does afterwards', async () => {
      const url = await database.freshUrl();
      await onKnex(url, (knex) => knex.raw('CREATE TABLE somebody (id INTEGER)'));
      expect(await checksOf(environmentFor(url))).toEqual(['schema']);
      const knex = openTestKnex(url);
      expect(await knex.schema.hasTable('farelog_migrations')).toBe(false);
      expect(await knex.schema.hasTable('somebody')).toBe(true);
    });
  });
}

/** Name, size, mode and content of all that stands below a folder. */
function pictureOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, size, mtimeMs } = statSync(join(folder, name));
      const isFile = statSync(join(folder, name)).isFile();
      const hash = isFile
        ? createHash('sha256')
            .update(readFileSync(join(folder, name)))
            .digest('hex')
        : '';
      return `${name} ${mode} ${isFile ? `${size} ${mtimeMs}` : ''} ${hash}`;
    });
}

describe('looking changes no file', () => {
  test('of an empty folder', async () => {
    const folder = temporaryFolder();
    const url = `sqlite:${join(folder, 'data', 'farelog.db')}`;
    expect(
      await checksOf({ ...NOBODY, FARELOG_DATABASE_URL: url, FARELOG_DATA_DIR: join(folder, 'data') }),
    ).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a stopped service', async () => {
    const url = freshSqliteUrl();
    await fill(url);
    const folder = dirname(url.slice('sqlite:'.length));
    const before = pictureOf(folder);
    expect(await checksOf(environmentFor(url))).toEqual([]);
    expect(pictureOf(folder)).toEqual(before);
  });

  test('of one that crashed: the log it left is not written back', async () => {
    const url = freshSqliteUrl();
    const folder = dirname(url.slice('sqlite:'.length));
    const service = await startProcess({ FARELOG_DATABASE_URL: url, FARELOG_DATA_DIR: folder });
    const sender = new Sender(service.url);
    for (const id of [1, 2, 3]) expect((await sender.send(paymentBody(id)))?.status).toBe(201);
    await sender.close();
    await service.kill();
    // The index beside the log is shared memory in a file, which every reader notes itself in.
    const lasting = (): string[] => pictureOf(folder).filter((line) => !line.includes('-shm'));
    const before = lasting();
    expect(before.some((line) => /-wal \d+ [1-9]/.test(line))).toBe(true);
    // The sender's secret was given to the service, not made by it.
    const secrets = { FARELOG_WEBHOOK_SECRETS: TEST_SETTINGS.FARELOG_WEBHOOK_SECRETS ?? '' };
    const environment = { ...NOBODY, ...secrets, FARELOG_DATABASE_URL: url, FARELOG_DATA_DIR: folder };
    expect(await checksOf(environment)).toEqual([]);
    expect(lasting()).toEqual(before);
  });
});

describe('this machine', () => {
  async function stopped(more: Environment = {}): Promise<Environment> {
    const folder = temporaryFolder();
    const environment = {
      ...NOBODY,
      FARELOG_DATABASE_URL: `sqlite:${join(folder, 'farelog.db')}`,
      FARELOG_DATA_DIR: folder,
      ...more,
    };
    const app = await openApp({ environment, logger: SILENT });
    const { recorder } = await app.writeSide();
    await recorder.recordWebhook(Buffer.from(paymentBody(1)));
    await createApiKey(app.store, { name: 'first', role: 'admin' }, Date.now());
    await app.close();
    return environment;
  }
  const secret = (environment: Environment, name: string): string =>
    join(environment.FARELOG_DATA_DIR ?? '', 'secrets', name);

  test('secrets that others may read', async () => {
    const environment = await stopped();
    expect(await checksOf(environment)).toEqual([]);
    chmodSync(secret(environment, 'seal-key'), 0o644);
    const [found] = await troubles(environment);
    expect(found).toMatchObject({
      check: 'secret modes',
      level: 'problem',
      mend: expect.stringMatching(/chmod 600 .*seal-key/),
    });
  });

  test('a secret that was emptied', async () => {
    const environment = await stopped();
    writeFileSync(secret(environment, 'pseudonym-key'), '');
    expect(await checksOf(environment)).toEqual(['secret files', 'pseudonym key']);
  });

  test('the journal’s mode, which something else has changed', async () => {
    const environment = await stopped();
    await onKnex(environment.FARELOG_DATABASE_URL ?? '', (knex) => knex.raw('PRAGMA journal_mode = DELETE'));
    expect(await checksOf(environment)).toEqual(['write-ahead log']);
  });

  test('who has the port: a service that is ready, one that is not, another program', async () => {
    const url = freshSqliteUrl();
    await fill(url);
    const service = await startProcess({
      FARELOG_DATABASE_URL: url,
      FARELOG_DATA_DIR: temporaryFolder(),
      FARELOG_PSEUDONYM_KEY: TEST_SETTINGS.FARELOG_PSEUDONYM_KEY ?? '',
    });
    const at = (port: string) => environmentFor(url, { FARELOG_PORT: port });
    expect(await checksOf(at(new URL(service.url).port))).toEqual([]);
    let answer = { status: 503, body: '{"title":"Not ready"}' };
    const other = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
    const listening = new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    await listening;
    const { port }: AddressInfo = addressOf(other.address());
    const told = async (): Promise<string | undefined> => (await troubles(at(String(port))))[0]?.what;
    expect(await told()).toMatch(/Farelog listens .* is not ready/);
    answer = { status: 200, body: '<html>' };
    expect(await told()).toMatch(/Another program/);
    expect(await checksOf(environmentFor(url, { FARELOG_HOST: '192.0.2.1' }))).toEqual(['exposure', 'port']);
  });

  test('a database that is away, and settings that are wrong, at once', async () => {
    const environment = {
      ...NOBODY,
      FARELOG_DATABASE_URL: 'mysql://a:hidden@127.0.0.1:9/x',
      FARELOG_DATA_DIR: temporaryFolder(),
      FARELOG_CURRENCY: 'dollars',
      FARELOG_SEAL_KEY: 'a',
    };
    const found = await troubles(environment);
    expect(found.map(({ check }) => check)).toEqual(['settings', 'settings', 'database']);
    expect(JSON.stringify(found)).not.toContain('hidden');
  });

  test('a file that is no database', async () => {
    const url = freshSqliteUrl();
    mkdirSync(dirname(url.slice('sqlite:'.length)), { recursive: true });
    writeFileSync(url.slice('sqlite:'.length), 'not a database at all, but long enough to be one'.repeat(50));
    const [found] = await troubles(environmentFor(url));
    expect(found).toMatchObject({ check: 'database', what: expect.stringContaining('not a database') });
  });
});

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address;
}

describeOnMariadb(() => {
  test('a server with everything set wrongly is told so, each by its name', async () => {
    const server = await startMariadb([
      '--innodb-flush-log-at-trx-commit=2',
      '--log-bin=binary-log',
      '--sync-binlog=0',
      '--skip-innodb-doublewrite',
      '--wait-timeout=20',
      '--max-allowed-packet=1M',
      '--sql-mode=NO_ENGINE_SUBSTITUTION',
    ]);
    if (server === undefined) throw new Error('MariaDB went away');
    onTestFinished(() => server.stop());
    const knex = openTestKnex(server.adminUrl);
    await migrateUp(knex);
    await knex.raw('SET GLOBAL read_only = ON');
    const found = await troubles(environmentFor(server.adminUrl));
    expect(found.map(({ check }) => check)).toEqual([
      'flush at commit',
      'binary log',
      'doublewrite',
      'read only',
      'sql mode',
      'wait timeout',
      'packet size',
    ]);
  });

  test('a clock that is apart from the server’s', async () => {
    const url = await freshMariadbUrl();
    await fill(url);
    const apart = async (seconds: number): Promise<string | undefined> => {
      const found = await troubles(environmentFor(url), () => Date.now() - seconds * 1000);
      return found.find(({ check, what }) => check === 'clock' && /server/.test(what))?.level;
    };
    // No capture is in the future then.
    await onKnex(url, (knex) => knex('farelog_captures').update('received_ms', 1_770_000_000_000));
    expect([await apart(0), await apart(30), await apart(90)]).toEqual([undefined, 'warning', 'problem']);
  });
});

describe('the command', () => {
  test('ends with 0 where all is well, with 3 where not; tells findings with their mend, or JSON', async () => {
    const url = await freshFilled();
    const environment = environmentFor(url, { FARELOG_DATA_DIR: temporaryFolder() });
    const folder = temporaryFolder();
    const well = await run(['doctor', '--json'], environment, folder);
    const told: { ok: boolean; findings: Finding[] } = JSON.parse(well.stdout);
    const expected = told.findings.every(({ level }) => level === 'ok');
    expect([well.code, told.ok]).toEqual(expected ? [0, true] : [3, false]);
    expect(told.findings.length).toBeGreaterThan(15);
    const wrong = { ...environment, FARELOG_PORT: 'x' };
    const ill = await run(['doctor'], wrong, folder);
    expect([ill.code, ill.stderr]).toEqual([3, '']);
    expect(ill.stdout).toMatch(
      /problem {2}settings: FARELOG_PORT must be a whole number\.\n +Why: .*\n +Do: /,
    );
    expect(ill.stdout).not.toMatch(/^ok /m);
    expect((await run(['doctor', '--verbose'], wrong, folder)).stdout).toMatch(/^ok +ledger: /m);
  });

  test('--database goes before the environment', async () => {
    const ran = await run(
      ['doctor', '--database', 'mysql://127.0.0.1:9/x'],
      environmentFor(await freshFilled()),
      temporaryFolder(),
    );
    expect([ran.code, ran.stdout.includes('does not answer')]).toEqual([3, true]);
  });

  async function freshFilled(): Promise<string> {
    const url = freshSqliteUrl();
    await fill(url);
    return url;
  }
});
