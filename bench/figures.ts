/**
 * Every answer of Farelog's against the source's own query on the same rows and the same server: how long each takes,
 * how it grows with the rows, and whether they say the same. The source runs twice, on its own table, which has no
 * secondary index, and on Farelog's, which has three.
 */

import type { App } from '../dist/app.js';
import { printTable } from '../dist/cli/command.js';
import type { Mariadb } from '../test/support/mariadb.js';
import { expectSame } from './agree.js';
import { type Filled, filledWorld, openBenchApp } from './fill.js';
import { openSourceKnex, type SourceQueries, sourceQueries } from './source.js';
import { lastDays, NOW_S } from './world.js';

/** An answer under test. `source` is the same question to the source's code, where it can be asked. */
interface Entry {
  readonly name: string;
  /** By default `dashboard`. */
  readonly kind?: Kind;
  readonly ours: (app: App) => Promise<unknown>;
  readonly source?: (source: SourceQueries) => Promise<unknown>;
  /** Where Farelog means something else than the source; by default `expectSame`. Throws where it is wrong. */
  readonly agree?: (ours: unknown, theirs: unknown) => void;
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

const ENTRIES: readonly Entry[] = [
  {
    name: 'methods, 30 days',
    ours: (app) => app.methods({ days: 30 }),
    source: (source) => source.analyzePaymentMethods(30),
  },
  {
    name: 'methods, 18 months',
    ours: (app) => app.methods(lastDays(548)),
    source: (source) => source.analyzePaymentMethods(548),
  },
  ...PERIODS.flatMap((period) =>
    [90, 548].map((days) => ({
      name: `trends ${period}, ${days === 90 ? '90 days' : '18 months'}`,
      ours: (app: App) => app.trends(period, { days }),
      source: (source: SourceQueries) => source.analyzeRevenueTrends(period, days),
    })),
  ),
];

const WARM_UPS = 3;
const RUNS = 15;
const COLD_RUNS = 5;
/** The source's queries take their time: as many runs as begin within this, and no more than so many. */
const SOURCE_RUNS = 3;
const SOURCE_WITHIN_MS = 60_000;

interface Measured {
  readonly medianMs: number;
  readonly maxMs: number;
  readonly coldMs: number;
  /** Undefined where the source cannot be asked. */
  readonly sourceMs: number | undefined;
  readonly indexedMs: number | undefined;
  /** In which field Farelog and the source differ; undefined where they agree. */
  readonly wrong: string | undefined;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function clocked<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const result = await work();
  return [result, performance.now() - started];
}

async function measureCold(entry: Entry, url: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < COLD_RUNS; run++) {
    const app = await openBenchApp(url);
    times.push((await clocked(() => entry.ours(app)))[1]);
    await app.close();
  }
  return median(times);
}

async function measureSource(
  ask: NonNullable<Entry['source']>,
  source: SourceQueries,
): Promise<[unknown, number]> {
  const times: number[] = [];
  const started = performance.now();
  let answer: unknown;
  while (
    times.length < SOURCE_RUNS &&
    (times.length === 0 || performance.now() - started < SOURCE_WITHIN_MS)
  ) {
    const [result, ms] = await clocked(() => ask(source));
    answer = result;
    times.push(ms);
  }
  return [answer, median(times)];
}

