/**
 * Every answer of Farelog's against the source's own query on the same rows and the same server: how long each takes,
 * how it grows with the rows, and whether they say the same. The source runs twice, on its own table, which has no
 * secondary index, and on Farelog's, which has three.
 */
import type { Knex } from 'knex';
import type { FigureRequest } from '../dist/analytics/figures.js';
import type { App } from '../dist/app.js';
import { printTable } from '../dist/cli/command.js';
import { toIso, toSqlText } from '../dist/domain/time.js';
import type { Mariadb } from '../test/support/mariadb.js';
import { expectSame } from './agree.js';
import { type Filled, filledWorld, openBenchApp } from './fill.js';
import { openSourceKnex, type SourceQueries, sourceQueries } from './source.js';
import { NOW_S, userOf } from './world.js';

/** An answer under test. `source` is the same question to the source's code, where it can be asked. */
interface Entry {
  readonly name: string;
  /** By default `dashboard`. */
  readonly kind?: Kind;
  readonly ours: (app: App) => Promise<unknown>;
  readonly source?: (source: SourceQueries) => Promise<unknown>;
  /** Where Farelog means something else than the source; throws where it is wrong. `knex` is on Farelog's tables. */
  readonly agree?: (ours: unknown, theirs: unknown, knex: Knex) => void | Promise<void>;
}

type Kind = 'dashboard' | 'report';

/** What an answer must meet; how many times the source it must be, how many milliseconds it may take. */
const LIMITS: Readonly<Record<Kind, { readonly times: number; readonly ms: number }>> = {
  dashboard: { times: 100, ms: 20 },
  report: { times: 1, ms: 300 },
};
/** From the smaller world to the larger, which has ten times the payments. */
const MOST_GROWTH = 1.5;

const PERIODS = ['hourly', 'daily', 'weekly', 'monthly'] as const;

const DAY_S = 86_400;
const RANGES = { '30 days': 30, '90 days': 90, '18 months': 548 } as const;

/** The range of the source's report: both ends count. */
function reportDays(days: number): { ours: FigureRequest; theirs: [string, string] } {
  const { from, to } = { from: NOW_S - days * DAY_S, to: NOW_S };
  return { ours: { from: toIso(from), to: toIso(to + 1) }, theirs: [toSqlText(from), toSqlText(to)] };
}

/** A rider of the world who pays about as often as most. */
const SOME_RIDER = 4_321;

const ENTRIES: readonly Entry[] = [
  ...([30, 548] as const).map((days) => ({
    name: `methods, ${days === 30 ? '30 days' : '18 months'}, with the period before`,
    ours: (app: App) => app.figures.methods({ days }),
    source: (source: SourceQueries) => source.analyzePaymentMethods(days),
  })),
  ...PERIODS.flatMap((period) =>
    [90, 548].map((days) => ({
      name: `trends ${period}, ${days === 90 ? '90 days' : '18 months'}`,
      ours: (app: App) => app.figures.trends(period, { days }),
      source: (source: SourceQueries) => source.analyzeRevenueTrends(period, days),
    })),
  ),
  {
    name: 'trends daily by type against a year before, 90 days',
    ours: (app) => app.figures.trends('daily', { days: 90, byType: true, compare: 'year' }),
  },
  {
    name: "one rider's spending",
    ours: (app) => app.figures.spending(userOf(SOME_RIDER)),
    source: (source) => source.analyzeUserSpending(userOf(SOME_RIDER)),
  },
  {
    name: 'performance, 30 days',
    ours: (app) => app.figures.performance({ days: 30 }),
    source: (source) => source.analyzePaymentPerformance(),
    agree: agreeOnLags,
  },
  ...([90, 548] as const).map((days) => ({
    name: `weekday × hour, ${days === 90 ? '90 days' : '18 months'}`,
    ours: (app: App) => app.figures.profile({ days }),
    agree:
      agreeWith(`SELECT DAYOFWEEK(logged_on) - 1 AS weekday, HOUR(logged_on) AS hour, COUNT(*) AS transactions,
      SUM(total_price) AS revenue ${paidWithin(days)} GROUP BY weekday, hour ORDER BY weekday, hour`),
  })),
  ...([30, 548] as const).map((days) => ({
    name: `prices, ${days === 30 ? '30 days' : '18 months'}`,
    ours: async (app: App) => (await app.figures.prices({ days })).rows.filter(isOfType),
    agree: agreeWith(`SELECT payment_type, COUNT(*) AS transactions, AVG(total_price) AS avg_price,
      COUNT(DISTINCT total_price) AS distinct_prices ${paidWithin(days)} GROUP BY payment_type ORDER BY payment_type`),
  })),
  ...Object.entries(RANGES).flatMap(([name, days]) => [
    {
      name: `riders by spend, ${name}`,
      ours: (app: App) => app.figures.topRiders({ days, limit: 100 }),
      agree:
        agreeWith(`SELECT user_id, COUNT(*) AS transaction_count, SUM(ROUND(total_price * 100)) / 100 AS total_spent
        ${paidWithin(days)} GROUP BY user_id ORDER BY total_spent DESC, user_id LIMIT 100`),
    },
    {
      name: `spending distribution, ${name}`,
      ours: async (app: App) => [await app.figures.spendingDistribution({ days })],
      agree: agreeWith(
        `SELECT COUNT(DISTINCT user_id) AS riders, SUM(total_price) AS total_spent ${paidWithin(days)}`,
      ),
    },
  ]),
  {
    name: 'new and returning riders daily, 90 days',
    ours: (app) => app.figures.riderActivity('daily', { days: 90 }),
  },
  {
    name: 'new and returning riders monthly, 18 months',
    ours: (app) => app.figures.riderActivity('monthly', { days: 548 }),
    agree: agreeWith(`SELECT DATE_FORMAT(logged_on, '%Y-%m') AS month, COUNT(DISTINCT user_id) AS riders
      ${paidWithin(548)} GROUP BY month ORDER BY month`),
  },
  ...Object.entries(RANGES).map(([name, days]) => ({
    name: `report, ${name}`,
    kind: 'report' as const,
    ours: (app: App) => app.figures.report(reportDays(days).ours),
    source: (source: SourceQueries) => source.generatePaymentReport({ dateRange: reportDays(days).theirs }),
  })),
];

