/**
 * Which structure gives unique riders and riders by spend over any range of days, exactly: `npx tsx bench/structures.ts`
 * after a build (`--quick` for a million payments). Its answers are compared with each other. Days are UTC days and the
 * ranges whole ones, as the structures differ in the middle of a range and not at its ends.
 */
import knexFactory, { type Knex } from 'knex';
import { printTable } from '../dist/cli/command.js';
import { filledWorld, largeMariadb, load } from './fill.js';
import { NOW_S, RIDERS, START_S, worldOf } from './world.js';

const PAYMENTS = process.argv.includes('--quick') ? 1_000_000 : 10_000_000;
const DAY_S = 86_400;
const FIRST_DAY = Math.floor(START_S / DAY_S);
const LAST_DAY = Math.floor(NOW_S / DAY_S);
const TOP = 100;

/** What each rider paid within a stretch of time, by number. */
class Sums {
  readonly payments = new Uint32Array(RIDERS);
  readonly spent = new Float64Array(RIDERS);

  add(rider: number, payments: number, spent: number): void {
    this.payments[rider] = (this.payments[rider] ?? 0) + payments;
    this.spent[rider] = (this.spent[rider] ?? 0) + spent;
  }

  *rows(): Generator<readonly [rider: number, payments: number, spent: number]> {
    for (const [rider, payments] of this.payments.entries())
      if (payments > 0) yield [rider, payments, this.spent[rider] ?? 0];
  }

  answer(): Answer {
    let riders = 0;
    let best: number[] = [];
    let least = 0;
    for (const spent of this.spent) {
      if (spent > 0) riders++;
      if (spent <= least) continue;
      best.push(spent);
      if (best.length < 10 * TOP) continue;
      best = best.sort((a, b) => b - a).slice(0, TOP);
      least = best[TOP - 1] ?? 0;
    }
    return { riders, top: best.sort((a, b) => b - a).slice(0, TOP) };
  }
}

interface Answer {
  readonly riders?: number;
  /** Of the riders who spent most, in minor units. */
  readonly top?: readonly number[];
}

const monthOf = (day: number): number => {
  const date = new Date(day * DAY_S * 1000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};
const firstDayOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12) / 1000 / DAY_S;

/** Every day with its sums, once nothing more arrives for it. */
function* daysOf(): Generator<readonly [day: number, sums: Sums]> {
  const open = new Map<number, Sums>();
  for (const { rider, price_minor, logged_s, received_ms } of worldOf(PAYMENTS)) {
    const day = Math.floor(logged_s / DAY_S);
    const sums = open.get(day);
    if (sums === undefined) {
      for (const [earlier, whole] of open) {
        if (earlier > received_ms / 1000 / DAY_S - 3) continue;
        open.delete(earlier);
        yield [earlier, whole];
      }
      open.set(day, new Sums());
    }
    open.get(day)?.add(rider, 1, price_minor);
  }
  yield* open;
}

/** Rider numbers as the distance from the one before, payments and spent: each a number of as many 7 bits as it needs. */
function encode(sums: Sums): Buffer {
  const bytes: number[] = [];
  const put = (value: number): void => {
    let left = value;
    for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
    bytes.push(left);
  };
  let before = 0;
  for (const [rider, payments, spent] of sums.rows()) {
    put(rider - before);
    put(payments);
    put(spent);
    before = rider;
  }
  return Buffer.from(bytes);
}

function addEncoded(bytes: Buffer, { payments, spent }: Sums): void {
  let at = 0;
  const take = (): number => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  let rider = 0;
  while (at < bytes.length) {
    rider += take();
    payments[rider] = (payments[rider] ?? 0) + take();
    spent[rider] = (spent[rider] ?? 0) + take();
  }
}

function bitsOf(sums: Sums): Buffer {
  const bits = Buffer.alloc(RIDERS / 8);
  for (const [rider] of sums.rows()) bits[rider >> 3] = (bits[rider >> 3] ?? 0) | (1 << (rider & 7));
  return bits;
}

