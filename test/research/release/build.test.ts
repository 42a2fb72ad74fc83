/** The gate on a real database: what it refuses, what it writes down, and that nothing is left of what it refused. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { studyKey, studyPseudonymOf } from '../../../src/domain/study-pseudonym.js';
import type { Observations } from '../../../src/research/observations.js';
import { buildRelease, type Gate } from '../../../src/research/release/build.js';
import type { Declaration } from '../../../src/research/release/declaration.js';
import { releaseKey, ridersInStudy } from '../../../src/research/release/riders.js';
import { openTestApp, type TestApp } from '../../support/app.js';
import { declarationOf, observationsOf } from '../../support/releases.js';

const SECRET = 'the-same-riders-in-every-test';
const STUDY = 'hand';
const BY = { actor: 'command:researcher', operation: 'farelog release build' };
const RIDERS = Array.from({ length: 30 }, (_, one) => `rider-${one}`);

/** A database in which thirty riders pay in two weeks, and the dataset of then. */
async function world() {
  const opened = await openTestApp();
  const { app, dataDir } = opened;
  const { nameRider } = await app.writeSide();
  const stored = await Promise.all(RIDERS.map((rider) => nameRider(rider)));
  const key = studyKey(SECRET, STUDY);
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
    ridersNow: ridersInStudy(app.store, SECRET, STUDY),
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
  expect(await app.store.knex('farelog_audit').where('action', 'releases.build')).toEqual([]);
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
    const [audited] = await opened.app.store.knex('farelog_audit').where('action', 'releases.build');
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

  test('before whose last moment a rider is erased is refused, though at first all were there', async () => {
    const opened = await world();
    const before = await opened.app.store.snapshot(opened.gate.ridersNow);
    await opened.post('/api/v1/riders/erase', 'admin', { user_ids: ['rider-7'] });
    let looks = 0;
    const gate: Gate = {
      ...opened.gate,
      ridersNow: async (trx) => (looks++ === 0 ? before : opened.gate.ridersNow(trx)),
    };
    const building = buildRelease(gate, observationsOf(opened.lines, 14), declarationOf(TABLES), BY);
    await expect(building).rejects.toThrow(/^1 riders of the dataset were erased/);
    expect(looks).toBe(2);
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

  test('whose cells cannot be hidden is refused with what would help', async () => {
    const opened = await world();
    const few = observationsOf(opened.lines.slice(0, 9), 14);
    await expect(opened.build(declarationOf(TABLES), few)).rejects.toThrow(/Coarsen the time/);
    await nothingLeft(opened);
  });
});
