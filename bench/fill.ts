/**
 * Fills a MariaDB with a world, twice: into Farelog's database, whose rollups a rebuild then makes, and into one that
 * holds nothing but the source's table as the source makes it. Both are loaded side by side into empty tables without
 * secondary indexes, which is how a load is fastest; Farelog's indexes are made by its own migration afterwards.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { totalmem } from 'node:os';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createConnection } from 'mysql2';
import { createConnection as createPromiseConnection, type RowDataPacket } from 'mysql2/promise';
import { type App, openApp } from '../dist/app.js';
import { type Currency, formatMinor } from '../dist/domain/money.js';
import { toSqlText } from '../dist/domain/time.js';
import { migrateUp, rollbackTo } from '../dist/store/migrate.js';
import { openKnex } from '../dist/store/open.js';
import { type Mariadb, startMariadb } from '../test/support/mariadb.js';
import { createSourceTable, openSourceKnex } from './source.js';
import { NOW_S, type WorldPayment, worldOf } from './world.js';

const USD: Currency = { code: 'USD', digits: 2 };

/** Memory for both copies of ten million payments, though no more than half of what the machine has. */
const POOL_GIB = Math.max(1, Math.min(8, Math.floor(totalmem() / 2 ** 31)));

const SERVER_SETTINGS = [
  `--innodb-buffer-pool-size=${POOL_GIB}G`,
  '--innodb-log-file-size=2G',
  '--innodb-log-buffer-size=64M',
  '--local-infile=ON',
];

/** A MariaDB for worlds, with more memory than the tests' has; its folder is kept where one is named for that. */
export function largeMariadb(): Promise<Mariadb | undefined> {
  console.log(`\nMariaDB with ${SERVER_SETTINGS.join(' ')}, all else by default:`);
  return startMariadb(SERVER_SETTINGS, process.env.FARELOG_TEST_BENCH_DATA);
}

/** The two databases of a world. */
export interface Filled {
  readonly payments: number;
  readonly farelogUrl: string;
  readonly sourceUrl: string;
}

/** Farelog's tables stand after this migration, and its indexes on the payments do not. */
const TABLES_WITHOUT_INDEXES = '20261124000000';

/** Text that is sent to the server at a time. */
const CHUNK_CHARACTERS = 1 << 18;

const PRICES = new Map<number, string>();

function priceText(minor: number): string {
  const known = PRICES.get(minor);
  if (known !== undefined) return known;
  const text = formatMinor(minor, USD);
  PRICES.set(minor, text);
  return text;
}

function paymentLine(payment: WorldPayment): string {
  const { payment_id, user_id, order_id, payment_type, price_minor, logged_s, received_ms } = payment;
  const created = toSqlText(Math.floor(received_ms / 1000));
  return `${payment_id}\t${user_id}\t${order_id}\t${payment_type}\t${priceText(price_minor)}\t${toSqlText(logged_s)}\t${created}\t${created}\n`;
}

function captureLine({ payment_id, source, raw_method, received_ms }: WorldPayment): string {
  return `${payment_id}\t${source}\t${raw_method}\t\\N\t${received_ms}\n`;
}

const PAYMENTS = 'hntb_bytemark_order_payments';
const PAYMENT_COLUMNS =
  'payment_id, user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on';
const CAPTURE_COLUMNS = 'payment_id, source, raw_method, reference, received_ms';

/**
 * The rows as text, no faster than the socket takes them, which the driver does not see to. Every chunk lets the loads
 * beside it have a turn: a server that gets nothing for half a minute hangs up.
 */
async function* chunked<Row>(rows: Iterable<Row>, lineOf: (row: Row) => string, socket: Socket) {
  let text = '';
  for (const row of rows) {
    text += lineOf(row);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
    await nextTurn();
    if (socket.writableNeedDrain) await once(socket, 'drain');
  }
  yield Buffer.from(text);
}

