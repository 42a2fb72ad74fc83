/** The sync as it is run: a process of its own against a real MariaDB, killed at moments that chance chooses. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, spawnCommand } from '../support/command.js';
import { describeOnMariadb, freshMariadbUrl, openTestKnex } from '../support/databases.js';
import { until } from '../support/promises.js';
import { readRawState } from '../support/raw-database.js';
import { temporaryFolder } from '../support/service.js';
import { makePortal } from '../support/syncing.js';

const ROWS = 8_000;
const SYNC = ['sync', '--json', '--unit', 'major'];

const settings = (folder: string, database: string) => ({
  FARELOG_DATABASE_URL: database,
  FARELOG_DATA_DIR: folder,
  FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
});

describeOnMariadb(() => {
  for (const name of ['SQLite', 'MariaDB']) {
    test(`a sync that is killed at random moments, again and again, ends with every row once, in ${name}`, async () => {
      const folder = temporaryFolder();
      const portal = await makePortal();
      await portal.fill(1, ROWS);
      // Rows of others in between, which must not come.
      await portal.knex('bytemark_order_payments').whereRaw('id % 10 = 0').update({ user_id: 999 });
      const database = name === 'SQLite' ? `sqlite:${join(folder, 'farelog.db')}` : await freshMariadbUrl();
      const environment = { ...settings(folder, database), FARELOG_PORTAL_URL: portal.url };
      expect((await run(['migrate', 'up'], environment, folder)).code).toBe(0);
      const knex = openTestKnex(database);
      const here = async (): Promise<number> =>
        Number((await knex('hntb_bytemark_order_payments').count({ n: '*' }).first())?.n);
      let kills = 0;
      for (let least = 1; least < ROWS * 0.8; ) {
        const child = spawnCommand([...SYNC, '--users', 'users'], environment, folder);
        const gone = once(child, 'close');
        await until(async () => (child.exitCode !== null || (await here()) >= least ? true : undefined));
        child.kill('SIGKILL');
        await gone;
        // One that was at its end before the signal came.
        if (child.signalCode === null) {
          expect(child.exitCode).toBe(0);
          break;
        }
        kills++;
        least = (await here()) + 1 + Math.floor(Math.random() * ROWS * 0.4);
      }
      expect(kills).toBeGreaterThan(1);
      const last = await run([...SYNC, '--users', 'users'], environment, folder);
      expect([last.code, last.stderr]).toEqual([0, '']);
      const state = await readRawState(database);
      const expected = ROWS * 0.9;
      expect([state.payments.size, state.captures]).toEqual([expected, expected]);
      expect(state.revenue).toEqual({ payments: expected, minor: expected * 250 });
      expect(state.riders).toEqual(state.revenue);
      const full = await run([...SYNC, '--users', 'users', '--full'], environment, folder);
      expect(JSON.parse(full.stdout)).toMatchObject({
        read: ROWS,
        recorded: 0,
        duplicates: expected,
        otherUsers: ROWS / 10,
        conflicts: 0,
        invalid: 0,
      });
      expect(await run(['verify', '--json'], environment, folder)).toMatchObject({ code: 0 });
    }, 240_000);
  }

  test('riders are pseudonyms, the same as of webhooks, and no id of the portal is stored', async () => {
    const folder = temporaryFolder();
    const portal = await makePortal();
    await portal.fill(1, 3, { user_id: 7_654_321 });
    const database = `sqlite:${join(folder, 'farelog.db')}`;
    const environment = { ...settings(folder, database), FARELOG_PORTAL_URL: portal.url };
    expect((await run(SYNC, environment, folder)).code).toBe(0);
    const row =
      '{"payment_id":9,"user_id":7654321,"order_id":9,"payment_type":"card","total_price":1,"logged_on":"2025-01-01T00:00:00Z"}';
    writeFileSync(join(folder, 'one.jsonl'), `${row}\n`);
    expect((await run(['import', 'one.jsonl'], environment, folder)).code).toBe(0);
    const { stdout } = await run(['payments', '--json'], environment, folder);
    const { rows }: { rows: { payment_id: number; user_id: string }[] } = JSON.parse(stdout);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map(({ user_id }) => user_id)).size).toBe(1);
    expect(stdout).not.toContain('7654321');
  });

  test('the address comes from a file; a password among the arguments is warned of; exit codes tell', async () => {
    const folder = temporaryFolder();
    const portal = await makePortal();
    await portal.fill(1, 20);
    const environment = settings(folder, `sqlite:${join(folder, 'farelog.db')}`);
    const none = await run(SYNC, environment, folder);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('FARELOG_PORTAL_URL')]);
    const file = { ...environment, FARELOG_PORTAL_URL_FILE: join(folder, 'portal') };
    writeFileSync(file.FARELOG_PORTAL_URL_FILE, `${portal.url}\n`);
    const unitless = await run(['sync'], file, folder);
    expect([unitless.code, unitless.stderr]).toEqual([2, expect.stringContaining('--unit')]);
    const dry = await run([...SYNC, '--dry-run'], file, folder);
    expect([dry.code, dry.stderr, JSON.parse(dry.stdout)]).toEqual([
      0,
      '',
      expect.objectContaining({ recorded: 20, dryRun: true, watermark: null }),
    ]);
    const url = new URL(portal.url);
    url.username = 'nobody';
    url.password = 'canary-password';
    const shown = await run([...SYNC, '--from', url.href], environment, folder);
    expect(shown.code).toBe(1);
    expect(shown.stderr).toContain('FARELOG_PORTAL_URL_FILE');
    expect(shown.stderr).toContain('ER_ACCESS_DENIED_ERROR');
    expect(shown.stderr + shown.stdout).not.toContain('canary-password');
    await portal.fill(21, 21, { order_id: 0 });
    const text = await run(['sync', '--unit', 'major'], file, folder);
    expect(text.code).toBe(3);
    expect(text.stdout).toContain('20 recorded');
    expect(text.stdout).toContain('payment 21: order_id must lie between 1 and');
    const both = await run([...SYNC, '--users', 'users', '--users-file', 'x.csv'], file, folder);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--users-file')]);
    const zone = await run([...SYNC, '--zone', 'Mars'], file, folder);
    expect([zone.code, zone.stderr]).toEqual([2, expect.stringContaining('--zone Mars')]);
  });
});
