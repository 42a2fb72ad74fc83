/** What others make of a dataset: Python and R by the scripts in it, DuckDB by its layout, and tools for TIDES. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../../../src/research/dataset/open-dataset.js';
import { replicationOf } from '../../../src/research/replication.js';
import { build, openCity, tempFolder } from '../../support/datasets.js';
import { delivery } from '../../support/deliveries.js';
import { useR } from '../../support/r.js';
import { resultOf } from '../../support/study-results.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.error('There is no python3: read_dataset.py is NOT tested.');

const text = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');

test.skipIf(!hasPython)('the Python script reads every table, to the cent', async () => {
  const { folder, manifest } = await build(await openCity());
  const code = `
from read_dataset import read_table
payments, adjustments, daily = [read_table(name) for name in ("payments", "adjustments", "daily")]
print(len(payments), sum(row["price"] for row in payments), len(adjustments), sum(row["amount"] for row in adjustments))
print(sum(row["revenue"] for row in daily), sum(row["payments"] for row in daily), len(read_table("riders")))
print(payments[0]["logged_on"].isoformat(), payments[0]["local_date"], [row["capture_lag_s"] for row in payments[:4]])
`;
  const told = execFileSync('python3', ['-B', '-c', code], { cwd: folder, encoding: 'utf8' }).split('\n');
  const [revenue, back] = [manifest.revenue_minor, manifest.adjusted_minor].map((minor) =>
    (Number(minor) / 100).toFixed(2),
  );
  expect(told[0]).toBe(`${manifest.payments} ${revenue} ${manifest.adjustments} ${back}`);
  expect(told[1]).toBe(`${revenue} ${manifest.payments} ${manifest.riders}`);
  expect(told[2]).toMatch(/^2026-05-01T\d\d:\d\d:\d\d\+00:00 2026-05-01 \[\d+, None, /);
});

test.skipIf(!hasPython)('a study of a dataset is replicated from that dataset, by plain Python', async () => {
  const { folder } = await build(await openCity());
  const result = resultOf('shares', await openDataset(folder), { of: 'revenue' });
  const script = join(tempFolder(), 'replicate.py');
  writeFileSync(script, replicationOf(result, 'python'));
  const told = execFileSync('python3', ['-I', script, folder], { encoding: 'utf8' }).trim().split('\n');
  expect(told).toHaveLength(3);
  for (const line of told) {
    const [name, estimate] = line.split('\t');
    const own = result.findings.find((finding) => finding.name === name);
    expect(Number(estimate)).toBeCloseTo(own?.estimate ?? Number.NaN, 10);
  }
});

describe('R', () => {
  const r = useR();

  test('the R script reads every table, to the cent', async () => {
    const { folder, manifest } = await build(await openCity());
    for (const path of [
      'read_dataset.R',
      'csv/daily.csv',
      'csv/riders.csv',
      ...monthsOf(folder, 'payments'),
      ...monthsOf(folder, 'adjustments'),
    ])
      await r.write(`/d/${path}`, text(folder, path));
    const code = `
      source("/d/read_dataset.R")
      p <- read_table("payments", "/d"); a <- read_table("adjustments", "/d"); d <- read_table("daily", "/d")
      c(nrow(p), round(100 * sum(p$price)), nrow(a), round(100 * sum(a$amount)), round(100 * sum(d$revenue)),
        sum(is.na(p$capture_lag_s)) > 0, inherits(p$logged_on, "POSIXct"), as.integer(min(p$local_date)), nrow(read_table("riders", "/d")))`;
    const { payments, revenue_minor, adjustments, adjusted_minor, riders } = manifest;
    const firstDay = Date.parse('2026-05-01') / 86_400_000;
    expect(await r.numbers(code)).toEqual([
      ...[payments, Number(revenue_minor), adjustments, Number(adjusted_minor), Number(revenue_minor)],
      ...[1, 1, firstDay, riders],
    ]);
  });
});

function monthsOf(folder: string, table: string): string[] {
  return readdirSync(join(folder, 'csv', table)).map((name) => `csv/${table}/${name}`);
}

test('DuckDB takes the folder as a table partitioned by month, with exact types, and CSV says the same', async () => {
  const { folder, manifest } = await build(await openCity());
  const instance = await DuckDBInstance.create(':memory:');
  const db = await instance.connect();
  const all = async (sql: string): Promise<unknown[][]> =>
    (await (await db.runAndReadAll(sql)).getRowsJson()).map((row) => [...row]);
  const payments = `read_parquet('${folder}/payments/*/*.parquet', hive_partitioning = true)`;
  const columns = await all(`DESCRIBE FROM ${payments}`);
  expect(columns.map(([name, type]) => `${name} ${type}`)).toEqual([
    'payment_no INTEGER',
    'logged_on TIMESTAMP WITH TIME ZONE',
    'local_date DATE',
    'rider_no INTEGER',
    'payment_type VARCHAR',
    'price DECIMAL(18,2)',
    'capture_lag_s INTEGER',
    'month VARCHAR',
  ]);
  const byMonth = await all(
    `FROM ${payments} SELECT month, count(*), sum(price) GROUP BY month ORDER BY month`,
  );
  expect(byMonth.map(([month]) => month)).toEqual(['2026-05', '2026-06']);
  const cents = byMonth.reduce((sum, [, , revenue]) => sum + Math.round(Number(revenue) * 100), 0);
  expect(cents).toBe(Number(manifest.revenue_minor));
  const csv = `read_csv('${folder}/csv/payments/*.csv', header = true, auto_detect = true)`;
  const same = [
    'payment_no',
    'logged_on',
    'local_date',
    'rider_no',
    'payment_type',
    'price',
    'capture_lag_s',
  ];
  const columnsOf = `SELECT ${same.map((name) => (name === 'price' ? 'price::DECIMAL(18,2) AS price' : name)).join(', ')}`;
  expect(await all(`(FROM ${payments} ${columnsOf}) EXCEPT ALL (FROM ${csv} ${columnsOf})`)).toEqual([]);
  db.closeSync();
  instance.closeSync();
});

