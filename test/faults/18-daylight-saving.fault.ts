/**
 * One payment a minute around both changes of the clock, in four reporting zones, on servers that stand in zones of
 * their own: the service by its TZ, MariaDB by a default zone and time-zone tables that are empty. Every hour, day,
 * week and month must hold what the runtime's own calendar says, and the answers must be the same bytes on every server
 * and database. The controls let the database say what a day is, as the source does.
 */
import { expect, test } from 'vitest';
import type { TestDatabase } from '../support/databases.js';
import { calendarOf, DAY, FIELD, PERIODS, secondOf } from '../support/local-calendar.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { csvOf, rowsOf } from './asking.js';
import { type Delivery, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { recordInBulk } from './load.js';
import { BY_CHANCE, LONG } from './matrix.js';
import { onEachDatabase, startService } from './places.js';
import { selectFrom } from './raw-statements.js';

interface Change {
  /** The local date on which clocks change in the zone; any date where they never do. */
  readonly date: string;
  readonly payments: number;
}

/** The matrix's own figures, by the reporting zone. Lord Howe's clocks change by half an hour. */
const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  UTC: [{ date: '2025-11-02', payments: 1_440 }],
  'America/Chicago': [
    { date: '2025-03-09', payments: 1_380 },
    { date: '2025-11-02', payments: 1_500 },
  ],
  'Australia/Lord_Howe': [
    { date: '2025-10-05', payments: 1_410 },
    { date: '2025-04-06', payments: 1_470 },
  ],
  'Asia/Kathmandu': [{ date: '2025-11-02', payments: 1_440 }],
};

/** Zones of the service's process. */
const SERVER_ZONES = ['UTC', 'Asia/Tokyo', 'America/New_York', 'Pacific/Apia', 'America/St_Johns'];

/** In the short form each reporting zone meets one of them on each database, and not the same one. */
function serverZonesFor(zone: string, { dialect }: TestDatabase): readonly string[] {
  const at = Object.keys(CHANGES).indexOf(zone) + (dialect === 'mysql' ? 1 : 0);
  return LONG ? SERVER_ZONES : SERVER_ZONES.slice(at, at + 1);
}

/** Four days around each change, a payment in every minute, at any second of it. */
function aPaymentAMinute(changes: readonly Change[]): Delivery[] {
  return changes.flatMap(({ date }, index) => {
    const first = secondOf(`${date}T12:00:00Z`) - 2 * DAY;
    return Array.from({ length: 4 * 1_440 }, (_, minute) =>
      deliveryOf(index * 10_000 + minute + 1, { loggedMs: (first + minute * 60 + (minute % 60)) * 1000 }),
    );
  });
}

/** The day of a change and its neighbours, as dates. */
function rangeAround({ date }: Change): { readonly from: string; readonly to: string } {
  const day = (by: number): string =>
    new Date(Date.parse(`${date}T00:00:00Z`) + by * DAY * 1000).toISOString().slice(0, 10);
  return { from: day(-1), to: day(2) };
}

async function answersOf(url: string, changes: readonly Change[]): Promise<string> {
  const answers: string[] = [];
  for (const change of changes) {
    const range = rangeAround(change);
    for (const period of PERIODS)
      answers.push(await csvOf(url, 'trends', { ...range, period, by_type: 'true' }));
    for (const figure of ['methods', 'profile', 'prices']) answers.push(await csvOf(url, figure, range));
  }
  return answers.join('\n');
}

/** Payments and minor units by bucket. */
type Buckets = ReadonlyMap<string, string>;

function bucketsOf(entries: Iterable<readonly [key: string, payments: number, minor: number]>): Buckets {
  const sums = new Map<string, [number, number]>();
  for (const [key, payments, minor] of entries) {
    const [before, minorBefore] = sums.get(key) ?? [0, 0];
    sums.set(key, [before + payments, minorBefore + minor]);
  }
  return new Map([...sums].map(([key, [payments, minor]]) => [key, `${payments} of ${minor}`]));
}

