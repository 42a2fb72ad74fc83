/** The command as people and scripts use it: processes of their own, their output and their exit codes. */

import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { notificationText, openTestApp } from '../support/app.js';
import { type Ran, run, spawnCommand } from '../support/command.js';
import { freshSqliteUrl, openTestKnex } from '../support/databases.js';
import { unadjusted } from '../support/plain-figures.js';
import { temporaryFolder } from '../support/service.js';

interface Bench {
  readonly url: string;
  readonly folder: string;
  farelog(...args: string[]): Promise<Ran>;
}

/** A folder and a database of a test's own, with the keys that test applications have. */
function newBench(more: Readonly<Record<string, string>> = {}): Bench {
  const url = freshSqliteUrl();
  const folder = temporaryFolder();
  const environment = {
    FARELOG_DATABASE_URL: url,
    FARELOG_DATA_DIR: folder,
    FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
    FARELOG_SEAL_KEY: 'the-same-seal-in-every-test',
    ...more,
  };
  return { url, folder, farelog: (...args) => run(args, environment, folder) };
}

const CSV = [
  'payment_id,user_id,order_id,payment_type,total_price,logged_on',
  '1,a,11,credit_card,2.50,2026-01-05T12:00:00Z',
  '2,b,12,apple_pay,3.25,2026-01-05T13:00:00Z',
  '3,a,13,credit_card,0.10,2026-02-02T12:00:00Z',
  '',
].join('\n');

/** A bench on which three payments are recorded. */
async function filledBench(): Promise<Bench> {
  const bench = newBench();
  writeFileSync(join(bench.folder, 'fares.csv'), CSV);
  expect(await bench.farelog('import', 'fares.csv')).toMatchObject({ code: 0 });
  return bench;
}

function json(ran: Ran): unknown {
  expect([ran.stderr, ran.code]).toEqual(['', 0]);
  return JSON.parse(ran.stdout);
}

/** Commands that open no database. */
const OF_A_FOLDER = ['dataset verify', 'dataset describe'];

describe('help', () => {
  const helpOf = (command: Command): string => {
    let text = '';
    command.configureOutput({
      writeOut: (more) => {
        text += more;
      },
    });
    command.outputHelp();
    return text;
  };

  test('of every command and subcommand tells what it does, with an example and the common options', () => {
    const seen: string[] = [];
    const visit = (command: Command, path: readonly string[]): void => {
      const help = helpOf(command);
      if (path.length > 0) {
        expect(help).toMatch(new RegExp(`\nExample:\n {2}\\$ farelog ${path.join(' ')}`));
        seen.push(path.join(' '));
      }
      // A command that holds others has no options of its own, but for the one that acts too.
      const acts = command.commands.length === 0 || command.name() === 'reconcile';
      expect([path, help.includes('--json')]).toEqual([path, acts]);
      const reads = acts && !OF_A_FOLDER.includes(path.join(' '));
      expect([path, help.includes('--database <url>')]).toEqual([path, reads]);
      for (const subcommand of command.commands) visit(subcommand, [...path, subcommand.name()]);
    };
    visit(createProgram(), []);
    const required = ['start', 'migrate up', 'migrate down', 'migrate status', 'migrate rollback', 'import'];
    const reading = ['payments', 'analyze methods', 'analyze trends', 'verify', 'rebuild', 'simulate'];
    const admin = ['quarantine list', 'quarantine show', 'quarantine replay', 'quarantine discard'];
    const keys = ['keys create', 'keys list', 'keys revoke', 'audit list', 'audit verify'];
    expect(seen).toEqual(expect.arrayContaining([...required, ...reading, ...admin, ...keys]));
  });

  test('options belong to the command that they stand after, also where that one stands within one that acts', async () => {
    const { farelog, folder } = newBench();
    const database = `sqlite:${join(folder, 'elsewhere.db')}`;
    const ran = await farelog('reconcile', 'list', '--json', '--database', database);
    expect([JSON.parse(ran.stdout), ran.code]).toEqual([{ rows: [] }, 0]);
    expect(existsSync(join(folder, 'elsewhere.db'))).toBe(true);
  });

  test('--version tells the version of the package', async () => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect((await newBench().farelog('--version')).stdout.trim()).toBe(version);
  });
});

