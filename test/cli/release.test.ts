/** `farelog release`, as processes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareRelease, writeRelease } from '../../src/research/release/make.js';
import { run } from '../support/command.js';
import { declarationOf, observationsOf } from '../support/releases.js';
import { temporaryFolder } from '../support/service.js';

/** Two types in two weeks; of one there are three riders in the first. */
const LINES = [0, 1].flatMap((type) =>
  [1, 9].flatMap((day) =>
    Array.from({ length: type === 1 && day === 1 ? 3 : 40 }, (_, one) => ({
      ...{ rider: 100 * type + one, type, day, price: 250 + 50 * (one % 3) },
    })),
  ),
);

test('a release is attacked with exit 0 where it holds, and 3 with the cell where it does not', async () => {
  const folder = temporaryFolder();
  const prepared = prepareRelease(
    observationsOf(LINES, 14),
    declarationOf({ tables: [{ dimensions: ['week', 'type'] }] }),
  );
  mkdirSync(join(folder, 'data'));
  writeRelease(prepared, join(folder, 'gated'), Buffer.alloc(32, 1));
  const shown = prepared.hidden.map((cells) => new Uint8Array(cells.length));
  writeRelease({ ...prepared, hidden: shown }, join(folder, 'ungated'), Buffer.alloc(32, 1));
  const held = await run(['release', 'attack', 'gated'], {}, folder);
  expect([held.code, held.stderr]).toEqual([0, '']);
  expect(held.stdout).toContain('No cell of fewer than 11 riders was found.');
  const found = await run(['release', 'attack', 'ungated', '--json'], {}, folder);
  expect(found.code).toBe(3);
  expect(JSON.parse(found.stdout).recovered).toEqual([
    expect.objectContaining({ time: '2026-03-01', payment_type: 'mobile_payment', how: 'shown', low: 3 }),
  ]);
  const described = readFileSync(join(folder, 'gated', 'release.json'), 'utf8');
  writeFileSync(join(folder, 'gated', 'release.json'), described.replace('by-week.csv', '../../etc.csv'));
  const outside = await run(['release', 'attack', 'gated'], {}, folder);
  expect(outside.code).toBe(1);
  expect(outside.stderr).toContain('The releases cannot be attacked');
});

test('a release is built of the database, attacked, logged with its settings and checksum, and made once', async () => {
  const folder = temporaryFolder();
  const payments = LINES.map(({ rider, type, day }, one) =>
    JSON.stringify({
      ...{ payment_id: one + 1, user_id: `rider-${rider}`, order_id: one + 1, total_price: '2.50' },
      payment_type: ['credit_card', 'apple_pay'][type],
      logged_on: `2026-03-${String(day + 1).padStart(2, '0')}T18:00:00Z`,
    }),
  );
  writeFileSync(join(folder, 'payments.jsonl'), payments.join('\n'));
  const declaration = { tables: [{ dimensions: ['week', 'type'] }], release: 'first' };
  const words = { ...declaration, recipient: 'A university', purpose: 'A study' };
  writeFileSync(join(folder, 'declaration.json'), JSON.stringify(words));
  expect((await run(['import', 'payments.jsonl'], {}, folder)).code).toBe(0);
  const period = ['--from', '2026-03-01', '--to', '2026-03-15'];
  const built = await run(['release', 'build', 'declaration.json', ...period], {}, folder);
  expect([built.code, built.stderr]).toEqual([0, '']);
  expect(built.stdout).toContain('4 tables: 5 cells are shown, 4 hidden.');
  expect(built.stdout).toContain('1 cell has fewer than 11 riders');
  const again = await run(['release', 'build', 'declaration.json', ...period], {}, folder);
  expect([again.code, again.stderr]).toEqual([
    1,
    expect.stringContaining('There is a release first already'),
  ]);
  const { rows } = JSON.parse((await run(['release', 'log', '--json'], {}, folder)).stdout);
  expect(rows).toEqual([
    expect.objectContaining({ release: 'first', from: '2026-03-01', to: '2026-03-15', as_of: LINES.length }),
  ]);
  expect(rows[0].actor).toMatch(/^command:/);
  expect(built.stdout).toContain(`SHA-256 of its SHA256SUMS: ${rows[0].sha256}`);
});