function countBits(bits: Uint32Array): number {
  let count = 0;
  for (let word of bits) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

async function make(knex: Knex, url: string): Promise<void> {
  await knex.raw(
    'CREATE TABLE rider_days (day INT, rider_no INT, payments INT, spent BIGINT, PRIMARY KEY (day, rider_no))',
  );
  await knex.raw(
    'CREATE TABLE stretches (kind CHAR(1), first INT, sums LONGBLOB, bits BLOB, PRIMARY KEY (kind, first))',
  );
  function* rows() {
    for (const [day, sums] of daysOf()) for (const row of sums.rows()) yield [day, ...row];
  }
  await load(url, 'rider_days', 'day, rider_no, payments, spent', rows(), (row) => `${row.join('\t')}\n`);
  const months = new Map<number, Sums>();
  const keep = async (kind: string, first: number, sums: Sums): Promise<void> => {
    await knex('stretches').insert({ kind, first, sums: encode(sums), bits: bitsOf(sums) });
  };
  for (const [day, sums] of daysOf()) {
    await keep('d', day, sums);
    const month = months.get(monthOf(day)) ?? new Sums();
    months.set(monthOf(day), month);
    for (const row of sums.rows()) month.add(...row);
  }
  for (const [month, sums] of months) await keep('m', month, sums);
}

/** Whole months of the range and the days at its ends, or nothing but days. */
async function stretches(
  knex: Knex,
  column: 'sums' | 'bits',
  from: number,
  byMonth: boolean,
): Promise<Buffer[]> {
  const firstMonth = firstDayOf(monthOf(from)) === from ? monthOf(from) : monthOf(from) + 1;
  const endMonth = byMonth ? Math.max(firstMonth, monthOf(LAST_DAY)) : firstMonth;
  const days = (start: number, end: number) => (query: Knex.QueryBuilder) =>
    query.where('kind', 'd').where('first', '>=', start).where('first', '<', end);
  const rows: Record<string, Buffer>[] = await knex('stretches')
    .select(column)
    .where((query) => query.where('kind', 'm').where('first', '>=', firstMonth).where('first', '<', endMonth))
    .orWhere(days(from, firstDayOf(firstMonth)))
    .orWhere(days(firstDayOf(endMonth), LAST_DAY + 1));
  return rows.flatMap((row) => row[column] ?? []);
}

const sinceText = (from: number): string => new Date(from * DAY_S * 1000).toISOString().slice(0, 10);

/** Every way to the answer from that day on; the world is in `farelog`. */
const WAYS: Readonly<Record<string, (knex: Knex, farelog: string, from: number) => Promise<Answer>>> = {
  'COUNT(DISTINCT user_id) of the payments': async (knex, farelog, from) => {
    const [[row]] = await knex.raw(
      `SELECT COUNT(DISTINCT user_id) AS riders FROM ${farelog}.hntb_bytemark_order_payments WHERE logged_on >= ?`,
      [sinceText(from)],
    );
    return { riders: Number(row.riders) };
  },
  'day × rider: COUNT(DISTINCT rider_no)': async (knex, _, from) => {
    const row = await knex('rider_days')
      .where('day', '>=', from)
      .countDistinct({ riders: 'rider_no' })
      .first();
    return { riders: Number(row?.riders) };
  },
  'day × rider: the 100 who spent most': async (knex, _, from) => {
    const rows: { spent?: string }[] = await knex('rider_days')
      .select('rider_no')
      .sum({ spent: 'spent' })
      .where('day', '>=', from)
      .groupBy('rider_no')
      .orderBy('spent', 'desc')
      .limit(TOP);
    return { top: rows.map(({ spent }) => Number(spent)) };
  },
  'blobs of sums by day: both answers': async (knex, _, from) => sumsSince(knex, from, false),
  'blobs of sums by month and day: both answers': async (knex, _, from) => sumsSince(knex, from, true),
  '  of which reading': async (knex, _, from) => {
    await stretches(knex, 'sums', from, true);
    return {};
  },
  'bitmaps by day': async (knex, _, from) => bitsSince(knex, from, false),
  'bitmaps by month and day': async (knex, _, from) => bitsSince(knex, from, true),
};

async function sumsSince(knex: Knex, from: number, byMonth: boolean): Promise<Answer> {
  const sums = new Sums();
  for (const bytes of await stretches(knex, 'sums', from, byMonth)) addEncoded(bytes, sums);
  return sums.answer();
}

async function bitsSince(knex: Knex, from: number, byMonth: boolean): Promise<Answer> {
  const all = new Uint32Array(RIDERS / 32);
  for (const bytes of await stretches(knex, 'bits', from, byMonth)) {
    const words = new Uint32Array(new Uint8Array(bytes).buffer);
    for (let index = 0; index < all.length; index++) all[index] = (all[index] ?? 0) | (words[index] ?? 0);
  }
  return { riders: countBits(all) };
}

/** What two structures both tell. */
function isSame(one: unknown, other: unknown): boolean {
  return one === undefined || other === undefined || String(one) === String(other);
}

/** The median of as many runs as begin within 20 s, of 9 at most. */
async function measure(work: () => Promise<Answer>): Promise<[Answer, number]> {
  const times: number[] = [];
  let answer = await work();
  const started = performance.now();
  while (times.length < 9 && (times.length === 0 || performance.now() - started < 20_000)) {
    const before = performance.now();
    answer = await work();
    times.push(performance.now() - before);
  }
  return [answer, times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN];
}

const mariadb = await largeMariadb();
if (mariadb === undefined) throw new Error('MariaDB is not installed');
try {
  const { farelogUrl } = await filledWorld(mariadb, PAYMENTS);
  const url = new URL(farelogUrl);
  const farelog = url.pathname.slice(1);
  url.pathname = '/structures';
  const admin = knexFactory({ client: 'mysql2', connection: mariadb.adminUrl });
  await admin.raw('DROP DATABASE IF EXISTS structures');
  await admin.raw('CREATE DATABASE structures CHARACTER SET utf8mb4');
  await admin.destroy();
  const knex = knexFactory({ client: 'mysql2', connection: url.href });
  await make(knex, url.href);
  const ranges = [30, 90, 548].map((days) => [days, Math.max(FIRST_DAY, LAST_DAY + 1 - days)] as const);
  const table: string[][] = [];
  const known = new Map<number, Answer>();
  for (const [name, way] of Object.entries(WAYS)) {
    const cells: string[] = [];
    for (const [days, from] of ranges) {
      const [answer, ms] = await measure(() => way(knex, farelog, from));
      const before = known.get(days);
      if (!isSame(answer.riders, before?.riders) || !isSame(answer.top, before?.top))
        throw new Error(`${name} over ${days} days: ${answer.riders} riders, and before ${before?.riders}`);
      known.set(days, { ...before, ...answer });
      cells.push(ms.toFixed(1));
    }
    table.push([name, ...cells]);
  }
  console.log(
    `\nUnique riders and riders by spend, of ${PAYMENTS.toLocaleString('en-US')} payments, median ms:`,
  );
  printTable(['structure', ...ranges.map(([days]) => `${days} days`)], table);
  const [[bytes]] = await knex.raw(
    "SELECT SUM(IF(kind = 'd', LENGTH(sums), 0)) AS days, SUM(IF(kind = 'm', LENGTH(sums), 0)) AS months, SUM(LENGTH(bits)) AS bits FROM stretches",
  );
  const [sizes] = await knex.raw(
    "SELECT table_name AS name, table_rows AS count, data_length AS bytes FROM information_schema.tables WHERE table_schema = 'structures'",
  );
  console.log('Bytes of the blobs:', bytes, sizes.map(Object.values));
  await knex.destroy();
} finally {
  await mariadb.stop();
}
