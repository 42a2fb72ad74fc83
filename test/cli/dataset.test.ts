/** `farelog dataset` as it is run: built, described, checked, and altered. */
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import { openCity, PERIOD } from '../support/datasets.js';
import { temporaryFolder } from '../support/service.js';

test('a dataset is built, described and verified; what is altered afterwards is found', async () => {
  const folder = temporaryFolder();
  const url = `sqlite:${join(folder, 'farelog.db')}`;
  const city = await openCity(undefined, url);
  const settings = {
    FARELOG_DATA_DIR: folder,
    FARELOG_DATABASE_URL: url,
    FARELOG_REPORT_TIMEZONE: 'America/Chicago',
  };
  const dataset = (...words: readonly string[]) => run(['dataset', ...words], settings, folder);
  const period = ['--from', PERIOD.from, '--to', PERIOD.to];
  const built = await dataset('build', '--study', 'fares', ...period, '--author', 'Ann', '--json');
  expect([built.code, built.stderr]).toEqual([0, '']);
  const { folder: made, version, manifest } = JSON.parse(built.stdout);
  expect(made).toBe(join(folder, 'datasets', 'fares_2026-05-01_2026-07-01'));
  expect(manifest).toMatchObject({ study: 'fares', ...PERIOD, authors: ['Ann'] });
  const [audited] = await city.store.knex('farelog_audit').where({ action: 'dataset.build' });
  expect(audited).toMatchObject({
    operation: 'farelog dataset build',
    actor: expect.stringMatching(/^command:/),
  });

  const refused = await dataset('build', '--study', 'fares', ...period);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is there already')]);
  const wrong = await dataset('build', '--study', 'No Name', ...period, '--out', join(folder, 'other'));
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('study must be')]);
  expect(existsSync(join(folder, 'other'))).toBe(false);

  const described = await dataset('describe', made);
  expect(described.stdout).toMatch(/Study fares: 2026-05-01 to before 2026-07-01[\s\S]*payments +2 +\d+/);
  expect(await dataset('verify', made, '--expect', version)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is what was built'),
  });
  appendFileSync(join(made, 'csv', 'daily.csv'), '\n');
  expect(await dataset('verify', made)).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('csv/daily.csv: its bytes are not those of its checksum'),
  });
});
