/**
 * `farelog migrate up` is killed right before one of its statements that write, any of them; on MySQL, which commits each
 * by itself, also when one was sent and not answered. It is run on an empty database, on one with the source's table and
 * rows in it, and on one of an earlier Farelog, each beside tables of another program. What was there before must be
 * there; the next run must succeed, past the lock that the killed one left, and end with the schema of a run that nobody
 * disturbed. The control is the source document's own migration, whose error path drops what it met.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { migrateUp, rollbackTo } from '../../src/store/migrate.js';
import { openKnex } from '../../src/store/open.js';
import { COMMAND } from '../support/command.js';
import type { TestDatabase } from '../support/databases.js';
import { tell, tellControl } from './figures.js';
import { BY_CHANCE, LONG, times } from './matrix.js';
import { onEachDatabase, serviceSettings } from './places.js';
import { runOn, selectFrom } from './raw-statements.js';
import { differingObjects, rowsOf, type Schema, schemaOf } from './schemas.js';

const CRASH_AT_WRITE = fileURLToPath(new URL('injections/crash-at-write.mjs', import.meta.url));
const WRONG_BUILD = fileURLToPath(new URL('controls/drops-what-it-met.mjs', import.meta.url));
const PAYMENTS = 'hntb_bytemark_order_payments';
const ROWS = 300;
/** Crashes a starting point; in the long form one at every statement. */
const CRASHES = times(1, Number.POSITIVE_INFINITY);
const PAIRS = times(1, 10);

interface Migrated {
  readonly code: number | null;
  readonly stdout: string;
  readonly errors: string;
}