/** The payments of the last days, as the source would ask for them. */
function paidWithin(days: number): string {
  return `FROM hntb_bytemark_order_payments WHERE logged_on >= DATE_SUB(NOW(), INTERVAL ${days} DAY)`;
}

const isOfType = (row: { readonly payment_type: string | null }): boolean => row.payment_type !== null;

/** A figure that the source does not have, held against plain SQL over the payments. */
function agreeWith(sql: string): NonNullable<Entry['agree']> {
  return async (ours, _theirs, knex) => {
    const [rows] = await knex.raw(sql);
    expectSame(ours, rows);
  };
}

/** The source counts imports too and turns the sign; so the payments themselves are asked, of live sources alone. */
async function agreeOnLags(ours: unknown, _theirs: unknown, knex: Knex): Promise<void> {
  const [processingTimes] = await knex.raw(
    `SELECT payment_type, AVG(TIMESTAMPDIFF(SECOND, logged_on, created_on)) AS avg_processing_seconds,
       MAX(TIMESTAMPDIFF(SECOND, logged_on, created_on)) AS max_processing_seconds, COUNT(*) AS sample_size
     FROM hntb_bytemark_order_payments JOIN farelog_captures USING (payment_id)
     WHERE source IN ('webhook', 'api') AND logged_on >= DATE_SUB(NOW(), INTERVAL 30 DAY)
     GROUP BY payment_type ORDER BY avg_processing_seconds, payment_type`,
  );
  expectSame(ours, { processingTimes });
}

const WARM_UPS = 3;
/** At least so many runs of ours; what is fast is run for half a second. */
const RUNS = 15;
const MOST_RUNS = 201;
const WITHIN_MS = 500;
const COLD_RUNS = 5;
/** The source's queries take their time: as many runs as begin within this, and no more than so many. */
const SOURCE_RUNS = 3;
const SOURCE_WITHIN_MS = 60_000;

interface World {
  readonly url: string;
  readonly app: App;
  /** The source's queries on their own table, and on Farelog's. */
  readonly own: Knex;
  readonly indexed: Knex;
}

interface Timed {
  readonly answer: unknown;
  readonly medianMs: number;
  readonly maxMs: number;
}

interface Measured {
  readonly entry: Entry;
  readonly ours: Timed;
  readonly coldMs: number;
  /** Undefined where the source cannot be asked. */
  readonly sourceMs: number | undefined;
  readonly indexedMs: number | undefined;
  /** In the world with a tenth of the payments. */
  readonly smallerMs: number;
  readonly growth: number;
  /** What it fails to meet; empty where it meets all. */
  readonly misses: readonly string[];
  /** Whether the source says the same wherever it was asked. */
  readonly right: boolean;
}

async function openWorld({ farelogUrl, sourceUrl }: Filled): Promise<World> {
  return {
    url: farelogUrl,
    app: await openBenchApp(farelogUrl),
    own: await openSourceKnex(sourceUrl, NOW_S),
    indexed: await openSourceKnex(farelogUrl, NOW_S),
  };
}

async function closeWorld({ app, own, indexed }: World): Promise<void> {
  await app.close();
  await own.destroy();
  await indexed.destroy();
}

/** Runs it at least `least` times, more while the time is not over, and never more than `most` times. */
async function timeRuns(
  work: () => Promise<unknown>,
  { least, most, withinMs }: { least: number; most: number; withinMs: number },
): Promise<Timed> {
  const times: number[] = [];
  const started = performance.now();
  let answer: unknown;
  while (times.length < least || (times.length < most && performance.now() - started < withinMs)) {
    const before = performance.now();
    answer = await work();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return {
    answer,
    medianMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
    maxMs: times.at(-1) ?? Number.NaN,
  };
}

async function timeOurs({ ours }: Entry, { app }: World): Promise<Timed> {
  for (let run = 0; run < WARM_UPS; run++) await ours(app);
  return timeRuns(() => ours(app), { least: RUNS, most: MOST_RUNS, withinMs: WITHIN_MS });
}

/** The first answer of a newly opened Farelog; opening is not part of it. */
async function timeCold({ ours }: Entry, { url }: World): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < COLD_RUNS; run++) {
    const app = await openBenchApp(url);
    times.push((await timeRuns(() => ours(app), { least: 1, most: 1, withinMs: 0 })).medianMs);
    await app.close();
  }
  return times.sort((a, b) => a - b)[Math.floor(COLD_RUNS / 2)] ?? Number.NaN;
}

