/** `farelog study` as people use it: its answers in every form, its refusals, and its exit codes. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { optionShapes } from '../../src/research/option-shapes.js';
import { STUDY } from '../../src/research/studies.js';
import type { Study } from '../../src/research/study.js';
import { type Ran, run } from '../support/command.js';
import { freshSqliteUrl } from '../support/databases.js';
import { build, openCity, PERIOD } from '../support/datasets.js';
import { temporaryFolder } from '../support/service.js';

const RIDERS = 40;

/** Payments of riders, of whom one in four pays by phone. */
function csv(): string {
  const lines = Array.from({ length: RIDERS }, (_, i) => [
    `${i + 1},r${i},${i + 1},${i % 4 === 0 ? 'apple_pay' : 'credit_card'},2.50,2026-01-${10 + (i % 9)}T18:00:00Z`,
  ]);
  return ['payment_id,user_id,order_id,payment_type,total_price,logged_on', ...lines, ''].join('\n');
}

test('a study is told in words and as a folder of everything, and is in the audit; wrong questions have exit codes', async () => {
  const folder = temporaryFolder();
  const environment = {
    FARELOG_DATABASE_URL: freshSqliteUrl(),
    FARELOG_DATA_DIR: folder,
    FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
    FARELOG_SEAL_KEY: 'the-same-seal-in-every-test',
  };
  const farelog = (...args: string[]): Promise<Ran> => run(args, environment, folder);
  writeFileSync(join(folder, 'fares.csv'), csv());
  expect(await farelog('import', 'fares.csv')).toMatchObject({ code: 0 });

  const said = await farelog('study', 'shares', '--interval', 'wilson', '--level', '0.9');
  expect([said.code, said.stderr]).toEqual([0, '']);
  expect(said.stdout).toMatch(
    /Shares of payment types: 2026-01-10 to before 2026-01-19[\s\S]*Of 40 payments by 40 riders: credit card 75\.0% \(90% interval/,
  );
  const out = await farelog('study', 'shares', '--to', '2026-01-12', '--out', 'study', '--json');
  expect(JSON.parse(out.stdout)).toMatchObject({
    sentence: expect.stringMatching(/^Of 10 payments by 10 riders/),
    files: expect.arrayContaining(['result.html', 'tables/shares.csv', 'charts/trend.svg']),
  });
  expect(readdirSync(join(folder, 'study')).sort()).toEqual([
    'charts',
    'result.html',
    'result.json',
    'tables',
  ]);
  const audit = JSON.parse((await farelog('audit', 'list', '--json')).stdout);
  expect(audit.rows[0]).toMatchObject({ action: 'riders.read', operation: 'farelog study shares' });

  // Another database would have to be made; a dataset is enough.
  const nowhere = { FARELOG_DATABASE_URL: 'sqlite:nowhere/there.db' };
  const { folder: dataset } = await build(await openCity());
  const frozen = await run(['study', 'shares', '--dataset', dataset, '--format', 'json'], nowhere, folder);
  expect(JSON.parse(frozen.stdout)).toMatchObject({
    kind: 'result',
    provenance: { kind: 'dataset' },
    ...PERIOD,
  });
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);

  const refused = await farelog('study', 'did', '--event', '2026-01-14');
  expect([refused.code, refused.stdout]).toEqual([
    3,
    expect.stringMatching(/^The study did has no answer here: /),
  ]);
  expect(await farelog('study', 'elasticity', '--segments-csv', 'none.csv')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('segments_csv: none.csv cannot be read'),
  });
});

test('every study is a command, and each of its options a flag with its default', () => {
  const group = createProgram().commands.find((command) => command.name() === 'study');
  const names = group?.commands.map((command) => command.name());
  expect(names).toEqual(['list', ...Object.keys(STUDY)]);
  for (const study of Object.values<Study>(STUDY)) {
    const command = group?.commands.find((one) => one.name() === study.name);
    for (const { name, default: fallback } of optionShapes(study)) {
      const flag = command?.options.find(({ long }) => long === `--${name.replaceAll('_', '-')}`);
      expect([study.name, name, flag?.defaultValue ?? null]).toEqual([
        study.name,
        name,
        fallback === false ? null : fallback,
      ]);
    }
  }
});
