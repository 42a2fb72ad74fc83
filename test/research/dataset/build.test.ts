/** Datasets: the same bytes from the same inputs, the database's figures to the cent, and nobody in them who has left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { studyKey, studyPseudonymOf } from '../../../src/domain/study-pseudonym.js';
import { buildDataset } from '../../../src/research/dataset/build.js';
import { openDataset } from '../../../src/research/dataset/open-dataset.js';
import { checkRequest } from '../../../src/research/dataset/request.js';
import { verifyDataset } from '../../../src/research/dataset/verify.js';
import { dateOf } from '../../../src/research/days.js';
import { observeLive } from '../../../src/research/live-observations.js';
import type { Observations } from '../../../src/research/observations.js';
import { pseudonymSecret } from '../../../src/secrets.js';
import type { Store } from '../../../src/store/dialect.js';
import { SERVERS } from '../../support/databases.js';
import {
  build,
  bytesOf,
  cityAdjustments,
  cityDeliveries,
  digestsOf,
  openCity,
  PERIOD,
  recordCity,
  tempFolder,
} from '../../support/datasets.js';
import { emptyTables, openTestApp, TEST_SETTINGS } from '../../support/farelog.js';
import { resultOf } from '../../support/study-results.js';

const BY = { actor: 'test', operation: 'test' };
const USD = { code: 'USD', digits: 2 };

test('two builds make the same bytes, and so does one as of then when more has come in', async () => {
  const all = cityDeliveries();
  const app = await openCity(all.slice(0, 250));
  const [first, second] = [await build(app), await build(app)];
  expect(digestsOf(second.folder)).toEqual(digestsOf(first.folder));
  expect(first.manifest.payments).toBeGreaterThan(200);
  await recordCity(app, all.slice(250));
  const asOf = { captures: first.manifest.sequence, adjustments: first.manifest.adjustment_sequence };
  const later = await build(app, { asOf });
  expect(digestsOf(later.folder)).toEqual(digestsOf(first.folder));
  expect((await build(app)).version).not.toBe(first.version);
});

test('every payment of the period is read back as it was recorded, in the order of time', async () => {
  const app = await openCity();
  const { folder, version, manifest } = await build(app);
  const data = await openDataset(folder, { verify: true });
  const key = studyKey(pseudonymSecret(app.config), 'fares');
  const { zone } = app.config;
  const expected = cityDeliveries()
    .toSorted(
      (a, b) => a.payment.logged_s - b.payment.logged_s || a.payment.payment_id - b.payment.payment_id,
    )
    .map(({ payment, capture }) => ({
      rider: studyPseudonymOf(payment.user_id, key),
      type: payment.payment_type,
      date: dateOf(Math.floor(zone.localOf(payment.logged_s) / 86_400)),
      second: payment.logged_s,
      price: payment.price_minor,
      lag:
        capture.source === 'import' ? Number.NaN : Math.floor(capture.received_ms / 1000) - payment.logged_s,
    }))
    .filter(({ date }) => date >= PERIOD.from && date < PERIOD.to);
  expect(rowsOf(data)).toEqual(expected);
  expect(data).toMatchObject({ ...PERIOD, zone: 'America/Chicago', currency: USD });
  expect(data.provenance).toEqual({ kind: 'dataset', study: 'fares', version, sequence: manifest.sequence });
  expect([...data.riders]).toEqual(data.riders.toSorted());
});

test('every adjustment that came about in the period is read back, whenever its payment was made', async () => {
  const deliveries = cityDeliveries();
  const app = await openCity(deliveries);
  const data = await openDataset((await build(app)).folder);
  const key = studyKey(pseudonymSecret(app.config), 'fares');
  const payments = new Map(deliveries.map(({ payment }) => [payment.payment_id, payment]));
  const expected = cityAdjustments(deliveries)
    .map(({ adjustment: { payment_id, adjusted_s, amount_minor } }) => ({
      rider: studyPseudonymOf(payments.get(payment_id)?.user_id ?? '', key),
      type: payments.get(payment_id)?.payment_type,
      date: dateOf(Math.floor(app.config.zone.localOf(adjusted_s) / 86_400)),
      amount: amount_minor,
    }))
    .filter(({ date }) => date >= PERIOD.from && date < PERIOD.to);
  const { adjustments } = data;
  const found = Array.from(adjustments.rider, (rider, at) => ({
    rider: data.riders[rider],
    type: data.types[adjustments.type[at] ?? -1],
    date: dateOf(adjustments.day[at] ?? 0),
    amount: adjustments.amount[at],
  }));
  expect(found).toEqual(expected);
  expect(found.length).toBeGreaterThan(60);
});

function rowsOf(data: Observations): object[] {
  return Array.from(data.rider, (rider, at) => ({
    rider: data.riders[rider],
    type: data.types[data.type[at] ?? -1],
    date: dateOf(data.day[at] ?? 0),
    second: data.second[at],
    price: data.price[at],
    lag: data.lag[at],
  }));
}

test('a study of a dataset comes to what it comes to on the live database', async () => {
  const app = await openCity();
  await (await app.writeSide()).riders.withdraw({ pseudonyms: ['rider-2'] }, BY);
  const { store, reader, clock } = app;
  const parts = { store, calendar: reader.calendar, currency: reader.currency, clock };
  const estimates = (data: Observations): object[] => {
    const { findings } = resultOf('shares', data, { of: 'revenue' });
    return findings.map(({ name, estimate, standardError }) => ({ name, estimate, standardError }));
  };
  const [frozen, live] = [await openDataset((await build(app)).folder), await observeLive(parts, PERIOD)];
  expect(sumsOf(frozen)).toEqual(sumsOf(live));
  const expected = estimates(live).map((finding) =>
    Object.fromEntries(
      Object.entries(finding).map(([name, value]) => [
        name,
        typeof value === 'number' ? expect.closeTo(value, 12) : value,
      ]),
    ),
  );
  expect(estimates(frozen)).toEqual(expected);
});

/** Everything but who is who. */
function sumsOf({ size, second, price, day, lag, type, types, riders, adjustments }: Observations): object {
  const names = Array.from(type, (number) => types[number]);
  const { day: days, amount } = adjustments;
  return { size, second, price, day, lag, names, riders: riders.length, days, amount };
}

