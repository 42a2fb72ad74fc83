/**
 * Prices from text to the table's DOUBLE and back, and their sums past 2⁵³: every price from 0.01 to 200.00, 2557.68 and
 * others that binary fractions are bad at, seeded ones of every size, and some of the largest there are. They come in as a
 * file, in the ways that people write decimals. Rows, ledger, figures and the database's own exact sum must agree with the
 * whole numbers that the prices were made of, to the cent. The controls truncate, and add up doubles.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import type { TestDatabase } from '../support/databases.js';
import { temporaryFolder } from '../support/service.js';
import { tell, tellControl } from './figures.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, serviceSettings } from './places.js';
import { selectFrom } from './raw-statements.js';

const PRICES = times(40_000, 10_000_000);
const SEED = 20_250_407;
/** The prices of the matrix's own count: in cents, from 0.01 on. */
const SMALL = 20_000;
const ODD_ONES = [255_768, 29, 57, 58, 113, 115, 1_001, 100_000_001, 1_797_693_134_862];
const LARGEST = 10 ** 15 - 1;
const FILE_LINES = 500_000;
const TYPES = ['credit_card', 'debit_card', 'transit_card', 'coins'] as const;
const RANGE = ['--from', '2025-01-01', '--to', '2026-01-01'];

interface Price {
  readonly id: number;
  readonly minor: number;
  readonly type: string;
}

/** The prices in their order; the same for every run. */
function* pricesOf(count: number): Generator<Price> {
  const random = xoroshiro128plus(SEED);
  for (let id = 1; id <= count; id++) {
    const type = TYPES[id % TYPES.length] ?? 'coins';
    yield { id, minor: minorOf(id, () => uniformInt(random, 1, 10 ** uniformInt(random, 1, 9))), type };
  }
}

function minorOf(id: number, random: () => number): number {
  if (id <= SMALL) return id;
  if (id <= SMALL + ODD_ONES.length) return ODD_ONES[id - SMALL - 1] ?? 1;
  // Ever a thousandth is one of the largest, but never so many that a sum would leave 64 bits.
  if (id % 1_000 === 1 && id < 2_000_000) return LARGEST - id;
  return random();
}

