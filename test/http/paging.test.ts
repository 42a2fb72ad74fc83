/**
 * Reading all payments of any filter, on real databases, by three ways: JSON pages by cursor, CSV pages by their link,
 * and one CSV stream. Whatever arrives meanwhile, each way gives every row once; on the same rows all give the same.
 */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOW_S, openTestApp, type TestApp } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { emptyTables } from '../support/farelog.js';

const RIDERS = ['rider-a', 'rider-b'] as const;
const TYPES = ['credit_card', 'other', 'digital_wallet'] as const;

interface Known {
  readonly id: number;
  readonly rider: (typeof RIDERS)[number];
  readonly type: (typeof TYPES)[number];
  readonly order: number;
  readonly cents: number;
  readonly second: number;
}

interface Filter {
  readonly rider: (typeof RIDERS)[number] | null;
  readonly type: (typeof TYPES)[number] | null;
  readonly order: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

const second = fc.integer({ min: NOW_S - 6, max: NOW_S });
const cents = fc.constantFrom(100, 199, 200, 300);
const payment = fc.record({
  rider: fc.constantFrom(...RIDERS),
  type: fc.constantFrom(...TYPES),
  order: fc.integer({ min: 1, max: 2 }),
  cents,
  second,
});
/** Mostly absent, so that several filters at once still leave some rows. */
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 2 });
const filters: fc.Arbitrary<Filter> = fc.record({
  rider: maybe(fc.constantFrom(...RIDERS)),
  type: maybe(fc.constantFrom(...TYPES)),
  order: maybe(fc.integer({ min: 1, max: 2 })),
  from: maybe(second),
  to: maybe(second),
  min: maybe(cents),
  max: maybe(cents),
});

function takes(filter: Filter, known: Known): boolean {
  const { rider, type, order, from, to, min, max } = filter;
  return (
    (rider === null || known.rider === rider) &&
    (type === null || known.type === type) &&
    (order === null || known.order === order) &&
    (from === null || known.second >= from) &&
    (to === null || known.second < to) &&
    (min === null || known.cents >= min) &&
    (max === null || known.cents <= max)
  );
}

const iso = (at: number): string => new Date(at * 1000).toISOString();
const newestFirst = (a: Known, b: Known): number => b.second - a.second || b.id - a.id;

function queryOf(filter: Filter, names: ReadonlyMap<string, string>): URLSearchParams {
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined) query.set(name, value);
  };
  if (filter.rider !== null) set('user_id', names.get(filter.rider));
  if (filter.type !== null) set('payment_type', filter.type);
  if (filter.order !== null) set('order_id', String(filter.order));
  if (filter.from !== null) set('from', iso(filter.from));
  if (filter.to !== null) set('to', iso(filter.to));
  if (filter.min !== null) set('min_price', (filter.min / 100).toFixed(2));
  if (filter.max !== null) set('max_price', (filter.max / 100).toFixed(2));
  return query;
}

const record = (service: TestApp, payments: readonly Known[]) =>
  service.post(
    '/api/v1/payments',
    'ingest',
    payments.map((known) => ({
      payment_id: known.id,
      user_id: known.rider,
      order_id: known.order,
      payment_type: known.type,
      total_price: (known.cents / 100).toFixed(2),
      logged_on: iso(known.second),
    })),
  );

/** A payment as text, whichever way it came. */
type Row = Readonly<Record<string, string>>;
type Meanwhile = () => Promise<void>;

const textOf = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));

const rowsOfCsv = (text: string): Row[] => parse(text, { columns: true, record_delimiter: '\r\n' });

const WAYS: Readonly<
  Record<
    string,
    (service: TestApp, query: URLSearchParams, limit: number, meanwhile: Meanwhile) => Promise<Row[]>
  >
> = {
  'JSON by cursor': async (service, query, limit, meanwhile) => {
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const at = new URLSearchParams([...query, ['limit', String(limit)]]);
      if (cursor !== '') at.set('cursor', cursor);
      const answer = await service.get(`/api/v1/payments?${at}`, 'researcher');
      expect(answer.statusCode).toBe(200);
      const page: { rows: Record<string, unknown>[]; next_cursor: string | null } = answer.json();
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      rows.push(...page.rows.map(textOf));
      expect(rows.length).toBeLessThan(MAX_ROWS);
      cursor = page.next_cursor;
      await meanwhile();
    }
    return rows;
  },
  'CSV by link': async (service, query, limit, meanwhile) => {
    const rows: Row[] = [];
    for (let url = `/api/v1/payments?${query}&limit=${limit}&format=csv`; url !== ''; ) {
      const answer = await service.get(url, 'researcher');
      expect(answer.statusCode).toBe(200);
      rows.push(...rowsOfCsv(answer.body));
      expect(rows.length).toBeLessThan(MAX_ROWS);
      url = /^<(.+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1] ?? '';
      await meanwhile();
    }
    return rows;
  },
  'CSV as a stream': async (service, query, _limit, meanwhile) => {
    const asked = service.get(`/api/v1/payments?${query}&format=csv`, 'researcher');
    // Between the stream's pages, of three rows each here.
    for (let arrivals = 0; arrivals < 10; arrivals++) await meanwhile();
    const answer = await asked;
    expect(answer.statusCode).toBe(200);
    return rowsOfCsv(answer.body);
  },
};

