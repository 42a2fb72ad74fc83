/** `farelog release attack` and `log`, as processes. */
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

test('the log is empty before anything was released', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  const listed = await run(['release', 'log', '--json'], {}, folder);
  expect([listed.code, JSON.parse(listed.stdout)]).toEqual([0, { rows: [] }]);
});