describe('wrong usage ends with 2 and tells on stderr alone', () => {
  test.each([
    ['no command', [], /Usage: farelog/],
    ['an unknown command', ['analyse'], /unknown command 'analyse'/],
    ['an unknown option', ['payments', '--colour'], /unknown option '--colour'/],
    ['an argument too many', ['verify', 'now'], /too many arguments/],
    ['a missing argument', ['import'], /missing required argument/],
    ['a missing option', ['keys', 'create', '--role', 'admin'], /--name/],
    ['a role that is none', ['keys', 'create', '--role', 'root', '--name', 'x'], /Allowed choices/],
    ['a period that is none', ['analyze', 'trends', '--period', 'yearly'], /Allowed choices/],
    ['a number that is none', ['payments', '--limit', 'ten'], /whole number/],
    ['a number that is too large', ['payments', '--limit', '9'.repeat(40)], /whole number/],
    ['a price that is none', ['payments', '--min-price', 'cheap'], /--min-price/],
    ['a date that is none', ['payments', '--from', '2026-02-30'], /--from/],
    [
      'a range that ends before it begins',
      ['analyze', 'methods', '--from', '2026-02-01', '--to', '2026-01-01'],
      /from/,
    ],
    ['days beside a range', ['analyze', 'methods', '--from', '2026-02-01', '--days', '3'], /days/],
    ['no days', ['analyze', 'methods', '--days', '0'], /days/],
    ['a database that is none', ['verify', '--database', 'postgres://x/y'], /sqlite: or mysql:/],
    ['a migration that is none', ['migrate', 'rollback', '--to', '20200101000000'], /names no migration/],
    ['an audited action that is none', ['audit', 'list', '--action', 'x'], /Allowed choices/],
    ['a noted row that is none', ['audit', 'verify', '--noted', '5'], /--noted must be ROW:HASH/],
    ['a file that ends in nothing known', ['import', 'fares.txt'], /--format/],
  ])('%s', async (_name, args, message) => {
    const ran = await newBench().farelog(...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stdout).toBe('');
  });

  test('wrong settings, all of them at once', async () => {
    const wrong = {
      FARELOG_PORT: '70000',
      FARELOG_REPORT_TIMEZONE: 'Chicago',
      FARELOG_CURRENCY: 'usd',
      FARELOG_ZERO_FARES: 'yes',
      FARELOG_SEAL_KEY_FILE: '/no/such/file',
      FARELOG_BATCH_ROWS: '0',
    };
    const ran = await newBench(wrong).farelog('verify');
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    for (const name of Object.keys(wrong)) expect(ran.stderr).toContain(name);
  });
});

describe('migrate', () => {
  interface Status {
    readonly rows: readonly { readonly name: string; readonly applied: boolean }[];
  }
  const status = async ({ farelog }: Bench): Promise<Status['rows']> => {
    const ran = await farelog('migrate', 'status', '--json');
    expect(ran.code).toBe(0);
    const { rows }: Status = JSON.parse(ran.stdout);
    return rows;
  };
  const appliedOf = (rows: Status['rows']): string[] =>
    rows.filter(({ applied }) => applied).map(({ name }) => name);

  test('status lists all as pending, up applies them, and up again has nothing to do', async () => {
    const bench = newBench();
    const pending = await status(bench);
    expect(pending[0]?.name).toBe('20250407031131_hntb_bytemark_order_payments');
    expect(appliedOf(pending)).toEqual([]);
    const names = pending.map(({ name }) => name);
    expect(json(await bench.farelog('migrate', 'up', '--json'))).toEqual({ applied: names });
    expect(appliedOf(await status(bench))).toEqual(names);
    expect((await bench.farelog('migrate', 'up')).stdout).toBe('Nothing to do.\n');
  });

  test('rollback to the first undoes the later ones, newest first, and keeps the payments', async () => {
    const bench = await filledBench();
    const names = appliedOf(await status(bench));
    const undone = json(await bench.farelog('migrate', 'rollback', '--to', '20250407031131', '--json'));
    expect(undone).toEqual({ undone: names.slice(1).reverse() });
    expect(appliedOf(await status(bench))).toEqual(names.slice(0, 1));
    const knex = openTestKnex(bench.url);
    expect(await knex('hntb_bytemark_order_payments').select('payment_id')).toHaveLength(3);
  });

  test('down undoes one; it refuses to drop payments, unless forced', async () => {
    const bench = await filledBench();
    const names = appliedOf(await status(bench));
    for (const name of names.slice(1).reverse()) {
      expect(json(await bench.farelog('migrate', 'down', '--json'))).toEqual({ undone: [name] });
    }
    const refused = await bench.farelog('migrate', 'down');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    expect(appliedOf(await status(bench))).toEqual(names.slice(0, 1));
    expect((await bench.farelog('migrate', 'down', '--force')).code).toBe(0);
    expect(appliedOf(await status(bench))).toEqual([]);
  });

  test('down drops an empty table without being forced', async () => {
    const bench = newBench();
    await bench.farelog('migrate', 'up');
    const count = appliedOf(await status(bench)).length;
    for (let step = 0; step < count; step++) expect((await bench.farelog('migrate', 'down')).code).toBe(0);
    expect(appliedOf(await status(bench))).toEqual([]);
  });
});

