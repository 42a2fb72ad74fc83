/** The gate on a real database: what it refuses, what it writes down, and that nothing is left of what it refused. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { studyKey, studyPseudonymOf } from '../../../src/domain/study-pseudonym.js';
import { attackReleases } from '../../../src/research/attack/attack.js';
import { openDataset } from '../../../src/research/dataset/open-dataset.js';
import { observeLive } from '../../../src/research/live-observations.js';
import type { Observations } from '../../../src/research/observations.js';
import { buildRelease, type Gate } from '../../../src/research/release/build.js';
import type { Declaration } from '../../../src/research/release/declaration.js';
import { releaseKey, ridersNow } from '../../../src/research/release/riders.js';
import { pseudonymIn } from '../../../src/research/release/rows.js';
import { pseudonymSecret } from '../../../src/secrets.js';
import { openTestApp, type TestApp } from '../../support/app.js';
import { build as buildDataset, openCity } from '../../support/datasets.js';
import { declarationOf, observationsOf } from '../../support/releases.js';

const SECRET = 'the-same-riders-in-every-test';
const STUDY = 'hand';
const BY = { actor: 'command:researcher', operation: 'farelog release build' };
const RIDERS = Array.from({ length: 30 }, (_, one) => `rider-${one}`);

/** A database in which thirty riders pay in two weeks, and the dataset of a study of then. */
async function world(study = STUDY) {
  const opened = await openTestApp();
  const { app, dataDir } = opened;
  const { nameRider } = await app.writeSide();
  const stored = await Promise.all(RIDERS.map((rider) => nameRider(rider)));
  const key = studyKey(SECRET, study);
  const lines = stored.flatMap((rider, one) =>
    [1, 2, 9].map((day) => ({
      rider: studyPseudonymOf(rider, key),
      type: one % 2,
      day,
      price: 250 + 50 * (one % 3),
    })),
  );
  const payments = RIDERS.map((user_id, one) => ({
    ...{ payment_id: one + 1, user_id, order_id: one + 1, payment_type: 'card', total_price: '2.50' },
    logged_on: '2026-03-02T12:00:00Z',
  }));
  expect((await opened.post('/api/v1/payments', 'ingest', payments)).statusCode).toBe(207);
  const gate: Gate = {
    ...{ store: app.store, clock: app.clock, folder: join(dataDir, 'releases') },
    keyOf: (release) => releaseKey(SECRET, release),
    riders: ridersNow(app.store, SECRET, { kind: 'dataset', study, version: '', sequence: 0 }),
    attack: attackReleases,
  };
  const build = (declaration: Declaration, observations: Observations = observationsOf(lines, 14)) =>
    buildRelease(gate, observations, declaration, BY);
  return { ...opened, gate, build, lines };
}

const TABLES = { tables: [{ dimensions: ['week'] }] };
const RECORDS = {
  records: { time: 'week', type: true, price: false, pseudonyms: true },
  unicity: { limit: 0.05 },
};

async function nothingLeft({ app, dataDir, count }: TestApp): Promise<void> {
  const folder = join(dataDir, 'releases');
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  expect(await count('farelog_releases')).toBe(0);
  expect(await app.store.knex('farelog_audit').where('action', 'release.build')).toEqual([]);
}