async function measureWorld(filled: Filled): Promise<Map<Entry, Measured>> {
  const app = await openBenchApp(filled.farelogUrl);
  const own = await openSourceKnex(filled.sourceUrl, NOW_S);
  const indexed = await openSourceKnex(filled.farelogUrl, NOW_S);
  const measured = new Map<Entry, Measured>();
  for (const entry of ENTRIES) {
    const { source, agree = expectSame } = entry;
    for (let run = 0; run < WARM_UPS; run++) await entry.ours(app);
    const times: number[] = [];
    let answer: unknown;
    for (let run = 0; run < RUNS; run++) {
      const [result, ms] = await clocked(() => entry.ours(app));
      answer = result;
      times.push(ms);
    }
    const coldMs = await measureCold(entry, filled.farelogUrl);
    const theirs: [unknown, number][] = [];
    for (const knex of source === undefined ? [] : [own, indexed])
      if (source !== undefined) theirs.push(await measureSource(source, sourceQueries(knex)));
    let wrong: string | undefined;
    try {
      for (const [answered] of theirs) agree(answer, answered);
    } catch (error) {
      wrong = error instanceof Error ? error.message : String(error);
      console.log(`  ${entry.name} is WRONG: ${wrong}`);
    }
    measured.set(entry, {
      medianMs: median(times),
      maxMs: Math.max(...times),
      coldMs,
      sourceMs: theirs[0]?.[1],
      indexedMs: theirs[1]?.[1],
      wrong,
    });
  }
  await app.close();
  await own.destroy();
  await indexed.destroy();
  return measured;
}

/** What an answer fails to meet, in words; empty where it meets all. */
function missed(entry: Entry, { medianMs, sourceMs, wrong }: Measured, growth: number): string[] {
  const limit = LIMITS[entry.kind ?? 'dashboard'];
  const times = sourceMs === undefined ? Number.POSITIVE_INFINITY : sourceMs / medianMs;
  return [
    wrong === undefined ? '' : 'WRONG',
    times < limit.times ? `under ${limit.times}×` : '',
    medianMs >= limit.ms ? `over ${limit.ms} ms` : '',
    growth > MOST_GROWTH ? `grows ${growth.toFixed(1)}×` : '',
  ].filter((text) => text !== '');
}

const ms = (value: number | undefined): string =>
  value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
const ratio = (value: number | undefined, by: number): string =>
  value === undefined ? '' : Math.round(value / by).toLocaleString('en-US');

/**
 * Measures all answers in a world and in one of ten times its payments; returns whether every one is right and meets
 * its limits.
 */
export async function measureFigures(
  mariadb: Mariadb,
  sizes: readonly [number, number],
  rebuild: boolean,
): Promise<boolean> {
  const [small, large] = [
    await filledWorld(mariadb, sizes[0], rebuild),
    await filledWorld(mariadb, sizes[1], rebuild),
  ];
  const before = await measureWorld(small);
  const after = await measureWorld(large);
  const verdicts = [...after].map(([entry, measured]) => {
    const first = before.get(entry);
    const growth = measured.medianMs / (first?.medianMs ?? Number.NaN);
    const misses = missed(entry, measured, growth);
    if (first?.wrong !== undefined && measured.wrong === undefined) misses.push('WRONG in the smaller');
    return { entry, measured, first, growth, misses };
  });
  console.log(
    `\nAnswers from ${sizes[1].toLocaleString('en-US')} payments in ms, median of ${RUNS} (cold: the first of a newly opened ` +
      `Farelog, median of ${COLD_RUNS});\nthe source's SQL on its own table and on Farelog's, with how many times Farelog it takes; ` +
      `growth from ${sizes[0].toLocaleString('en-US')} payments:`,
  );
  printTable(
    [
      'answer',
      'ours',
      'max',
      'cold',
      'source',
      '×',
      'on our indexes',
      '×',
      'smaller',
      'growth',
      'meets its limits',
    ],
    verdicts.map(({ entry, measured, first, growth, misses }) => [
      entry.name,
      ms(measured.medianMs),
      ms(measured.maxMs),
      ms(measured.coldMs),
      ms(measured.sourceMs),
      ratio(measured.sourceMs, measured.medianMs),
      ms(measured.indexedMs),
      ratio(measured.indexedMs, measured.medianMs),
      ms(first?.medianMs),
      growth.toFixed(2),
      misses.length === 0 ? 'yes' : misses.join(', '),
    ]),
  );
  return verdicts.every(({ misses }) => misses.length === 0);
}
