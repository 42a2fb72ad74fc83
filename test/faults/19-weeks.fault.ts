/**
 * The week of every date from 2015 to 2035, by the code, by the weekly trends of a service that stands in 2036, and by
 * the database's own calendar: MariaDB's YEARWEEK in its default mode, SQLite's %U. Each date has a payment in its first
 * second or in its last. The control takes ISO weeks, with which most dates seem right too.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bucketLabel, bucketStart } from '../../src/domain/bucket.js';
import type { TestDatabase } from '../support/databases.js';
import { calendarOf, DAY } from '../support/local-calendar.js';
import { zoneOf } from '../support/zones.js';
import { AcknowledgementLog, check, countsOf, expectPromise } from './acknowledgements.js';
import { csvOf, rowsOf } from './asking.js';
import { deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { recordInBulk } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';
import { selectFrom } from './raw-statements.js';

const ZONE = 'America/Chicago';
const FIRST_MS = Date.UTC(2015, 0, 1);
const DATES = Array.from({ length: (Date.UTC(2036, 0, 1) - FIRST_MS) / (DAY * 1000) }, (_, index) =>
  new Date(FIRST_MS + index * DAY * 1000).toISOString().slice(0, 10),
);
/** Payments of a date. */
const EDGES = times(1, 2);
const CLOCK_AHEAD = fileURLToPath(new URL('injections/clock-ahead.mjs', import.meta.url));

/** A row a date, ten thousand of them from the first on. */
const DIGITS = `(SELECT 0 AS n ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `UNION ALL SELECT ${n}`).join(' ')})`;
const NUMBERS = `SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n
  FROM ${DIGITS} a CROSS JOIN ${DIGITS} b CROSS JOIN ${DIGITS} c CROSS JOIN ${DIGITS} d`;

/** What the databases' own calendars say: the week as the source's query names it, and the ISO week. */
const CALENDARS: Readonly<Record<TestDatabase['dialect'], string>> = {
  mysql: `SELECT CAST(day AS CHAR) AS day, YEARWEEK(day) AS week, YEARWEEK(day, 3) AS iso
    FROM (SELECT DATE '2015-01-01' + INTERVAL n DAY AS day FROM (${NUMBERS}) numbers) days`,
  sqlite: `SELECT day, strftime('%Y', sunday) * 100 + strftime('%U', sunday) AS week,
      strftime('%G', day) * 100 + strftime('%V', day) AS iso
    FROM (SELECT day, date(day, '-6 days', 'weekday 0') AS sunday
      FROM (SELECT date('2015-01-01', '+' || n || ' days') AS day FROM (${NUMBERS})))`,
};

type Weeks = ReadonlyMap<string, number>;

async function weeksOf(database: TestDatabase, url: string, which: 'week' | 'iso'): Promise<Weeks> {
  const rows = await selectFrom(url, CALENDARS[database.dialect]);
  const byDate = new Map(rows.map((row) => [String(row.day), Number(row[which])]));
  return new Map(DATES.map((date) => [date, byDate.get(date) ?? 0]));
}

function codesWeeks(): Weeks {
  const zone = zoneOf(ZONE);
  const noon = (date: string): number => calendarOf(ZONE).startOfDate(date) + DAY / 2;
  return new Map(
    DATES.map((date) => [date, Number(bucketLabel('weekly', bucketStart('weekly', noon(date), zone), zone))]),
  );
}

/** Dates whose week is another one. */
function differing(one: Weeks, other: Weeks): string[] {
  return DATES.filter((date) => one.get(date) !== other.get(date));
}

/** Payments by week. */
function paymentsByWeek(weeks: Weeks): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const week of weeks.values()) counts.set(week, (counts.get(week) ?? 0) + EDGES);
  return counts;
}

/** Payments in a date's first and last second: of short runs one of the two, in turns. */
function edgesOf(date: string, index: number) {
  const calendar = calendarOf(ZONE);
  const first = calendar.startOfDate(date);
  const edges = [first, calendar.endOf('daily', first) - 1];
  const seconds = EDGES === edges.length ? edges : [edges[index % 2] ?? first];
  return seconds.map((second, edge) => deliveryOf(index * EDGES + edge + 1, { loggedMs: second * 1000 }));
}

/** The service's weekly trends as payments by week, and the weeks that do not start on their Sunday. */
async function serviceWeeks(serviceUrl: string) {
  const range = { from: '2015-01-01', to: '2036-01-01', period: 'weekly' };
  const rows = rowsOf(await csvOf(serviceUrl, 'trends', range));
  const notOnSunday = rows.filter(
    ({ starts_at: start = '' }, index) =>
      index > 0 && new Date(`${start.slice(0, 10)}T00:00Z`).getUTCDay() !== 0,
  );
  return {
    counts: new Map(rows.map(({ week, transactions }) => [Number(week), Number(transactions)])),
    rows: rows.length,
    notOnSunday,
  };
}

/** Weeks whose payments are another number. */
function differingWeeks(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): number[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((week) => one.get(week) !== other.get(week));
}

async function recorded(databaseUrl: string, dates = DATES) {
  const log = new AcknowledgementLog();
  const aheadMs = Date.UTC(2036, 0, 2) - Date.now();
  const service = await startService(databaseUrl, {
    preload: [CLOCK_AHEAD],
    settings: { FAULT_AHEAD_MS: String(aheadMs), FARELOG_REPORT_TIMEZONE: ZONE },
  });
  await recordInBulk(service.url, log, dates.flatMap(edgesOf));
  const weeks = await serviceWeeks(service.url);
  await service.stop();
  return { log, weeks };
}

onEachDatabase((database) => {
  test('every date from 2015 to 2035: code, service and database agree on its week', async () => {
    const url = await database.freshUrl();
    const { log, weeks } = await recorded(url);
    const theirs = await weeksOf(database, url, 'week');
    const verdict = await check(log, url);
    const byCode = differing(codesWeeks(), theirs);
    const byService = differingWeeks(weeks.counts, paymentsByWeek(theirs));
    const counts = countsOf(verdict);
    tell({
      fault: 19,
      database: database.name,
      times: DATES.length,
      ...counts,
      wrong: counts.wrong + byCode.length + byService.length + weeks.notOnSunday.length,
      recoveryMs: null,
      note: `${weeks.rows.toLocaleString('en')} weeks`,
    });
    expectPromise(verdict);
    expect(byCode).toEqual([]);
    expect(byService).toEqual([]);
    expect(weeks.notOnSunday).toEqual([]);
    // 7,670 dates from a Thursday on, in 1,097 weeks, each of them a row of its own.
    expect([DATES.length, weeks.rows, weeks.counts.size]).toEqual([7_670, 1_097, 1_097]);
  });

  test('control: ISO weeks are found out', BY_CHANCE, async () => {
    const url = await database.freshUrl();
    const dates = DATES.slice(0, 731);
    const { weeks } = await recorded(url, dates);
    const iso = await weeksOf(database, url, 'iso');
    const byCode = differing(codesWeeks(), iso);
    const known = new Map(dates.map((date) => [date, iso.get(date) ?? 0]));
    const filled = [...weeks.counts].filter(([, payments]) => payments > 0);
    const byService = differingWeeks(new Map(filled), paymentsByWeek(known));
    const caught = byCode.length > 0 && byService.length > 0;
    tellControl({ fault: 19, database: database.name, control: 'ISO weeks', caught });
    expect(caught).toBe(true);
    // Every Sunday at least: there it is another week's last day.
    expect(byCode.length).toBeGreaterThan(DATES.length / 7);
  });
});
