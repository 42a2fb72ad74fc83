/** The command `farelog backup`. That a backup under load is whole is shown in the fault suite (24-restore). */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/command.js';
import { freshSqliteUrl, openTestKnex } from '../support/databases.js';
import { temporaryFolder } from '../support/service.js';

type Environment = Readonly<Record<string, string>>;

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