/** Runs `farelog migrate up`, or another script, as a process. */
async function migrate(
  databaseUrl: string,
  fault: Readonly<Record<string, string>> = {},
  command: readonly string[] = [COMMAND, 'migrate', 'up', '--json'],
): Promise<Migrated> {
  const settings = serviceSettings(databaseUrl, fault);
  const child = spawn(process.execPath, ['--import', pathToFileURL(CRASH_AT_WRITE).href, ...command], {
    cwd: settings.FARELOG_DATA_DIR,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [stdout, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { code: child.exitCode, stdout, errors };
}

/** Tables of another program, of which Farelog knows nothing; a view of theirs reads the payments. */
const FOREIGN = ['tsp_users', 'tsp_trips', 'knex_migrations'];

async function makeForeign(url: string): Promise<void> {
  await runOn(url, [
    'CREATE TABLE tsp_users (id INT NOT NULL PRIMARY KEY, name VARCHAR(64) NOT NULL)',
    'CREATE TABLE tsp_trips (id INT NOT NULL PRIMARY KEY, user_id INT NOT NULL, FOREIGN KEY (user_id) REFERENCES tsp_users (id))',
    'CREATE TABLE knex_migrations (id INT NOT NULL PRIMARY KEY, name VARCHAR(255), batch INT)',
    "INSERT INTO tsp_users VALUES (1, 'one'), (2, 'two')",
    'INSERT INTO tsp_trips VALUES (1, 2), (2, 1), (3, 1)',
    "INSERT INTO knex_migrations VALUES (1, '20200101000000_tsp_users.js', 1)",
  ]);
}

/** Brings a database to where a migration stands, with rows in the payments. */
async function upTo(url: string, timestamp: string): Promise<void> {
  const knex = openKnex(url);
  await migrateUp(knex);
  await rollbackTo(knex, timestamp);
  await knex.destroy();
  const values = Array.from(
    { length: ROWS },
    (_, index) =>
      `(${index + 1}, 'rider-${index % 7}', ${index + 1}, 'coins', ${(index + 125) / 100}, '2025-04-07 03:11:31')`,
  );
  const columns = 'payment_id, user_id, order_id, payment_type, total_price, logged_on';
  await runOn(url, [`INSERT INTO ${PAYMENTS} (${columns}) VALUES ${values.join(', ')}`]);
}

/** An SQLite file is made when it is first opened. */
async function emptyDatabase(url: string): Promise<void> {
  const knex = openKnex(url);
  await knex.raw('SELECT 1');
  await knex.destroy();
}

interface StartingPoint {
  readonly name: string;
  make(url: string): Promise<void>;
}

const STARTS: readonly StartingPoint[] = [
  {
    name: 'an empty database',
    make: async (url) => {
      await emptyDatabase(url);
      await makeForeign(url);
    },
  },
  {
    name: "the source's table",
    make: async (url) => {
      await upTo(url, '20250407031131');
      await runOn(url, ['DROP TABLE farelog_migrations', 'DROP TABLE farelog_migrations_lock']);
      await makeForeign(url);
      await runOn(url, [`CREATE VIEW tsp_payments AS SELECT payment_id, user_id FROM ${PAYMENTS}`]);
    },
  },
  {
    name: 'an earlier Farelog',
    make: async (url) => {
      await upTo(url, '20261124000100');
      await makeForeign(url);
    },
  },
];

/** What no migration may change. */
async function untouchables(url: string): Promise<readonly string[]> {
  const schema = await schemaOf(url);
  const rows = await Promise.all([...FOREIGN, PAYMENTS].map((table) => rowsOf(url, table)));
  return [...[...FOREIGN, 'tsp_payments'].map((name) => schema[name] ?? ''), ...rows.flat()];
}

async function booked(url: string): Promise<string[]> {
  return (await selectFrom(url, 'SELECT name FROM farelog_migrations ORDER BY name')).map(({ name }) =>
    String(name),
  );
}

async function leftLocked(url: string): Promise<boolean> {
  if (!('farelog_migrations_lock' in (await schemaOf(url)))) return false;
  const [lock] = await selectFrom(url, 'SELECT is_locked FROM farelog_migrations_lock');
  return lock?.is_locked === 1;
}

/** What an undisturbed run makes of a starting point, and how many statements it writes with. */
interface Undisturbed {
  readonly schema: Schema;
  readonly names: readonly string[];
  readonly writes: number;
}

async function undisturbed(database: TestDatabase, start: StartingPoint): Promise<Undisturbed> {
  const url = await database.freshUrl();
  await start.make(url);
  const { code, errors } = await migrate(url);
  if (code !== 0) throw new Error(`an undisturbed migration ended with ${code}: ${errors}`);
  const writes = Number(/^writes: (\d+)$/m.exec(errors)?.[1]);
  return { schema: await schemaOf(url), names: await booked(url), writes };
}

class Tally {
  crashes = 0;
  staleLocks = 0;
  /** Crashes at a moment at which Knex's lock is held. */
  inTheMiddle = 0;
  lost = 0;
  doubled = 0;
  readonly wrong: string[] = [];

  /** Counts what is not as it was. */
  compare(what: string, before: readonly string[], after: readonly string[]): void {
    const there = new Set(after);
    const missing = before.filter((line) => !there.has(line));
    this.lost += missing.length;
    if (missing.length > 0 || after.length !== before.length)
      this.wrong.push(`${what}: ${missing[0] ?? 'something was added'}`);
  }

  async compareEnd(what: string, url: string, { schema, names }: Undisturbed): Promise<void> {
    const done = await booked(url);
    this.doubled += done.length - new Set(done).size;
    if (JSON.stringify(done) !== JSON.stringify(names)) this.wrong.push(`${what}: ${done.length} are booked`);
    this.wrong.push(...differingObjects(schema, await schemaOf(url)).map((name) => `${what}: ${name}`));
    if (await leftLocked(url)) this.wrong.push(`${what}: it is still locked`);
  }

  tell(database: TestDatabase, variant: string, note: string): void {
    const { crashes, lost, doubled, wrong } = this;
    const counts = { times: crashes, deliveries: 0, acknowledged: 0, lost, doubled, wrong: wrong.length };
    tell({ fault: 21, variant, database: database.name, ...counts, recoveryMs: null, note });
  }
}

/** Statements to be killed at: every one, or one at random of as many equal stretches as there are crashes. */
function moments(writes: number): number[] {
  const count = Math.min(CRASHES, writes);
  const bound = (index: number): number => Math.floor((index * writes) / count) + 1;
  return Array.from({ length: count }, (_, index) => randomInt(bound(index), bound(index + 1)));
}

onEachDatabase((database) => {
  const how = database.dialect === 'mysql' ? ['before', 'sent'] : ['before'];

  test.each(STARTS)(
    'killed between its statements, from $name: nothing lost, and the next run ends it',
    async (start) => {
      const whole = await undisturbed(database, start);
      const tally = new Tally();
      for (const at of moments(whole.writes)) {
        const moment = LONG ? how : [how[at % how.length] ?? 'before'];
        for (const FAULT_MOMENT of moment) {
          const url = await database.freshUrl();
          await start.make(url);
          const before = await untouchables(url);
          const what = `${start.name}, ${FAULT_MOMENT} ${at} of ${whole.writes}`;
          const killed = await migrate(url, { FAULT_AT: String(at), FAULT_MOMENT });
          if (killed.code !== null) throw new Error(`${what}: not killed, but ended with ${killed.code}`);
          tally.crashes++;
          if (at > 6 && at < whole.writes - 1) tally.inTheMiddle++;
          tally.compare(what, before, await untouchables(url));
          if (await leftLocked(url)) tally.staleLocks++;
          const again = await migrate(url);
          if (again.code !== 0)
            tally.wrong.push(`${what}: the next run ended with ${again.code}: ${again.errors}`);
          tally.compare(`${what}, after the next run`, before, await untouchables(url));
          await tally.compareEnd(what, url, whole);
        }
      }
      tally.tell(
        database,
        `from ${start.name}`,
        `${whole.writes} statements, ${tally.staleLocks} stale locks overcome`,
      );
      expect(tally.wrong).toEqual([]);
      expect([tally.lost, tally.doubled]).toEqual([0, 0]);
      // Knex locks with one of its first statements, and unlocks with its last.
      expect(tally.staleLocks).toBeGreaterThanOrEqual(tally.inTheMiddle);
    },
  );

  test('two at once, and one of two killed: each step is made once, and the other ends it', async () => {
    const [, start] = STARTS;
    if (start === undefined) throw new Error('there is no such starting point');
    const whole = await undisturbed(database, start);
    const tally = new Tally();
    let pairs = 0;
    const migrateTwice = async (killAt: Readonly<Record<string, string>>): Promise<void> => {
      const url = await database.freshUrl();
      await start.make(url);
      const before = await untouchables(url);
      const what = `pair ${++pairs}`;
      const both = await Promise.all([migrate(url, killAt), migrate(url)]);
      // One that was killed has no code. One that came second had nothing to do, and was not killed.
      for (const { code, errors } of both)
        if (code === null) tally.crashes++;
        else if (code !== 0) tally.wrong.push(`${what}: ended with ${code}: ${errors}`);
      tally.compare(what, before, await untouchables(url));
      await tally.compareEnd(what, url, whole);
    };
    for (let pair = 0; pair < PAIRS; pair++) await migrateTwice({});
    while (tally.crashes < PAIRS && pairs < PAIRS * 20)
      await migrateTwice({ FAULT_AT: String(randomInt(1, whole.writes)) });
    tally.tell(database, 'two at once', `${pairs} pairs; times is how often one of two was killed`);
    expect(tally.crashes).toBe(PAIRS);
    expect(tally.wrong).toEqual([]);
    expect([tally.lost, tally.doubled]).toEqual([0, 0]);
  });

  test("control: the source's own error path is found to drop what was there", BY_CHANCE, async () => {
    const url = await database.freshUrl();
    await STARTS[1]?.make(url);
    await runOn(url, ['DROP VIEW tsp_payments']);
    const before = await untouchables(url);
    const { code } = await migrate(url, {}, [WRONG_BUILD]);
    const tally = new Tally();
    tally.compare('the control', before, await untouchables(url));
    const caught = code === 1 && tally.lost === ROWS;
    tellControl({ fault: 21, database: database.name, control: 'drops the table that it met', caught });
    expect([code, tally.lost]).toEqual([1, ROWS]);
  });
});