describe('import', () => {
  test('records a file once; again, every row is a duplicate', async () => {
    const bench = newBench();
    writeFileSync(join(bench.folder, 'fares.csv'), CSV);
    expect(json(await bench.farelog('import', 'fares.csv', '--json'))).toMatchObject({
      rows: 3,
      recorded: 3,
      duplicates: 0,
      refusedFile: null,
    });
    expect(json(await bench.farelog('import', 'fares.csv', '--json'))).toMatchObject({
      rows: 3,
      recorded: 0,
      duplicates: 3,
    });
  });

  test('of a file with wrong rows records the others, writes the wrong ones down, and ends with 3', async () => {
    const bench = newBench();
    const wrong = '4,c,14,cash,-1,2026-01-05T12:00:00Z\n';
    writeFileSync(join(bench.folder, 'fares.csv'), CSV + wrong);
    const ran = await bench.farelog('import', 'fares.csv');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('3 recorded');
    expect(ran.stdout).toContain('1 invalid');
    expect(ran.stdout).toContain('line 5: total_price must be over 0');
    expect(readFileSync(join(bench.folder, 'fares.refused.csv'), 'utf8')).toContain('4,c,14,cash,-1');
  });

  test('of a missing file fails and names it', async () => {
    const ran = await newBench().farelog('import', 'nowhere.csv');
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('nowhere.csv');
  });

  test('--dry-run records nothing', async () => {
    const bench = newBench();
    writeFileSync(join(bench.folder, 'fares.csv'), CSV);
    expect((await bench.farelog('import', 'fares.csv', '--dry-run')).code).toBe(0);
    expect(json(await bench.farelog('payments', '--json'))).toMatchObject({ rows: [] });
  });
});

describe('payments', () => {
  test('are listed newest first, as a table and as JSON', async () => {
    const bench = await filledBench();
    const ran = await bench.farelog('payments', '--json');
    expect(json(ran)).toMatchObject({
      currency: 'USD',
      rows: [
        { payment_id: 3, total_price: 0.1, logged_on: '2026-02-02T12:00:00Z' },
        { payment_id: 2, payment_type: 'mobile_payment', total_price: 3.25 },
        { payment_id: 1, order_id: 11, total_price: 2.5 },
      ],
    });
    const table = await bench.farelog('payments');
    expect(table.stdout).toMatch(/price USD[\s\S]*0\.10[\s\S]*3\.25[\s\S]*2\.50/);
  });

  test('are filtered by the options', async () => {
    const bench = await filledBench();
    const idsOf = async (...args: string[]): Promise<number[]> => {
      const { rows }: { rows: { payment_id: number }[] } = JSON.parse(
        (await bench.farelog('payments', '--json', ...args)).stdout,
      );
      return rows.map(({ payment_id }) => payment_id);
    };
    expect(await idsOf('--type', 'credit_card')).toEqual([3, 1]);
    expect(await idsOf('--order', '12')).toEqual([2]);
    expect(await idsOf('--from', '2026-02-01')).toEqual([3]);
    expect(await idsOf('--to', '2026-01-05T13:00:00Z')).toEqual([1]);
    expect(await idsOf('--min-price', '2.50', '--max-price', '3')).toEqual([1]);
    expect(await idsOf('--limit', '1')).toEqual([3]);
  });

  test('of --database after a subcommand go to that database', async () => {
    const [here, there] = [newBench(), newBench()];
    await here.farelog('migrate', 'up', '--database', there.url);
    expect((await there.farelog('migrate', 'status')).stdout).not.toContain('pending');
    expect((await here.farelog('migrate', 'status')).stdout).not.toContain('applied');
  });

  test('come from the database of --database, whatever the environment says', async () => {
    const [here, there] = [newBench(), await filledBench()];
    expect(json(await here.farelog('payments', '--json'))).toMatchObject({ rows: [] });
    const { rows } = Object(json(await here.farelog('payments', '--json', '--database', there.url)));
    expect(rows).toHaveLength(3);
  });
});