describe('TIDES', () => {
  /** The fields of TIDES 1.0, in its order, and which of them must be there. */
  const FIELDS =
    'transaction_id! service_date! event_timestamp! location_ping_id amount! currency_type fare_action! trip_id_performed ' +
    'trip_id_scheduled pattern_id trip_stop_sequence scheduled_stop_sequence vehicle_id device_id fare_id stop_id num_riders ' +
    'fare_media_id rider_category fare_product fare_period fare_capped! token_id balance';

  test('the package has the fields of the standard, and each row keeps their constraints', async () => {
    const { folder, manifest } = await build(await openCity(), {
      tides: { serviceDayStarts: '03:00', riders: true },
    });
    const schema = JSON.parse(text(folder, 'tides/fare_transactions.schema.json'));
    const told: string[] = schema.fields.map(
      (field: { name: string; constraints?: { required?: boolean } }) =>
        `${field.name}${field.constraints?.required === true ? '!' : ''}`,
    );
    expect(told.join(' ')).toBe(`${FIELDS} x_payment_type`);
    const rows: Record<string, string>[] = parse(text(folder, 'tides/fare_transactions.csv'), {
      columns: true,
    });
    const known = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
    );
    expect(validator(schema)(known)).toBe(true);
    expect(new Set(rows.map(({ transaction_id }) => transaction_id)).size).toBe(manifest.payments);
    const cents = rows.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
    expect(cents).toBe(Number(manifest.revenue_minor));
    expect(
      new Set(rows.map(({ x_payment_type: type, fare_media_id: media }) => `${type}: ${media}`)),
    ).toEqual(new Set(['credit_card: Bank card', 'mobile_payment: Other type', 'coins: Other type']));
  });

  test('a service day ends when the next begins, and riders are not named unless asked for', async () => {
    const deliveries = ['2026-05-03T07:59:59Z', '2026-05-03T08:00:00Z'].map((instant, at) =>
      delivery({ payment_id: at + 1, order_id: at + 1, logged_s: Date.parse(instant) / 1000 }),
    );
    const { folder } = await build(await openCity(deliveries), { tides: { serviceDayStarts: '03:00' } });
    const rows: Record<string, string>[] = parse(text(folder, 'tides/fare_transactions.csv'), {
      columns: true,
    });
    expect(
      rows.map(({ service_date, event_timestamp, token_id }) => [service_date, event_timestamp, token_id]),
    ).toEqual([
      ['2026-05-02', '2026-05-03T07:59:59Z', ''],
      ['2026-05-03', '2026-05-03T08:00:00Z', ''],
    ]);
  });
});

/** A table schema of Frictionless as JSON Schema of rows of text. */
function validator(schema: {
  fields: { name: string; type: string; constraints?: { required?: boolean; enum?: string[] } }[];
}): (rows: unknown) => boolean {
  const PATTERNS: Record<string, object> = {
    date: { format: 'date' },
    datetime: { format: 'date-time' },
    number: { pattern: '^-?\\d+(\\.\\d+)?$' },
    integer: { pattern: '^-?\\d+$' },
    boolean: { enum: ['true', 'false'] },
    string: {},
  };
  const properties = Object.fromEntries(
    schema.fields.map(({ name, type, constraints }) => [
      name,
      { type: 'string', ...PATTERNS[type], ...(constraints?.enum && { enum: constraints.enum }) },
    ]),
  );
  const required = schema.fields.filter(({ constraints }) => constraints?.required).map(({ name }) => name);
  const ajv = new Ajv();
  addFormats.default(ajv);
  return ajv.compile({ type: 'array', minItems: 1, items: { type: 'object', properties, required } });
}
