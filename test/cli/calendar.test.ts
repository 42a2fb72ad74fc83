/** `farelog calendar` as it is run: by hand, and from one database into another by a file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import { temporaryFolder } from '../support/service.js';

test('entries are added, changed and ended by hand, and an export is an import elsewhere', async () => {
  const folder = temporaryFolder();
  const calendar = (...words: readonly string[]) =>
    run(['calendar', ...words], { FARELOG_DATA_DIR: folder }, folder);
  const fare = [
    '--kind',
    'fare',
    '--name',
    '=Single fare',
    '--starts',
    '2026-03-01',
    '--price-after',
    '1.50',
  ];
  const added = await calendar('add', ...fare, '--json');
  expect(JSON.parse(added.stdout)).toMatchObject({ entry_id: 1, price_after_minor: 150, ends_before: null });
  const changed = await calendar('change', '1', '--price-before', '1.25', '--json');
  expect(JSON.parse(changed.stdout)).toMatchObject({ name: '=Single fare', price_before_minor: 125 });
  expect((await calendar('end', '1', '--before', '2026-06-01')).stdout).toMatch(/1\.25 +1\.50/);
  const wrong = await calendar('add', '--kind', 'fare', '--starts', '2026-03-01');
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/name must say[\s\S]*price_after_minor/),
  ]);
  const file = join(folder, 'calendar.csv');
  writeFileSync(file, (await calendar('export')).stdout);
  const other = { FARELOG_DATA_DIR: temporaryFolder() };
  const imported = await run(['calendar', 'import', file, '--json'], other, folder);
  expect([imported.code, JSON.parse(imported.stdout)]).toEqual([0, { added: 1, unchanged: 0 }]);
  const here = await calendar('list', '--json');
  expect(await run(['calendar', 'list', '--json'], other, folder)).toEqual(here);
  writeFileSync(file, 'kind,name,colour\nfare,x,red\n');
  const refused = await calendar('import', file);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('colour is not known')]);
});