function differing(one: Buckets, other: Buckets): string[] {
  const keys = new Set([...one.keys(), ...other.keys()]);
  return [...keys].filter((key) => one.get(key) !== other.get(key));
}

type Period = (typeof PERIODS)[number];

/** What a range must hold, by the runtime's own calendar. */
function truth(zone: string, period: Period, change: Change, deliveries: readonly Delivery[]): Buckets {
  const calendar = calendarOf(zone);
  const { from, to } = rangeAround(change);
  return bucketsOf(
    deliveries.flatMap(({ payment }) => {
      if (payment === null) return [];
      const second = secondOf(`${payment.logged_on.replace(' ', 'T')}Z`);
      const date = calendar.dateOf(second);
      if (date < from || date >= to) return [];
      return [[calendar.isoOf(calendar.startOf(period, second)), 1, payment.minor] as const];
    }),
  );
}

/** What the service tells, in buckets that are named by the instant at which they begin. */
async function told(url: string, period: Period, change: Change): Promise<Buckets> {
  const rows = rowsOf(await csvOf(url, 'trends', { ...rangeAround(change), period, fill: 'false' }));
  for (const row of rows)
    if (row[FIELD[period]] === undefined) throw new Error(`a ${period} row has no name`);
  return bucketsOf(
    rows.map((row) => [row.starts_at ?? '', Number(row.transactions), Math.round(Number(row.revenue) * 100)]),
  );
}

interface Tried {
  readonly verdict: Verdict;
  readonly answers: string;
  readonly wrongBuckets: readonly string[];
  readonly payments: readonly number[];
}

/** One service in a zone of its own, with the payments of a reporting zone. */
async function tryIn(databaseUrl: string, zone: string, serverZone: string): Promise<Tried> {
  const changes = CHANGES[zone] ?? [];
  const deliveries = aPaymentAMinute(changes);
  const service = await startService(databaseUrl, {
    settings: { FARELOG_REPORT_TIMEZONE: zone, TZ: serverZone },
  });
  const log = new AcknowledgementLog();
  await recordInBulk(service.url, log, deliveries);
  const wrongBuckets: string[] = [];
  const payments: number[] = [];
  for (const change of changes) {
    for (const period of PERIODS) {
      const buckets = await told(service.url, period, change);
      const wrong = differing(buckets, truth(zone, period, change, deliveries));
      wrongBuckets.push(...wrong.map((key) => `${zone}, ${period} ${key}, server in ${serverZone}`));
    }
    const days = rowsOf(await csvOf(service.url, 'trends', rangeAround(change)));
    payments.push(...days.map(({ transactions }) => Number(transactions)));
  }
  const answers = await answersOf(service.url, changes);
  await service.stop();
  return { verdict: await check(log, databaseUrl, zone), answers, wrongBuckets, payments };
}

const zones = Object.keys(CHANGES);

/** The first database's answers by zone, made once in this process: those of every other must be the same bytes. */
const expectedAnswers = new Map<string, string>();

/** Days as the database makes them, which is what the source's queries ask for. */
const CONTROLS: Readonly<
  Record<TestDatabase['dialect'], readonly { readonly name: string; readonly sql: string }[]>
> = {
  sqlite: [{ name: 'days of the stored UTC text', sql: 'date(logged_on)' }],
  mysql: [
    { name: 'days of the stored UTC text', sql: 'CAST(DATE(logged_on) AS CHAR)' },
    {
      name: "days by the database's own zones",
      sql: "CAST(DATE(CONVERT_TZ(logged_on, 'UTC', 'America/Chicago')) AS CHAR)",
    },
  ],
};