/** Loads rows into a table that is empty: with the checks off, the server then sorts its indexes in one go. */
export async function load<Row>(
  url: string,
  table: string,
  columns: string,
  rows: Iterable<Row>,
  lineOf: (row: Row) => string,
): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const connection = createConnection({ uri: url, stream: socket });
  const run = (sql: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const infileStreamFactory = (): Readable => Readable.from(chunked(rows, lineOf, socket));
      connection.query({ sql, infileStreamFactory }, (error) => (error === null ? resolve() : reject(error)));
    });
  await run('SET unique_checks = 0, foreign_key_checks = 0');
  await run(`LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} CHARACTER SET utf8mb4 (${columns})`);
  await new Promise((resolve) => connection.end(resolve));
}

async function onServer(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await createPromiseConnection(url);
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  console.log(`  ${what.padEnd(52)}${((performance.now() - started) / 1000).toFixed(1).padStart(8)} s`);
  return result;
}

/** Farelog opened as it stands at the bench's instant, in UTC as the source's SQL is. */
export function openBenchApp(databaseUrl: string, acceptStaleLedger = false): Promise<App> {
  const environment = {
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_REPORT_TIMEZONE: 'UTC',
    FARELOG_LOG_LEVEL: 'warn',
    // Given, so that none are made in a folder of whoever runs this.
    FARELOG_PSEUDONYM_KEY: 'the riders of the bench',
    FARELOG_SEAL_KEY: 'the quarantine of the bench',
    FARELOG_WEBHOOK_SECRETS: Buffer.from('the webhooks of the bench').toString('base64'),
    FARELOG_ADDRESS_SIGN_INS_PER_MINUTE: '1000',
  };
  return openApp({ environment, clock: () => NOW_S * 1000, acceptStaleLedger });
}

async function fill({ payments, farelogUrl, sourceUrl }: Filled): Promise<void> {
  for (const url of [farelogUrl, sourceUrl]) {
    const server = new URL(url);
    const name = server.pathname.slice(1);
    server.pathname = '/mysql';
    await onServer(server.href, `DROP DATABASE IF EXISTS ${name}`);
    await onServer(server.href, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  }
  const knex = openKnex(farelogUrl);
  const sourceKnex = await openSourceKnex(sourceUrl, NOW_S);
  await migrateUp(knex);
  await rollbackTo(knex, TABLES_WITHOUT_INDEXES);
  await createSourceTable(sourceKnex);
  await sourceKnex.destroy();
  await timed('payments, captures and the copy of the payments', () =>
    Promise.all([
      load(farelogUrl, PAYMENTS, PAYMENT_COLUMNS, worldOf(payments), paymentLine),
      load(farelogUrl, 'farelog_captures', CAPTURE_COLUMNS, worldOf(payments), captureLine),
      load(sourceUrl, PAYMENTS, PAYMENT_COLUMNS, worldOf(payments), paymentLine),
    ]),
  );
  await timed("Farelog's indexes", () => migrateUp(knex));
  await knex.destroy();
  for (const url of [farelogUrl, sourceUrl]) await onServer(url, `ANALYZE TABLE ${PAYMENTS}`);
}

/**
 * Fills the two databases and makes the rollups; where the server's folder was kept, finds them filled and makes the
 * rollups again only if they are of another version or `rebuild` asks for it.
 */
export async function filledWorld(mariadb: Mariadb, payments: number, rebuild = false): Promise<Filled> {
  const urlOf = (name: string): string => {
    const url = new URL(mariadb.adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  };
  const filled: Filled = {
    payments,
    farelogUrl: urlOf(`farelog_${payments}`),
    sourceUrl: urlOf(`source_${payments}`),
  };
  console.log(`\nA world of ${payments.toLocaleString('en-US')} payments:`);
  // An empty database tells that the other two are whole.
  const whole = `whole_${payments}`;
  const found = await onServer(mariadb.adminUrl, `SHOW DATABASES LIKE '${whole.replaceAll('_', '\\_')}'`);
  if (found.length > 0) {
    const app = await timed('found filled; opened', () => openBenchApp(filled.farelogUrl, rebuild));
    if (rebuild) await timed('rebuild of the rollups', () => app.rebuild());
    await app.close();
    return filled;
  }
  await fill(filled);
  const app = await openBenchApp(filled.farelogUrl, true);
  await timed('rebuild of the rollups', () => app.rebuild());
  await app.close();
  await onServer(mariadb.adminUrl, `CREATE DATABASE ${whole}`);
  return filled;
}