describe('adjustments', () => {
  test('are recorded one by one and from files, listed, counted, and each once', async () => {
    const { farelog, folder } = await filledBench();
    const adjust = (...more: string[]) =>
      farelog(
        'adjust',
        '1',
        '--reason',
        'charged twice',
        '--id',
        'm-1',
        '--at',
        '2026-01-06',
        ...more,
        '--json',
      );
    expect(json(await adjust('--kind', 'refund', '--amount', '1'))).toMatchObject({
      outcome: 'recorded',
      adjustment: { adjustment_id: 'm-1', amount: -1, adjusted_on: '2026-01-06T06:00:00Z' },
      counted: true,
    });
    expect(json(await adjust('--kind', 'refund', '--amount', '1'))).toMatchObject({ outcome: 'duplicate' });
    const conflict = await adjust('--kind', 'void');
    expect([conflict.code, conflict.stderr]).toEqual([1, expect.stringMatching(/kind is void here/)]);
    const rows = [
      'Refund,payment_id,kind,amount,timestamp',
      'rf-1,2,refunded,0.25,2026-01-07T12:00:00Z',
      'rf-2,99,void,1.00,2026-01-07T12:00:00Z',
      'rf-3,2,refund,much,2026-01-07T12:00:00Z',
      'rf-1,2,refunded,0.25,2026-01-07T12:00:00Z',
    ];
    writeFileSync(join(folder, 'refunds.csv'), rows.join('\n'));
    const load = ['adjustments', 'import', 'refunds.csv', '--map', 'adjustment_id=Refund', '--json'];
    const loaded = await farelog(...load);
    expect([loaded.code, JSON.parse(loaded.stdout)]).toEqual([
      3,
      expect.objectContaining({ rows: 4, recorded: 2, duplicates: 1, refused: 1 }),
    ]);
    expect(JSON.parse(loaded.stdout).firstProblems).toMatchObject([
      { line: 4, problems: [{ field: 'amount' }] },
    ]);
    const { rows: waiting } = JSON.parse(
      (await farelog('adjustments', 'list', '--waiting', '--json')).stdout,
    );
    expect(waiting).toMatchObject([{ adjustment_id: 'rf-2', counted: false, source: 'import' }]);
    const { stdout } = await farelog('verify');
    expect(stdout).toContain('2 adjustments of -1.25 (1 wait for their payment)');
    const { stdout: methods } = await farelog('analyze', 'methods', '--from', '2026-01-01');
    expect(methods).toMatch(/credit_card\s+2\s+2\.60\s+-1\.00\s+1\.60/);
  });
});

describe('analyze', () => {
  test('methods gives rows by revenue, with zone, currency and what they count up to', async () => {
    const { farelog } = await filledBench();
    const before = { previous_transaction_count: 0, previous_revenue: 0, revenue_change: null };
    expect(json(await farelog('analyze', 'methods', '--from', '2026-01-01', '--json'))).toEqual({
      rows: [
        {
          payment_type: 'mobile_payment',
          transaction_count: 1,
          total_revenue: 3.25,
          avg_transaction_value: 3.25,
          ...unadjusted(3.25),
          revenue_share: 0.555556,
          transaction_share: 0.333333,
          share_change: 0.555556,
          ...before,
        },
        {
          payment_type: 'credit_card',
          transaction_count: 2,
          total_revenue: 2.6,
          avg_transaction_value: 1.3,
          ...unadjusted(2.6),
          revenue_share: 0.444444,
          transaction_share: 0.666667,
          share_change: 0.444444,
          ...before,
        },
      ],
      from: '2026-01-01T00:00:00-06:00',
      to: null,
      zone: 'America/Chicago',
      currency: 'USD',
      as_of: 3,
      as_of_received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[56]:00$/),
    });
    expect((await farelog('analyze', 'methods', '--from', '2026-01-01')).stdout).toMatch(
      /mobile_payment +1 +3\.25/,
    );
  });

  test('trends gives buckets of the zone, empty ones too', async () => {
    const { farelog } = await filledBench();
    const range = ['--from', '2026-01-01', '--to', '2026-04-01', '--period', 'monthly', '--json'];
    const march = { month: '2026-03', transactions: 0, revenue: 0 };
    expect(json(await farelog('analyze', 'trends', ...range))).toMatchObject({
      rows: [
        { month: '2026-01', starts_at: '2026-01-01T00:00:00-06:00', transactions: 2, revenue: 5.75 },
        { month: '2026-02', transactions: 1, revenue: 0.1 },
        march,
      ],
      period: 'monthly',
      zone: 'America/Chicago',
      currency: 'USD',
      as_of: expect.anything(),
    });
    const { rows } = Object(json(await farelog('analyze', 'trends', ...range, '--no-fill')));
    expect(rows).toHaveLength(2);
  });
});