onEachDatabase((database) => {
  test.each(zones)('a payment a minute, reported in %s: every day has its minutes', async (zone) => {
    const changes = CHANGES[zone] ?? [];
    const tried: Tried[] = [];
    for (const serverZone of serverZonesFor(zone, database))
      tried.push(await tryIn(await database.freshUrl(), zone, serverZone));
    const answers = new Set(tried.map((one) => one.answers));
    const [first = ''] = answers;
    answers.add(expectedAnswers.get(zone) ?? first);
    if (!expectedAnswers.has(zone)) expectedAnswers.set(zone, first);
    const counts = tried.map(({ verdict }) => countsOf(verdict));
    const sum = (of: (count: (typeof counts)[number]) => number): number =>
      counts.reduce((total, count) => total + of(count), 0);
    tell({
      fault: 18,
      variant: `reported in ${zone}`,
      database: database.name,
      times: tried.length * changes.length,
      deliveries: sum(({ deliveries }) => deliveries),
      acknowledged: sum(({ acknowledged }) => acknowledged),
      lost: sum(({ lost }) => lost),
      doubled: sum(({ doubled }) => doubled),
      wrong: sum(({ wrong }) => wrong) + tried.flatMap((one) => one.wrongBuckets).length + answers.size - 1,
      recoveryMs: null,
      note: `days of ${changes.map(({ payments }) => payments.toLocaleString('en')).join(' and ')} payments; server in ${serverZonesFor(zone, database).join(', ')}`,
    });
    for (const { verdict, wrongBuckets, payments } of tried) {
      expectPromise(verdict);
      expect(wrongBuckets).toEqual([]);
      expect(payments).toEqual(changes.flatMap((change) => [1_440, change.payments, 1_440]));
    }
    expect(answers.size).toBe(1);
    expect(first.length).toBeGreaterThan(5_000);
  });

  if (database.dialect === 'mysql')
    test('the server is in another zone, and its time-zone tables are empty', async () => {
      const sql = 'SELECT @@global.time_zone AS zone, (SELECT COUNT(*) FROM mysql.time_zone_name) AS named';
      expect(await selectFrom(await database.freshUrl(), sql)).toEqual([{ zone: '+03:00', named: 0 }]);
    });

  test.each(CONTROLS[database.dialect])('control: $name are found out', BY_CHANCE, async ({ name, sql }) => {
    const zone = 'America/Chicago';
    const changes = CHANGES[zone]?.slice(1) ?? [];
    const url = await database.freshUrl();
    const deliveries = aPaymentAMinute(changes);
    const service = await startService(url, { settings: { FARELOG_REPORT_TIMEZONE: zone } });
    await recordInBulk(service.url, new AcknowledgementLog(), deliveries);
    await service.stop();
    const rows = await selectFrom(
      url,
      `SELECT ${sql} AS day, COUNT(*) AS payments, SUM(ROUND(total_price * 100)) AS minor
        FROM hntb_bytemark_order_payments GROUP BY ${sql} ORDER BY day`,
    );
    const calendar = calendarOf(zone);
    const wrong = changes.flatMap((change) => {
      const { from, to } = rangeAround(change);
      const theirs = bucketsOf(
        rows
          .filter(({ day }) => day === null || (String(day) >= from && String(day) < to))
          .map(({ day, payments, minor }) => [
            day === null ? 'no day' : calendar.isoOf(calendar.startOfDate(String(day))),
            Number(payments),
            Number(minor),
          ]),
      );
      return differing(theirs, truth(zone, 'daily', change, deliveries));
    });
    const caught = wrong.length > 0;
    tellControl({ fault: 18, database: database.name, control: name, caught });
    expect(caught).toBe(true);
    // What the source would have told: no day of daylight saving at all, or no days.
    const counted = rows.map(({ payments }) => Number(payments));
    if (sql.includes('CONVERT_TZ')) expect(rows.map(({ day }) => day)).toEqual([null]);
    else expect(counted.filter((payments) => payments > 720)).toEqual([1_440, 1_440, 1_440]);
  });
});