function timeSource({ source }: Entry, knex: Knex, most = SOURCE_RUNS): Promise<Timed> | undefined {
  if (source === undefined) return undefined;
  const queries = sourceQueries(knex);
  return timeRuns(() => source(queries), { least: 1, most, withinMs: SOURCE_WITHIN_MS });
}

const sameAsSource = (ours: unknown, theirs: unknown): void => expectSame(ours, theirs);

/** Whether Farelog says what the source, or plain SQL, says; tells where it does not. */
async function isRight(
  { name, agree = sameAsSource }: Entry,
  { indexed }: World,
  ours: Timed,
  theirs: Timed | undefined,
): Promise<boolean> {
  if (theirs === undefined && agree === sameAsSource) return true;
  try {
    await agree(ours.answer, theirs?.answer, indexed);
    return true;
  } catch (error) {
    console.log(`  ${name} is WRONG: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** Both worlds at once, so that what else the machine does then does not look like growth. */
async function measureEntry(entry: Entry, smaller: World, world: World): Promise<Measured> {
  const inSmaller = await timeOurs(entry, smaller);
  const ours = await timeOurs(entry, world);
  const coldMs = await timeCold(entry, world);
  const theirs = await timeSource(entry, world.own);
  const indexed = await timeSource(entry, world.indexed);
  const theirsInSmaller = await timeSource(entry, smaller.own, 1);
  const checks = [
    await isRight(entry, world, ours, theirs),
    await isRight(entry, world, ours, indexed),
    await isRight(entry, smaller, inSmaller, theirsInSmaller),
  ];
  const right = checks.every((check) => check);
  const growth = ours.medianMs / inSmaller.medianMs;
  const limit = LIMITS[entry.kind ?? 'dashboard'];
  const times = theirs === undefined ? Number.POSITIVE_INFINITY : theirs.medianMs / ours.medianMs;
  const misses = [
    right ? '' : 'WRONG',
    times < limit.times ? `under ${limit.times} ×` : '',
    ours.medianMs >= limit.ms ? `over ${limit.ms} ms` : '',
    growth > MOST_GROWTH ? 'grows' : '',
  ].filter((text) => text !== '');
  return {
    entry,
    ours,
    coldMs,
    sourceMs: theirs?.medianMs,
    indexedMs: indexed?.medianMs,
    smallerMs: inSmaller.medianMs,
    growth,
    misses,
    right,
  };
}

const count = (payments: number): string => payments.toLocaleString('en-US');
const ms = (value: number | undefined): string =>
  value === undefined
    ? ''
    : value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
const times = (value: number | undefined, by: number): string =>
  value === undefined ? '' : Math.round(value / by).toLocaleString('en-US');

/** Measures every answer in a world and in one of a tenth of its payments. */
export async function measureFigures(
  mariadb: Mariadb,
  payments: number,
  rebuild: boolean,
): Promise<{ right: boolean; meetsLimits: boolean }> {
  const smaller = await openWorld(await filledWorld(mariadb, payments / 10, rebuild));
  const world = await openWorld(await filledWorld(mariadb, payments, rebuild));
  const all: Measured[] = [];
  for (const entry of ENTRIES) all.push(await measureEntry(entry, smaller, world));
  await closeWorld(smaller);
  await closeWorld(world);
  console.log(
    `\nAnswers from ${count(payments)} payments in ms, median of ${RUNS} runs or more (cold: the first of a newly opened\n` +
      `Farelog, median of ${COLD_RUNS}); the source's SQL on its own table and on Farelog's, and how many times ours it takes;\n` +
      `ours from ${count(payments / 10)} payments, and how many times that it takes from ${count(payments)}.\n` +
      'The limits are those for 10,000,000 payments:',
  );
  printTable(
    [
      'answer',
      'ours',
      'max',
      'cold',
      'source',
      '×',
      'our indexes',
      '×',
      'a tenth',
      'growth',
      'meets its limits',
    ],
    all.map(({ entry, ours, coldMs, sourceMs, indexedMs, smallerMs, growth, misses }) => [
      entry.name,
      ms(ours.medianMs),
      ms(ours.maxMs),
      ms(coldMs),
      ms(sourceMs),
      times(sourceMs, ours.medianMs),
      ms(indexedMs),
      times(indexedMs, ours.medianMs),
      ms(smallerMs),
      growth.toFixed(2),
      misses.length === 0 ? 'yes' : misses.join(', '),
    ]),
  );
  return {
    right: all.every(({ right }) => right),
    meetsLimits: all.every(({ misses }) => misses.length === 0),
  };
}