describe('verify', () => {
  test('ends with 0 where all agrees, with 3 where a block of the ledger was damaged, and with 0 after rebuild', async () => {
    const bench = await filledBench();
    const agreed = await bench.farelog('verify');
    expect([agreed.code, agreed.stderr]).toEqual([0, '']);
    expect(agreed.stdout).toContain('Everything agrees: 3 payments, 5.85 USD');
    const knex = openTestKnex(bench.url);
    // An import is posted before it ends.
    const { period } = await knex('farelog_ledger').where({ section: 'revenue' }).first();
    await knex('farelog_ledger').where({ section: 'revenue', period }).increment('minor', 1);
    const damaged = await bench.farelog('verify', '--json');
    expect(damaged.code).toBe(3);
    expect(JSON.parse(damaged.stdout)).toMatchObject({
      ok: false,
      drifts: 1,
      first_drifts: [{ rollup: 'revenue' }],
    });
    expect((await bench.farelog('verify')).stdout).toContain('farelog rebuild');
    expect(json(await bench.farelog('rebuild', '--json'))).toEqual({ payments: 3 });
    expect((await bench.farelog('verify')).code).toBe(0);
  });

  test('refuses to count with another zone until the ledger is rebuilt', async () => {
    const bench = await filledBench();
    const environment = { FARELOG_DATABASE_URL: bench.url, FARELOG_REPORT_TIMEZONE: 'Asia/Kathmandu' };
    const refused = await run(['verify'], environment, bench.folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('farelog rebuild');
    expect((await run(['rebuild'], environment, bench.folder)).code).toBe(0);
    expect((await run(['verify'], environment, bench.folder)).code).toBe(0);
  });
});

describe('quarantine', () => {
  test('lists, shows, discards and replays what a webhook left there', async () => {
    const bench = newBench();
    const service = await openTestApp({ url: bench.url });
    const negative = notificationText({ amount: '-1' });
    const zero = notificationText({ amount: '0', payment_id: 7 });
    const first = (await service.webhook(negative)).json().quarantine_id;
    const second = (await service.webhook(zero)).json().quarantine_id;
    expect(json(await bench.farelog('quarantine', 'list', '--status', 'open', '--json'))).toMatchObject({
      rows: [{ id: second }, { id: first, problems: [{ code: 'negative' }] }],
    });
    expect(json(await bench.farelog('quarantine', 'show', String(first), '--json'))).toMatchObject({
      id: first,
      payload: negative,
    });
    const still = await bench.farelog('quarantine', 'replay', String(first));
    expect(still.code).toBe(3);
    expect(still.stdout).toContain('still invalid: total_price must be over 0');
    expect(json(await bench.farelog('quarantine', 'discard', String(first), '--json'))).toEqual({
      id: first,
      status: 'discarded',
    });
    const accepting = {
      FARELOG_DATABASE_URL: bench.url,
      FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
      FARELOG_SEAL_KEY: 'the-same-seal-in-every-test',
      FARELOG_ZERO_FARES: 'accept',
    };
    const replayed = await run(['quarantine', 'replay', String(second)], accepting, bench.folder);
    expect([replayed.code, replayed.stdout]).toEqual([0, 'recorded: payment 7\n']);
    expect(json(await bench.farelog('quarantine', 'list', '--status', 'open', '--json'))).toEqual({
      rows: [],
    });
  });

  test('of an unknown id fails with 1 and says so', async () => {
    const ran = await newBench().farelog('quarantine', 'show', '99');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('99');
  });
});

describe('keys', () => {
  test('are made, listed without the key, and revoked once', async () => {
    const { farelog } = newBench();
    const made = await farelog('keys', 'create', '--role', 'ingest', '--name', 'gates', '--json');
    const { id, key }: { id: string; key: string } = JSON.parse(made.stdout);
    expect(key).toMatch(/^farelog_[\w-]{43}$/);
    const listed = await farelog('keys', 'list', '--json');
    expect(json(listed)).toMatchObject({ rows: [{ id, name: 'gates', role: 'ingest', revoked: null }] });
    expect(listed.stdout).not.toContain(key);
    expect(json(await farelog('keys', 'revoke', id, '--json'))).toEqual({ id, revoked: true });
    expect(json(await farelog('keys', 'list', '--json'))).toMatchObject({
      rows: [{ revoked: expect.any(String) }],
    });
    const again = await farelog('keys', 'revoke', id);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(id);
  });

  test('are printed alone on stdout, so that a script can take them', async () => {
    const { farelog } = newBench();
    const made = await farelog('keys', 'create', '--role', 'analyst', '--name', 'reports');
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^farelog_[\w-]{43}\n$/);
    expect(made.stderr).toContain('shown only now');
  });

  test('that are made by the command are let in by the service', async () => {
    const bench = newBench();
    const service = await openTestApp({ url: bench.url });
    const made = await bench.farelog('keys', 'create', '--role', 'researcher', '--name', 'study');
    const headers = { authorization: `Bearer ${made.stdout.trim()}` };
    const { statusCode } = await service.server.inject({ method: 'GET', url: '/api/v1/payments', headers });
    expect(statusCode).toBe(200);
  });
});