test('a currency without digits and a period without payments are datasets too', async () => {
  const app = await openTestApp({
    databaseUrl: 'sqlite::memory:',
    environment: { FARELOG_CURRENCY: 'JPY', FARELOG_REPORT_TIMEZONE: 'Asia/Tokyo' },
  });
  await recordCity(app, cityDeliveries(20));
  const { folder, manifest } = await build(app, { tides: {} });
  const { price } = await openDataset(folder, { verify: true });
  expect(price.reduce((sum, one) => sum + one, 0)).toBe(Number(manifest.revenue_minor));
  expect(await verifyDataset(folder)).toMatchObject({ ok: true });
  const empty = await build(app, { from: '2020-01-01', to: '2020-03-01' });
  expect(await openDataset(empty.folder)).toMatchObject({ size: 0, riders: [], types: [] });
  expect(await verifyDataset(empty.folder)).toMatchObject({ ok: true, payments: 0 });
});

test('the calendar is read back', async () => {
  const app = await openCity(cityDeliveries(20));
  const entry = {
    ...{
      kind: 'fare',
      name: 'Single, "dearer"',
      starts_on: '2026-06-01',
      payment_type: 'coins',
      note: '=1+1',
    },
    ...{ price_before_minor: 125, price_after_minor: 150 },
  };
  const added = await app.calendar.add(entry, BY);
  const { folder } = await build(app);
  expect((await openDataset(folder)).calendar).toEqual([added]);
});

test('the sums of a dataset and what it left out are the figures of the database, to the cent', async () => {
  const app = await openCity([]);
  const { riders } = await app.writeSide();
  const deliveries = cityDeliveries(80);
  const some = fc.uniqueArray(fc.constantFrom(...deliveries), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(some, fc.subarray(['rider-1', 'rider-2', 'rider-3']), async (recorded, leaving) => {
      await emptyTables(app.store.knex);
      await recordCity(app, recorded);
      await riders.restore({ pseudonyms: ['rider-1', 'rider-2', 'rider-3'] }, BY);
      if (leaving.length > 0) await riders.withdraw({ pseudonyms: leaving }, BY);
      const { folder, manifest, left_out } = await build(app);
      const { rows } = await app.figures.methods(PERIOD);
      const figure = (of: (row: (typeof rows)[number]) => number): number =>
        rows.reduce((sum, row) => sum + Math.round(of(row) * 100), 0);
      const count = rows.reduce((sum, row) => sum + row.transaction_count, 0);
      const { price, adjustments, size } = await openDataset(folder);
      const [sum, back] = [price, adjustments.amount].map((all) => all.reduce((a, b) => a + b, 0));
      expect([sum, back]).toEqual([Number(manifest.revenue_minor), Number(manifest.adjusted_minor)]);
      expect((sum ?? 0) + Number(left_out.withdrawn_revenue_minor)).toBe(figure((row) => row.total_revenue));
      expect((back ?? 0) + Number(left_out.withdrawn_adjusted_minor)).toBe(figure((row) => row.adjustments));
      expect(size + left_out.withdrawn_payments).toBe(count);
    }),
    { numRuns: 5 },
  );
});