/** More rows than any run has: pages that go round in circles. */
const MAX_ROWS = 100;

/** Stored names of the riders, which filters are given in. */
async function namesOf(service: TestApp): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const [index, rider] of RIDERS.entries()) {
    const one = { rider, id: index + 1, type: TYPES[0], order: 1, cents: 100, second: NOW_S };
    const { rows }: { rows: { payment: { user_id: string } }[] } = (await record(service, [one])).json();
    names.set(rider, rows[0]?.payment.user_id ?? '');
  }
  return names;
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('every way through any filter gives each row once, while payments arrive', async () => {
      const service = await openTestApp({
        url: await database.freshUrl(),
        service: { exportPageRows: 3 },
      });
      const names = await namesOf(service);
      await fc.assert(
        fc.asyncProperty(
          fc.array(payment, { minLength: 1, maxLength: 25 }),
          fc.array(payment, { maxLength: 10 }),
          filters,
          fc.integer({ min: 1, max: 7 }),
          fc.constantFrom(...Object.keys(WAYS)),
          async (before, meanwhile, filter, limit, way) => {
            await emptyTables(service.app.store.knex);
            const first = before.map((one, index) => ({ ...one, id: index * 2 + 2 }));
            const later = meanwhile.map((one, index) => ({ ...one, id: index * 2 + 1 }));
            await record(service, first);
            const waiting = [...later];
            const query = queryOf(filter, names);
            const still: Meanwhile = async () => {};
            // First the way that is guarded against going round in circles, which a stream cannot be.
            await WAYS['JSON by cursor']?.(service, query, limit, still);
            const arrive: Meanwhile = async () => {
              const next = waiting.pop();
              if (next !== undefined) await record(service, [next]);
            };
            const seen = (await WAYS[way]?.(service, query, limit, arrive)) ?? [];
            const ids = seen.map((row) => Number(row.payment_id));
            const matching = [...first, ...later].filter((known) => takes(filter, known));
            const order = matching.toSorted(newestFirst).map(({ id }) => id);
            expect(new Set(ids).size).toBe(ids.length);
            expect(ids).toEqual(order.filter((id) => ids.includes(id)));
            const there = first.filter((known) => takes(filter, known)).map(({ id }) => id);
            expect(there.filter((id) => !ids.includes(id))).toEqual([]);
            // Now that nothing arrives any more, all ways agree, cell by cell.
            while (waiting.length > 0) await arrive();
            const all = await Promise.all(Object.values(WAYS).map((go) => go(service, query, limit, still)));
            expect(all[0]?.map((row) => Number(row.payment_id))).toEqual(order);
            for (const rows of all) expect(rows).toEqual(all[0]);
          },
        ),
        { numRuns: database.dialect === 'mysql' ? 25 : 60 },
      );
    });
  });
}

describe('an export', () => {
  test('of no payment is a heading', async () => {
    const service = await openTestApp();
    const { body } = await service.get('/api/v1/payments?format=csv', 'researcher');
    expect(body).toBe(
      'payment_id,user_id,order_id,payment_type,total_price,logged_on,created_on,modified_on\r\n',
    );
  });

  test('that begins at a cursor has the rows after it', async () => {
    const service = await openTestApp();
    const known = { rider: RIDERS[0], type: TYPES[0], order: 1, cents: 100 };
    await record(
      service,
      [1, 2, 3].map((id) => ({ ...known, id, second: NOW_S - id })),
    );
    const { next_cursor } = (await service.get('/api/v1/payments?limit=1', 'researcher')).json();
    const { body } = await service.get(`/api/v1/payments?format=csv&cursor=${next_cursor}`, 'researcher');
    expect(rowsOfCsv(body).map(({ payment_id }) => payment_id)).toEqual(['2', '3']);
  });

  test('by the header Accept alone is the same file', async () => {
    const service = await openTestApp();
    await record(service, [{ rider: RIDERS[0], type: TYPES[0], order: 1, cents: 100, id: 1, second: NOW_S }]);
    const authorization = `Bearer ${service.keys.researcher}`;
    const asked = { method: 'GET', url: '/api/v1/payments' } as const;
    const answer = await service.server.inject({ ...asked, headers: { authorization, accept: 'text/csv' } });
    expect(answer.headers['content-disposition']).toBe('attachment; filename="farelog-payments.csv"');
    expect(answer.headers['x-farelog-currency']).toBe('USD');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toBe((await service.get('/api/v1/payments?format=csv', 'researcher')).body);
  });
});