describe('a release', () => {
  test('is a folder for this user alone, a row of the log and one of the audit, all with its checksum', async () => {
    const opened = await world();
    const built = await opened.build(declarationOf({ ...TABLES, ...RECORDS }));
    expect(readdirSync(built.folder).sort()).toEqual([
      ...['README.md', 'SHA256SUMS', 'by-week.csv', 'records.csv', 'release.json', 'total.csv'],
    ]);
    expect(statSync(built.folder).mode & 0o777).toBe(0o700);
    const [row] = await opened.app.store.knex('farelog_releases');
    expect(row).toMatchObject({ name: 'first', actor: BY.actor, study: STUDY, sha256: built.sha256 });
    const [audited] = await opened.app.store.knex('farelog_audit').where('action', 'release.build');
    expect(JSON.parse(audited.filter)).toEqual({ release: 'first', sha256: built.sha256 });
    const { rows } = (await opened.get('/api/v1/releases')).json();
    expect(rows).toEqual([
      expect.objectContaining({ release: 'first', settings: declarationOf({ ...TABLES, ...RECORDS }) }),
    ]);
    const hashes = readFileSync(join(built.folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
    expect(hashes).toHaveLength(5);
  });

  test('names no rider as the database or the dataset does', async () => {
    const { build, lines, app } = await world();
    const { folder } = await build(declarationOf(RECORDS));
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const stored: { user_id: string }[] = await app.store
      .knex('hntb_bytemark_order_payments')
      .select('user_id');
    const names = [...RIDERS, ...lines.map(({ rider }) => rider), ...stored.map(({ user_id }) => user_id)];
    expect(names.filter((name) => text.includes(name))).toEqual([]);
    expect(text.split('\n').filter((line) => /^2026-03-\d\d,\w+,[0-9a-f]{32}\r$/.test(line))).toHaveLength(
      lines.length,
    );
  });

  test('has a name that no other has', async () => {
    const { build } = await world();
    await build(declarationOf(TABLES));
    await expect(build(declarationOf(TABLES))).rejects.toThrow(/release first already/);
    const second = await build(declarationOf({ ...TABLES, release: 'second' }));
    expect(second.over_the_same_days).toEqual(['first']);
  });
});

describe('a release', () => {
  test('of a dataset with a rider who was erased since is refused, and leaves nothing', async () => {
    const opened = await world();
    await opened.post('/api/v1/riders/erase', 'admin', { user_ids: ['rider-7'] });
    await expect(opened.build(declarationOf(TABLES))).rejects.toThrow(/^1 riders of the dataset were erased/);
    await nothingLeft(opened);
  });

  test('of a dataset with a rider who has withdrawn since is refused', async () => {
    const opened = await world();
    await opened.post('/api/v1/riders/withdraw', 'admin', { user_ids: ['rider-3', 'rider-4'] });
    await expect(opened.build(declarationOf(TABLES))).rejects.toThrow(
      /^2 riders of the dataset were erased or have/,
    );
    await nothingLeft(opened);
    await opened.post('/api/v1/riders/restore', 'admin', { user_ids: ['rider-3', 'rider-4'] });
    expect((await opened.build(declarationOf(TABLES))).release).toBe('first');
  });

  test.each(['erase', 'withdraw'])('while which is made riders %s is refused', async (act) => {
    const opened = await world();
    const { riders } = opened.gate;
    const here = async () => {
      const before = await riders.here();
      await opened.post(`/api/v1/riders/${act}`, 'admin', { user_ids: ['rider-7'] });
      return before;
    };
    const gate: Gate = { ...opened.gate, riders: { ...riders, here } };
    const building = buildRelease(gate, observationsOf(opened.lines, 14), declarationOf(TABLES), BY);
    await expect(building).rejects.toThrow(/while the release was made, so nothing was released/);
    await nothingLeft(opened);
  });

  test('in which few payments single out many riders is refused, with the share', async () => {
    const opened = await world();
    // Many pay on each day, and no two riders on the same three.
    const lines = opened.lines.map((line, at) => {
      const one = Math.floor(at / 3);
      return { ...line, day: [one % 5, 5 + (one % 4), 9 + (one % 3)][at % 3] ?? 0 };
    });
    const daily = { ...RECORDS, k: 5, records: { ...RECORDS.records, time: 'day', type: false } };
    await expect(opened.build(declarationOf(daily), observationsOf(lines, 14))).rejects.toThrow(
      /payments single out \d+\.\d% of 30 riders; the limit is 5\.0%/,
    );
    await nothingLeft(opened);
    const loose = { ...daily, unicity: { limit: 1 } };
    const { unicity } = await opened.build(declarationOf(loose), observationsOf(lines, 14));
    expect(unicity?.map(({ payments }) => payments)).toEqual([2, 3, 4]);
  });

  test('in which the attack finds a cell, or that it cannot read, is refused, whatever the builder believes', async () => {
    const opened = await world();
    const attackedBy = (attack: Gate['attack']) =>
      buildRelease({ ...opened.gate, attack }, observationsOf(opened.lines, 14), declarationOf(TABLES), BY);
    const cell = {
      release: 'first',
      file: 'by-week.csv',
      time: '2026-03-01',
      payment_type: null,
      price_from: null,
    };
    const found = { ...cell, how: 'bounded', what: 'riders', low: 3, high: 3 } as const;
    const finds: Gate['attack'] = async (folders) => ({
      ...(await attackReleases(folders)),
      recovered: [found],
    });
    await expect(attackedBy(finds)).rejects.toThrow(
      /1 of its small cells were found, such as one of by-week.csv/,
    );
    await nothingLeft(opened);
    const breaks = attackedBy(() => Promise.reject(new Error('no solution')));
    await expect(breaks).rejects.toThrow(/could not be attacked, so nothing was released/);
    await nothingLeft(opened);
  });

  test('whose cells cannot be hidden is refused with what would help', async () => {
    const opened = await world();
    const few = observationsOf(opened.lines.slice(0, 9), 14);
    await expect(opened.build(declarationOf(TABLES), few)).rejects.toThrow(/Coarsen the time/);
    await nothingLeft(opened);
  });
});

/** What stands for riders in the rows of single payments, in their order. */
const ridersIn = (folder: string): string[] =>
  readFileSync(join(folder, 'records.csv'), 'utf8')
    .trim()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(',').at(-1) ?? '');

test('a rider of two studies has names in their releases that nobody can join, nor by their order', async () => {
  const [one, other] = await Promise.all([world('fares'), world('passes')]);
  expect(one.lines.filter(({ rider }) => other.lines.some((line) => line.rider === rider))).toEqual([]);
  const rowsOf = async ({ build }: typeof one): Promise<string[]> =>
    ridersIn((await build(declarationOf(RECORDS))).folder);
  const [first, second] = [await rowsOf(one), await rowsOf(other)];
  expect([new Set(first).size, new Set(second).size]).toEqual([30, 30]);
  expect(first.filter((name) => second.includes(name))).toEqual([]);
  // Whose names they are can be told with the secret alone: the same place in both is seldom the same rider's.
  const owners = (study: string, rows: readonly string[], lines: typeof one.lines): number[] => {
    const names = RIDERS.map((_, rider) =>
      pseudonymIn(releaseKey(SECRET, 'first'), lines[3 * rider]?.rider ?? study),
    );
    return rows.map((name) => names.indexOf(name));
  };
  const [before, after] = [owners('fares', first, one.lines), owners('passes', second, other.lines)];
  expect([Math.min(...before), Math.min(...after)]).toEqual([0, 0]);
  expect(before.filter((rider, place) => rider === after[place]).length).toBeLessThan(30);
});

test('erased and withdrawn riders are nowhere in a release of the database, though rows of one come again', async () => {
  const { app, gate, post } = await world();
  const { nameRider } = await app.writeSide();
  const [erased = '', withdrawn = ''] = [await nameRider('rider-7'), await nameRider('rider-3')];
  await post('/api/v1/riders/erase', 'admin', { user_ids: ['rider-7'] });
  await post('/api/v1/riders/withdraw', 'admin', { user_ids: ['rider-3'] });
  const [payment] = await app.store.knex('hntb_bytemark_order_payments').limit(1);
  const again = { ...payment, payment_id: 4711, order_id: 4711, user_id: erased };
  await app.store.knex('hntb_bytemark_order_payments').insert(again);
  const { store, reader, clock } = app;
  const parts = { store, calendar: reader.calendar, currency: reader.currency, clock };
  const observations = await observeLive(parts);
  const live: Gate = { ...gate, riders: ridersNow(store, SECRET, observations.provenance) };
  const { folder, records } = await buildRelease(
    live,
    observations,
    declarationOf({ ...RECORDS, ...TABLES }),
    BY,
  );
  expect(records).toBe(28);
  expect(readFileSync(join(folder, 'total.csv'), 'utf8')).toContain('\r\n28,28,70.00,0\r\n');
  const nameOf = (rider: string): string => pseudonymIn(releaseKey(SECRET, 'first'), rider);
  const names = ridersIn(folder);
  expect(names).toContain(nameOf(await nameRider('rider-4')));
  expect([erased, withdrawn, 'erased'].filter((rider) => names.includes(nameOf(rider)))).toEqual([]);
});

test('a release is refused under another pseudonym key than riders were erased with', async () => {
  const opened = await world();
  await opened.post('/api/v1/riders/erase', 'admin', { user_ids: ['rider-7'] });
  const riders = ridersNow(opened.app.store, 'another', { kind: 'live', sequence: 1, read_at: '' });
  const building = buildRelease(
    { ...opened.gate, riders },
    observationsOf([], 14),
    declarationOf(TABLES),
    BY,
  );
  await expect(building).rejects.toThrow(/erased from this database under another pseudonym key/);
  await nothingLeft(opened);
});

test('of frozen datasets of two studies: none of their riders is in the other release, and once one is erased both are refused', async () => {
  const app = await openCity();
  const folder = mkdtempSync(join(tmpdir(), 'farelog-releases-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const secret = pseudonymSecret(app.config);
  const release = async (study: string, dataset: string, name = study) => {
    const observations = await openDataset(dataset, { verify: true });
    const gate: Gate = {
      ...{ store: app.store, clock: app.clock, folder, attack: attackReleases },
      keyOf: (of) => releaseKey(secret, of),
      riders: ridersNow(app.store, secret, observations.provenance),
    };
    const monthly = { records: { time: 'month', type: false, pseudonyms: true }, unicity: { limit: 1 } };
    return buildRelease(gate, observations, declarationOf({ ...monthly, release: name }), BY);
  };
  const datasets = {
    fares: await buildDataset(app, { study: 'fares' }),
    passes: await buildDataset(app, { study: 'passes' }),
  };
  const first = new Set(ridersIn((await release('fares', datasets.fares.folder)).folder));
  const second = new Set(ridersIn((await release('passes', datasets.passes.folder)).folder));
  expect([first.size, second.size]).toEqual([12, 12]);
  expect([...first].filter((name) => second.has(name))).toEqual([]);
  const [row] = await app.store.knex('farelog_releases').where('name', 'fares');
  expect(row).toMatchObject({ study: 'fares', dataset_version: datasets.fares.version });
  const { riders } = await app.writeSide();
  await riders.erase({ pseudonyms: ['rider-3'] }, BY);
  for (const [study, { folder: dataset }] of Object.entries(datasets))
    await expect(release(study, dataset, 'again')).rejects.toThrow(/^1 riders of the dataset were erased/);
});
