/**
 * File import against the bare bulk insert of the same database: multi-row inserts of rows that are ready in memory,
 * into the source's table as it stands under Farelog (with its secondary indexes) and as the source makes it (none).
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import { openApp } from '../dist/app.js';
import { importFile } from '../dist/ingest/import.js';
import { migrateUp, rollbackTo } from '../dist/store/migrate.js';
import { openKnex } from '../dist/store/open.js';

const COLUMNS = 'payment_id, user_id, order_id, payment_type, total_price, logged_on';
const INSERT = `INSERT INTO hntb_bytemark_order_payments (${COLUMNS})`;
const TYPES = [
  'credit_card',
  'debit_card',
  'mobile_payment',
  'transit_card',
  'digital_wallet',
  'card',
  'coins',
  'other',
];
const RIDERS = 200_000;
const CHUNK = 1_000;

type Row = [number, string, number, string, number, string];

/** Seconds between payments: half a million rows are 60 days, in the order in which they came, as exports are. */
const SPACING_S = 10.368;

/** Row `index` of the data, with a rider id as long as a pseudonym. */
function rowOf(index: number): Row {
  const rider = ((index * 7919) % RIDERS).toString(16).padStart(41, '0');
  const second = Date.UTC(2025, 0, 1) / 1000 + Math.floor(index * SPACING_S);
  const text = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return [
    index + 1,
    rider,
    index + 1,
    TYPES[index % TYPES.length] ?? '',
    (125 + (index % 40) * 25) / 100,
    text,
  ];
}

/** Writes the rows as CSV, as an export of another system would be. */
export async function writeCsv(folder: string, rows: number): Promise<string> {
  const path = join(folder, 'payments.csv');
  const file = createWriteStream(path);
  file.write('payment_id,user_id,order_id,payment_type,total_price,logged_on\n');
  for (let index = 0; index < rows; index++) {
    const [id, user, order, type, price, logged] = rowOf(index);
    const line = `${id},${user},${order},${type},${price.toFixed(2)},${logged.replace(' ', 'T')}Z\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return path;
}

function* chunks(rows: number): Generator<Row[]> {
  for (let start = 0; start < rows; start += CHUNK) {
    yield Array.from({ length: Math.min(CHUNK, rows - start) }, (_, index) => rowOf(start + index));
  }
}

function bareSqlite(file: string, rows: readonly Row[][]): number {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -65536');
  const insert = db.prepare(`${INSERT} VALUES (?, ?, ?, ?, ?, ?)`);
  const commit = db.transaction((chunk: readonly Row[]) => {
    for (const row of chunk) insert.run(...row);
  });
  const started = performance.now();
  for (const chunk of rows) commit(chunk);
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return seconds;
}

async function bareMysql(url: string, rows: readonly Row[][]): Promise<number> {
  const connection = await createConnection(url);
  const started = performance.now();
  for (const chunk of rows) await connection.query(`${INSERT} VALUES ?`, [chunk]);
  const seconds = (performance.now() - started) / 1000;
  await connection.end();
  return seconds;
}

/** Rows a second of the bare bulk insert; `indexed`: with Farelog's secondary indexes. */
export async function measureBare(databaseUrl: string, rows: number, indexed: boolean): Promise<number> {
  const knex = openKnex(databaseUrl);
  await migrateUp(knex);
  if (!indexed) await rollbackTo(knex, '20250407031131');
  await knex.destroy();
  const ready = [...chunks(rows)];
  const sqlite = databaseUrl.startsWith('sqlite:');
  const seconds = sqlite
    ? bareSqlite(databaseUrl.slice('sqlite:'.length), ready)
    : await bareMysql(databaseUrl, ready);
  return rows / seconds;
}

/** Rows a second of `farelog import`, rollups, captures and pseudonyms included. */
export async function measureImport(
  databaseUrl: string,
  dataDir: string,
  file: string,
  rows: number,
): Promise<number> {
  const environment = {
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_DATA_DIR: dataDir,
    FARELOG_LOG_LEVEL: 'warn',
  };
  const app = await openApp({ environment });
  const { commit, nameRider } = await app.writeSide();
  const started = performance.now();
  const report = await importFile(
    { file, unit: 'major', time: 'iso', zone: null },
    { commit, nameRider, writers: 2, dialect: app.store.dialect, rules: app.rules, clock: app.clock },
  );
  const seconds = (performance.now() - started) / 1000;
  await app.close();
  if (report.recorded !== rows) throw new Error(`the import recorded ${report.recorded} of ${rows}`);
  return rows / seconds;
}