test('riders who have withdrawn or were erased are nowhere in the bytes', async () => {
  const app = await openCity();
  const before = await openDataset((await build(app, { tides: { riders: true } })).folder);
  const { riders } = await app.writeSide();
  await riders.withdraw({ pseudonyms: ['rider-3'] }, BY);
  await riders.erase({ pseudonyms: ['rider-4'] }, BY);
  // Another program writes a row of the erased rider again.
  await app.store.knex('hntb_bytemark_order_payments').insert({
    ...{ payment_id: 7, user_id: 'rider-4', order_id: 7, payment_type: 'rider-4-type', total_price: 777.77 },
    logged_on: '2026-05-20 12:00:00',
  });
  const { folder, left_out, manifest } = await build(app, { tides: { riders: true } });
  const bytes = bytesOf(folder);
  const key = studyKey(pseudonymSecret(app.config), 'fares');
  for (const gone of ['rider-3', 'rider-4']) {
    const name = studyPseudonymOf(gone, key);
    expect(before.riders).toContain(name);
    for (const trace of [gone, name, 'rider-4-type', '777.77']) expect(bytes.includes(trace)).toBe(false);
  }
  for (const id of ['rider-1', 'rider-2']) expect(bytes.includes(id)).toBe(false);
  expect(manifest.riders).toBe(before.riders.length - 2);
  expect(left_out).toMatchObject({ withdrawn_riders: 1 });
  expect(left_out.erased_payments).toBeGreaterThan(1);
});

test('a dataset is refused under another pseudonym key than riders were erased with', async () => {
  const app = await openCity();
  await (await app.writeSide()).riders.erase({ pseudonyms: ['rider-4'] }, BY);
  await app.store.knex('farelog_meta').where('name', 'tombstone_key_id').update({ value: '11223344' });
  await expect(build(app)).rejects.toThrow(/erased from this database under another pseudonym key/);
});

test('the riders of two studies have no name and no order in common', async () => {
  const app = await openCity();
  const [fares, passes] = [
    await openDataset((await build(app)).folder),
    await openDataset((await build(app, { study: 'passes' })).folder),
  ];
  expect(new Set([...fares.riders, ...passes.riders]).size).toBe(24);
  // The rider of each payment has another number there than here, but by chance.
  const same = fares.rider.filter((rider, at) => rider === passes.rider[at]).length;
  expect(same).toBeLessThan(fares.size / 2);
  expect(passes.price).toEqual(fares.price);
});

test('uses of passes are those of its riders, wherever the platform has them', async () => {
  const app = await openCity(cityDeliveries(100));
  await expect(build(app, { passes: true })).rejects.toMatchObject({ code: 'usage' });
  const { knex } = app.store;
  await knex.schema.createTable('hntb_bytemark_pass', (table) => {
    table.integer('bytemark_pass_id').primary();
    table.string('user_id');
    table.dateTime('logged_on');
  });
  const uses = [
    ...[
      ['rider-1', '2026-05-02 04:59:59'],
      ['nobody', '2026-05-03 12:00:00'],
      ['rider-3', '2026-05-03 12:00:00'],
    ],
    ...[
      ['rider-2', '2026-06-10 12:00:00'],
      ['rider-1', '2026-07-01 05:00:00'],
      ['rider-1', '2026-05-01 05:00:00'],
    ],
  ];
  await knex('hntb_bytemark_pass').insert(
    uses.map(([user_id, logged_on], at) => ({ bytemark_pass_id: at + 1, user_id, logged_on })),
  );
  await (await app.writeSide()).riders.withdraw({ pseudonyms: ['rider-3'] }, BY);
  const { folder, left_out } = await build(app, { passes: true });
  const { riders, uses: found } = await openDataset(folder);
  const key = studyKey(pseudonymSecret(app.config), 'fares');
  expect(Array.from(found?.rider ?? [], (rider, at) => [riders[rider], dateOf(found?.day[at] ?? 0)])).toEqual(
    [
      ['rider-1', '2026-05-01'],
      ['rider-2', '2026-06-10'],
      ['rider-1', '2026-05-01'],
    ].map(([rider = '', date]) => [studyPseudonymOf(rider, key), date]),
  );
  expect(left_out.uses_of_others).toBe(2);
  expect(await verifyDataset(folder)).toMatchObject({ ok: true, problems: [] });
});

