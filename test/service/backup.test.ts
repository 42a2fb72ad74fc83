/** Backup under load, restore, proof: nothing that was acknowledged before is missing, and nothing is counted twice. */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backUp, restore } from '../support/backup.js';
import { run } from '../support/command.js';
import { DATABASES, describeOn, freshSqliteUrl, openTestKnex } from '../support/databases.js';
import { readRawState } from '../support/raw-database.js';
import { paymentBody, Sender, startProcess, temporaryFolder } from '../support/service.js';

type Environment = Readonly<Record<string, string>>;

async function verified(environment: Environment, folder: string): Promise<void> {
  const ran = await run(['verify', '--json'], environment, folder);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
}

/** The report's figures, without what tells of when and up to which capture it was made. */
async function figures(environment: Environment, folder: string): Promise<unknown> {
  const args = ['report', '--json', '--from', '2026-01-01', '--to', '2027-01-01'];
  const ran = await run(args, environment, folder);
  const { summary, trends, userAnalysis, paymentMethods } = JSON.parse(ran.stdout);
  expect(summary.total_transactions).toBeGreaterThan(0);
  return { summary, trends, userAnalysis, paymentMethods };
}

/** Sends again what was lost since the backup, as the provider does when it is asked. */
async function sendAll(url: string, ids: Iterable<number>): Promise<void> {
  const sender = new Sender(url);
  for (const id of ids) expect([200, 201]).toContain((await sender.send(paymentBody(id)))?.status);
  await sender.close();
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('a backup under load holds all that was acknowledged before it; sent again, the rest gives the same figures', async () => {
      const folder = temporaryFolder();
      const databaseUrl = await database.freshUrl();
      const environment = { FARELOG_DATA_DIR: folder, FARELOG_DATABASE_URL: databaseUrl };
      const service = await startProcess(environment);
      const sender = new Sender(service.url);
      const acknowledged = new Set<number>();
      let next = 1;
      let file: string | undefined;
      let before: ReadonlySet<number> | undefined;
      let afterwards = 0;
      const drive = async (): Promise<void> => {
        // On for a while after the backup, so that it is younger than some.
        while (file === undefined || afterwards < 50) {
          const id = next++;
          if ((await sender.send(paymentBody(id)))?.status === 201) acknowledged.add(id);
          if (file !== undefined) afterwards++;
          if (before !== undefined || acknowledged.size < 200) continue;
          before = new Set(acknowledged);
          void backUp(databaseUrl, folder).then((done) => {
            file = done;
          });
        }
      };
      await Promise.all(Array.from({ length: 8 }, drive));
      await sender.close();
      expect(await service.stop()).toBe(0);

      const restored = await restore(file ?? '', databaseUrl, folder);
      const inRestored = { ...environment, FARELOG_DATABASE_URL: restored };
      await verified(inRestored, folder);
      const { payments } = await readRawState(restored);
      expect([...(before ?? [])].filter((id) => !payments.has(id))).toEqual([]);
      expect(payments.size).toBeLessThan(acknowledged.size);

      const again = await startProcess(inRestored);
      await sendAll(again.url, acknowledged);
      expect(await again.stop()).toBe(0);
      await verified(inRestored, folder);
      const wanted = await figures(environment, folder);
      expect(await figures(inRestored, folder)).toEqual(wanted);
      expect((await run(['rebuild'], inRestored, folder)).code).toBe(0);
      expect(await figures(inRestored, folder)).toEqual(wanted);
    });
  });
}

describe('farelog backup', () => {
  async function filled(): Promise<{ folder: string; environment: Environment }> {
    const folder = temporaryFolder();
    const environment = { FARELOG_DATA_DIR: folder };
    const row = '1,a,11,credit_card,2.50,2026-01-05T12:00:00Z\n';
    writeFileSync(
      join(folder, 'a.csv'),
      `payment_id,user_id,order_id,payment_type,total_price,logged_on\n${row}`,
    );
    expect((await run(['import', 'a.csv'], environment, folder)).code).toBe(0);
    return { folder, environment };
  }

  test('makes a file for its owner alone, and says what is not in it', async () => {
    const { folder, environment } = await filled();
    const ran = await run(['backup', 'copy.db'], environment, folder);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(/copy\.db: [\d,]+ bytes, checked\.\nSecrets are not in it/);
    expect(statSync(join(folder, 'copy.db')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db']);
  });

  test('never replaces a file', async () => {
    const { folder, environment } = await filled();
    writeFileSync(join(folder, 'copy.db'), 'older');
    const ran = await run(['backup', 'copy.db'], environment, folder);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('is there already')]);
    expect(statSync(join(folder, 'copy.db')).size).toBe(5);
  });

  test('keeps no copy of a database that is not sound', async () => {
    const { folder, environment } = await filled();
    const knex = openTestKnex(`sqlite:${join(folder, 'farelog.db')}`);
    await knex.raw('CREATE TABLE fares (cents INTEGER CHECK (cents > 0))');
    await knex.raw('PRAGMA ignore_check_constraints = ON');
    await knex.raw('INSERT INTO fares VALUES (0)');
    await knex.destroy();
    const ran = await run(['backup', 'copy.db'], environment, folder);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('not sound')]);
    expect(existsSync(join(folder, 'copy.db'))).toBe(false);
  });

  test('says how it is done on MySQL', async () => {
    const folder = temporaryFolder();
    const ran = await run(['backup', 'x', '--database', 'mysql://a@127.0.0.1:9/x'], {}, folder);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('mysqldump --single-transaction')]);
    expect((await run(['backup', 'x', '--database', `${freshSqliteUrl()}`], {}, folder)).code).toBe(1);
  });
});