/** Exact, without a fraction anywhere: cents as digits with a point. */
function decimalOf(minor: number | bigint): string {
  const digits = String(minor).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** As different people write it: 2.50, 2.5, 2.50 again; 2 for 2.00. */
function written({ id, minor }: Price): string {
  return id % 3 === 0 ? decimalOf(minor).replace(/\.?0+$/, '') : decimalOf(minor);
}

interface Truth {
  readonly total: bigint;
  readonly byType: ReadonlyMap<string, bigint>;
}

function truthOf(count: number): Truth {
  const byType = new Map<string, bigint>();
  for (const { minor, type } of pricesOf(count)) byType.set(type, (byType.get(type) ?? 0n) + BigInt(minor));
  return { total: [...byType.values()].reduce((sum, minor) => sum + minor, 0n), byType };
}

interface Answered {
  readonly settings: Readonly<Record<string, string>>;
  readonly folder: string;
}

async function farelog({ settings, folder }: Answered, ...words: readonly string[]) {
  const { code, stdout, stderr } = await run([...words, '--json'], settings, folder);
  if (code !== 0) throw new Error(`farelog ${words[0]} ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

const FIRST_S = Date.UTC(2025, 0, 1) / 1000;

/** Writes the prices into files and imports them. */
async function imported(databaseUrl: string, count: number): Promise<Answered> {
  const folder = temporaryFolder();
  const settings = serviceSettings(databaseUrl, { FARELOG_REPORT_TIMEZONE: 'UTC' });
  const place = { settings, folder };
  await farelog(place, 'migrate', 'up');
  let lines: string[] = [];
  const importLines = async (): Promise<void> => {
    const head = 'payment_id,user_id,order_id,payment_type,total_price,logged_on';
    const file = join(folder, 'prices.csv');
    writeFileSync(file, `${[head, ...lines].join('\n')}\n`);
    lines = [];
    await farelog(place, 'import', file, '--time', 'epoch_s');
  };
  for (const price of pricesOf(count)) {
    const second = FIRST_S + ((price.id * 7_919) % (360 * 86_400));
    lines.push(`${price.id},rider-${price.id % 97},${price.id},${price.type},${written(price)},${second}`);
    if (lines.length === FILE_LINES) await importLines();
  }
  if (lines.length > 0) await importLines();
  return place;
}

const ROWS =
  'SELECT payment_id AS id, total_price AS price FROM hntb_bytemark_order_payments ORDER BY payment_id';

interface StoredPrice {
  readonly id: number;
  readonly price: number;
}

/** Every row in the order of its id, read past Farelog. */
async function* storedPrices(databaseUrl: string): AsyncGenerator<StoredPrice> {
  if (databaseUrl.startsWith('sqlite:')) {
    const db = new Database(databaseUrl.slice('sqlite:'.length), { readonly: true });
    yield* db.prepare<[], StoredPrice>(ROWS).iterate();
    db.close();
    return;
  }
  const connection = await createConnection(databaseUrl);
  const MANY = 100_000;
  for (let after = 0; ; ) {
    const page = ROWS.replace('ORDER', `WHERE payment_id > ${after} ORDER`);
    const [rows] = await connection.query<RowDataPacket[]>(`${page} LIMIT ${MANY}`);
    for (const { id, price } of rows) yield { id: Number(id), price: Number(price) };
    if (rows.length < MANY) break;
    after = Number(rows.at(-1)?.id);
  }
  await connection.end();
}

interface Read {
  readonly rows: number;
  /** Rows that are not there, or not the price that was written. */
  readonly wrong: number;
  /** Of those from 0.01 to 200.00. */
  readonly wrongSmall: number;
  readonly sumInDoubles: number;
}

/** Holds every row against its price. `toMinor` reads a DOUBLE; the controls read it wrongly. */
async function readBack(
  databaseUrl: string,
  count: number,
  toMinor: (price: number) => number,
): Promise<Read> {
  const stored = storedPrices(databaseUrl);
  let [rows, wrong, wrongSmall, sumInDoubles] = [0, 0, 0, 0];
  for (const { id, minor } of pricesOf(count)) {
    const { value: row }: IteratorResult<StoredPrice, undefined> = await stored.next();
    if (row === undefined) return { rows, wrong: wrong + count - rows, wrongSmall, sumInDoubles };
    rows++;
    sumInDoubles += row.price;
    if (row.id === id && toMinor(row.price) === minor && row.price === Number(decimalOf(minor))) continue;
    wrong++;
    if (id <= SMALL) wrongSmall++;
  }
  if ((await stored.next()).done !== true) wrong++;
  return { rows, wrong, wrongSmall, sumInDoubles };
}

/** The database's own sum, in its exact numbers. */
const EXACT_SUM: Readonly<Record<TestDatabase['dialect'], string>> = {
  sqlite: `SELECT CAST(SUM(CAST(ROUND(total_price * 100) AS INTEGER)) AS TEXT) AS total
    FROM hntb_bytemark_order_payments`,
  mysql: `SELECT CAST(SUM(CAST(ROUND(total_price * 100) AS DECIMAL(30, 0))) AS CHAR) AS total
    FROM hntb_bytemark_order_payments`,
};

/** The double nearest to an exact sum, as JSON shows money. */
function shown(minor: bigint): number {
  return Number(decimalOf(minor));
}

/** Totals that are not the exact ones, in words. */
async function wrongTotals(
  database: TestDatabase,
  url: string,
  place: Answered,
  truth: Truth,
): Promise<string[]> {
  const [row] = await selectFrom(url, EXACT_SUM[database.dialect]);
  const verified = await farelog(place, 'verify');
  const report = await farelog(place, 'report', ...RANGE);
  const methods = await farelog(place, 'analyze', 'methods', ...RANGE);
  const told: (readonly [what: string, is: unknown, must: unknown])[] = [
    ["the database's sum", row?.total, String(truth.total)],
    ['verify', [verified.ok, verified.revenue_minor], [true, String(truth.total)]],
    ['report', report.summary.total_revenue, shown(truth.total)],
    ...[...truth.byType].map(([type, minor]) => {
      const method = methods.rows.find((one: { payment_type: string }) => one.payment_type === type);
      return [type, method?.total_revenue, shown(minor)] as const;
    }),
  ];
  return told
    .filter(([, is, must]) => JSON.stringify(is) !== JSON.stringify(must))
    .map(([what, is, must]) => `${what}: ${JSON.stringify(is)}, not ${JSON.stringify(must)}`);
}

const roundedMinor = (price: number): number => Math.round(price * 100);
const truncatedMinor = (price: number): number => Math.trunc(price * 100);

onEachDatabase((database) => {
  test('prices from text to the table and back, and their sums past 2⁵³: not one cent', async () => {
    const url = await database.freshUrl();
    const place = await imported(url, PRICES);
    const truth = truthOf(PRICES);
    const { rows, wrong } = await readBack(url, PRICES, roundedMinor);
    const totals = await wrongTotals(database, url, place, truth);
    tell({
      fault: 20,
      database: database.name,
      times: PRICES,
      deliveries: PRICES,
      acknowledged: rows,
      lost: PRICES - rows,
      doubled: 0,
      wrong: wrong + totals.length,
      recoveryMs: null,
      note: `sum ${decimalOf(truth.total)}`,
    });
    expect([rows, wrong]).toEqual([PRICES, 0]);
    expect(totals).toEqual([]);
    expect(truth.total > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  test('control: prices that are truncated, and sums in doubles, are found out', BY_CHANCE, async () => {
    const url = await database.freshUrl();
    const count = SMALL + 10_000;
    await imported(url, count);
    const { total } = truthOf(count);
    const { wrong, wrongSmall, sumInDoubles } = await readBack(url, count, truncatedMinor);
    const truncation = { fault: 20, database: database.name, control: 'trunc(price * 100)' };
    tellControl({ ...truncation, caught: wrong > 0 });
    const [row] = await selectFrom(url, 'SELECT SUM(total_price) AS sum FROM hntb_bytemark_order_payments');
    const sums = [sumInDoubles, Number(row?.sum)].map((sum) => BigInt(Math.round(sum * 100)));
    const caught = sums.every((sum) => sum !== total);
    tellControl({ fault: 20, database: database.name, control: 'sums in doubles', caught });
    expect(wrongSmall).toBe(1_145);
    expect(caught).toBe(true);
  });
});