describe('audit', () => {
  test('lists who looked at riders and who made keys, and tells whether the chain is whole', async () => {
    const bench = await filledBench();
    const { farelog } = bench;
    await farelog('payments', '--type', 'credit_card', '--json');
    const made = await farelog('keys', 'create', '--role', 'ingest', '--name', 'gates', '--json');
    const { id, key }: { id: string; key: string } = JSON.parse(made.stdout);
    await farelog('keys', 'revoke', id);
    const actor = `command:${userInfo().username}`;
    const listed = await farelog('audit', 'list', '--json');
    expect(json(listed)).toMatchObject({
      rows: [
        { sequence: 3, actor, action: 'keys.revoke', operation: 'farelog keys revoke', filter: { id } },
        { actor, action: 'keys.create', filter: { id, role: 'ingest', name: 'gates' } },
        { actor, action: 'riders.read', filter: { type: 'credit_card', limit: 100 } },
      ],
    });
    expect(listed.stdout).not.toContain(key);
    expect((await farelog('audit', 'list', '--action', 'riders.read')).stdout).toMatch(
      /farelog payments +\{"limit":100,"type":"credit_card"\}/,
    );
    const whole = await farelog('audit', 'verify');
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    const [, noted = ''] = /newest (3:[0-9a-f]{64})/.exec(whole.stdout) ?? [];
    expect((await farelog('audit', 'verify', '--noted', noted)).code).toBe(0);
    await openTestKnex(bench.url)('farelog_audit').where('sequence', 2).update({ actor: 'nobody' });
    const broken = await farelog('audit', 'verify', '--json');
    expect(broken.code).toBe(3);
    expect(JSON.parse(broken.stdout)).toMatchObject({ ok: false, first_breaks: ['row 2 was altered'] });
    expect((await farelog('audit', 'verify')).stdout).toContain('row 2 was altered');
  });

  test('that cannot be written lets no payment be seen', async () => {
    const bench = await filledBench();
    await openTestKnex(bench.url).schema.dropTable('farelog_audit');
    const ran = await bench.farelog('payments');
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toContain('audit');
  });
});

test('a reader that has seen enough ends a command without a word', async () => {
  const child = spawnCommand(['--help'], {}, temporaryFolder());
  child.stdout.destroy();
  const closed = once(child, 'close');
  expect(await text(child.stderr)).toBe('');
  await closed;
  expect(child.exitCode).toBe(141);
});

describe('settings', () => {
  test('come from .env of the folder, and yield to the environment', async () => {
    const bench = await filledBench();
    const other = newBench();
    writeFileSync(join(other.folder, '.env'), `FARELOG_DATABASE_URL=${bench.url}\n`);
    const byFile = await run(['payments', '--json'], {}, other.folder);
    expect(Object(json(byFile)).rows).toHaveLength(3);
    expect(Object(json(await other.farelog('payments', '--json'))).rows).toHaveLength(0);
  });
});