test.each(['withdraw', 'erase'] as const)(
  'where a rider leaves (%s) while the dataset is built, there is none',
  async (act) => {
    const app = await openCity(cityDeliveries(60));
    const { riders } = await app.writeSide();
    const store: Store = new Proxy(app.store, {
      get: (target, name) => {
        if (name === 'snapshot')
          return async (work: Parameters<Store['snapshot']>[0]) => {
            const read = await target.snapshot(work);
            await riders[act]({ pseudonyms: ['rider-2'] }, BY);
            return read;
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const folder = join(tempFolder(), 'dataset');
    const { zone, currency } = app.config;
    const source = { store, zone, currency, clock: app.clock, secret: () => 'secret' };
    const building = buildDataset(source, { study: 'fares', ...PERIOD, folder }, BY);
    await expect(building).rejects.toMatchObject({ code: 'conflict' });
    expect(existsSync(folder)).toBe(false);
    expect(await app.store.knex('farelog_audit').where({ action: 'dataset.build' })).toEqual([]);
  },
);

test('the audit says what was built, and of whom nothing', async () => {
  const app = await openCity(cityDeliveries(60));
  const { version, manifest } = await build(app);
  const rows = await app.store.knex('farelog_audit').where({ action: 'dataset.build' });
  expect(rows).toHaveLength(1);
  expect(JSON.parse(rows[0].filter)).toEqual({
    ...{ study: 'fares', ...PERIOD, as_of: manifest.sequence },
    ...{ payments: manifest.payments, riders: manifest.riders, version },
  });
});

test.each([
  ['study', { study: 'Fares 2026' }],
  ['study', { study: '-fares' }],
  ['from', { from: '2026-02-30' }],
  ['to', { to: '2026-05-01' }],
  ['as-of', { asOf: { captures: -1 } }],
  ['as-of', { asOf: { captures: 1, adjustments: 0.5 } }],
  ['author', { authors: ['two\nlines'] }],
  ['service-day-starts', { tides: { serviceDayStarts: '24:00' } }],
])('a wrong %s is refused by name', (field, wrong) => {
  const request = { study: 'fares', ...PERIOD, folder: 'dataset' };
  expect(() => checkRequest(request)).not.toThrow();
  expect(() => checkRequest({ ...request, ...wrong })).toThrow(
    expect.objectContaining({ code: 'usage', problems: [expect.objectContaining({ field })] }),
  );
});

test('what has not come in yet cannot be asked for', async () => {
  const app = await openCity([]);
  await expect(build(app, { asOf: { captures: 1 } })).rejects.toMatchObject({ code: 'usage' });
});

test('a folder that is there is refused and left as it is', async () => {
  const app = await openCity([]);
  const folder = join(tempFolder(), 'dataset');
  mkdirSync(folder);
  await expect(build(app, { folder })).rejects.toMatchObject({ code: 'conflict' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a build that is stopped leaves nothing', async () => {
  const app = await openCity(cityDeliveries(60));
  const parent = tempFolder();
  const stopped = build(
    app,
    { folder: join(parent, 'dataset') },
    { signal: AbortSignal.abort(new Error('stopped')) },
  );
  await expect(stopped).rejects.toThrow('stopped');
  expect(readdirSync(parent)).toEqual([]);
});

test('a build that is killed leaves no half folder, and the next one takes its draft away', async () => {
  const url = `sqlite:${join(tempFolder(), 'city.db')}`;
  const app = await openCity(cityDeliveries(60), url);
  const parent = tempFolder();
  const folder = join(parent, 'dataset');
  const script = fileURLToPath(new URL('../../support/killed-build.mjs', import.meta.url));
  const settings = {
    ...TEST_SETTINGS,
    FARELOG_REPORT_TIMEZONE: 'America/Chicago',
    FARELOG_DATABASE_URL: url,
  };
  const child = spawn(process.execPath, [script, folder], { env: { PATH: process.env.PATH, ...settings } });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(existsSync(folder)).toBe(false);
  expect(readdirSync(parent)).toHaveLength(1);
  await build(app, { folder });
  expect(readdirSync(parent)).toEqual(['dataset']);
});

test.each(SERVERS)('$name gives the same bytes as SQLite', async (server) => {
  const [here, there] = [await openCity(), await openCity(cityDeliveries(), await server.freshUrl())];
  const [one, other] = [await build(here, { tides: {} }), await build(there, { tides: {} })];
  expect(digestsOf(other.folder)).toEqual(digestsOf(one.folder));
});
