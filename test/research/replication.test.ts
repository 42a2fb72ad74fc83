/** The scripts for R and Python, run on a small dataset: they come to what the studies come to. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dateOf } from '../../src/research/days.js';
import type { Observations } from '../../src/research/observations.js';
import { replicationOf } from '../../src/research/replication.js';
import type { StudyResult } from '../../src/research/study.js';
import { useR } from '../support/r.js';
import { chanceOf, expectNear } from '../support/simulated.js';
import { simulateRiders } from '../support/simulated-riders.js';
import { resultOf } from '../support/study-results.js';

const r = useR();
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.error('There is no python3: the Python scripts are NOT tested.');

function world(): Observations {
  const chance = chanceOf(33);
  const data = simulateRiders(chance, {
    riders: 40,
    weeks: 30,
    event: 16,
    elasticity: () => -0.5,
    type: (rider) => (rider % 2 === 0 ? 'credit_card' : 'bank_transfer'),
    joins: (rider) => (rider % 5 === 0 ? rider % 28 : 0),
  });
  const back = Array.from({ length: 40 }, () => chance.uniformInt(0, data.size - 1)).sort((a, b) => a - b);
  const column = (values: ArrayLike<number>): number[] => back.map((i) => values[i] ?? 0);
  const uses = Array.from(data.day, (day, i) => ({ rider: data.rider[i] ?? 0, day: day + (i % 9) })).filter(
    (_, i) => i % 3 !== 0,
  );
  return {
    ...data,
    // Now and then by another type than the rider's own.
    type: data.type.map((own, i) => (i % 6 === 0 ? 1 - own : own)),
    calendar: [
      ...data.calendar,
      {
        entry_id: 2,
        kind: 'free',
        name: 'Free fortnight',
        starts_on: '2026-03-04',
        ends_before: '2026-03-18',
        payment_type: null,
        price_before_minor: null,
        price_after_minor: null,
        note: null,
      },
    ],
    adjustments: {
      size: back.length,
      rider: Int32Array.from(column(data.rider)),
      type: Uint16Array.from(column(data.type)),
      day: Int32Array.from(column(data.day)),
      amount: Float64Array.from(back, () => -75),
    },
    uses: {
      size: uses.length,
      rider: Int32Array.from(uses, ({ rider }) => rider),
      day: Int32Array.from(uses, ({ day }) => day),
    },
  };
}

/** The files of a frozen dataset that the scripts read. */
function csvOf(data: Observations): Map<string, string> {
  const file = (title: string, lines: readonly string[]): string => `${[title, ...lines].join('\n')}\n`;
  const money = (minor: number): string => (minor / 100).toFixed(2);
  const { adjustments, uses } = data;
  const month = (i: number): string => dateOf(data.day[i] ?? 0).slice(0, 7);
  const all = Array.from(data.rider, (rider, i) => ({
    i,
    line: `${i + 1},${dateOf(data.day[i] ?? 0)}T12:00:00Z,${dateOf(data.day[i] ?? 0)},${rider},${data.types[data.type[i] ?? 0]},${money(data.price[i] ?? 0)},`,
  }));
  const months = [...new Set(all.map(({ i }) => month(i)))];
  return new Map([
    ...months.map((own): [string, string] => [
      `csv/payments/payments-${own}.csv`,
      file(
        'payment_no,logged_on,local_date,rider_no,payment_type,price,capture_lag_s',
        all.filter(({ i }) => month(i) === own).map(({ line }) => line),
      ),
    ]),
    [
      'csv/adjustments/adjustments-2026-01.csv',
      file(
        'local_date,rider_no,payment_type,amount',
        Array.from(
          adjustments.rider,
          (rider, i) =>
            `${dateOf(adjustments.day[i] ?? 0)},${rider},${data.types[adjustments.type[i] ?? 0]},${money(adjustments.amount[i] ?? 0)}`,
        ),
      ),
    ],
    [
      'csv/passes.csv',
      file(
        'used_on,local_date,rider_no',
        Array.from(uses?.rider ?? [], (rider, i) => `x,${dateOf(uses?.day[i] ?? 0)},${rider}`),
      ),
    ],
    [
      'csv/riders.csv',
      file(
        'rider_no,rider',
        data.riders.map((rider, i) => `${i},${rider}`),
      ),
    ],
  ]);
}

const data = world();
const files = csvOf(data);
const districts = `rider,segment\n${data.riders.map((rider, i) => `${rider},d${i % 10}`).join('\n')}\n`;
const folder = mkdtempSync(join(tmpdir(), 'replication-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [path, content] of [...files, ['segments.csv', districts] as const]) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

type Line = readonly [name: string, estimate: number, error: number];

function byPython(result: StudyResult): Line[] {
  const script = join(folder, 'replicate.py');
  writeFileSync(script, replicationOf(result, 'python'));
  const out = execFileSync('python3', ['-I', script, folder], { cwd: folder, encoding: 'utf8' });
  return out
    .trim()
    .split('\n')
    .map((line): Line => {
      const [name = '', estimate, error] = line.split('\t');
      return [name, Number(estimate), Number(error)];
    });
}

async function byR(result: StudyResult): Promise<Line[]> {
  await r.write('/work/replicate.R', replicationOf(result, 'R'));
  const run = 'setwd("/work"); dataset <- "/data"; invisible(capture.output(source("/work/replicate.R")))';
  const numbers = await r.numbers(
    `${run}; c(results$estimate, ifelse(is.na(results$standard_error), -1, results$standard_error))`,
  );
  const names = await r.numbers('utf8ToInt(paste(results$name, collapse = "\\n"))');
  const lines = String.fromCodePoint(...names).split('\n');
  return lines.map(
    (name, i): Line => [name, numbers[i] ?? Number.NaN, numbers[lines.length + i] ?? Number.NaN],
  );
}

function expectSame(lines: readonly Line[], result: StudyResult): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const [name, estimate, error] of lines) {
    const own = result.findings.find((finding) => finding.name === name);
    if (name.startsWith('quantile')) {
      const row = result.tables.find((table) => table.name === 'quantiles')?.rows[0] ?? [];
      const place = { 'quantile 0.25': 5, 'quantile 0.5': 6, 'quantile 0.75': 7 }[name] ?? 0;
      expectNear([estimate], [Number(row[place])]);
      continue;
    }
    if (own === undefined) throw new Error(`nothing is named ${name}`);
    expectNear([estimate], [own.estimate]);
    if (error > 0) expectNear([error], [own.standardError]);
  }
}

const cases: [string, string, Record<string, unknown>][] = [
  ['shares of revenue', 'shares', { of: 'revenue' }],
  ['elasticity, all definitions and the panel', 'elasticity', {}],
  ['elasticity at the prices that were paid', 'elasticity', { price: 'observed' }],
  ['impact by week', 'impact', { event: '1' }],
  [
    'impact by day with weekdays, of riders',
    'impact',
    { event: '1', period: 'day', outcome: 'riders', change_of_trend: true },
  ],
  [
    'impact while an event held, in units',
    'impact',
    { event: 'Free fortnight', outcome: 'payments', scale: 'level', payment_type: 'credit_card' },
  ],
  ['difference in differences by method', 'did', { event: '1', treated: 'credit_card', outcome: 'revenue' }],
  [
    'difference in differences of districts',
    'did',
    { segments: 'file', segments_csv: districts, event: '1', treated: 'd0,d2,d4,d6,d8', cluster: 'segment' },
  ],
  ['equity', 'equity', {}],
  ['switching from week to week', 'switching', { period: 'week' }],
  ['seasons of the week', 'seasonality', { cycle: 'week' }],
  [
    'seasons of the week, of one type, in units',
    'seasonality',
    { ...{ outcome: 'riders', scale: 'level' }, payment_type: 'credit_card' },
  ],
  ['retention by week', 'retention', { period: 'week', from_start: true }],
  ['payments beside passes', 'crossmodal', { within_days: 3 }],
];

beforeAll(async () => {
  for (const [path, content] of files) await r.write(`/data/${path}`, content);
  await r.write('/work/segments.csv', districts);
});

describe.each(cases)('%s', (_, name, given) => {
  test('R', async () => {
    const result = resultOf(name, data, given);
    expectSame(await byR(result), result);
  });

  test.runIf(hasPython)('Python', () => {
    const result = resultOf(name, data, given);
    const lines = byPython(result);
    expectSame(lines, result);
    expect(lines.some(([, , error]) => error > 0) || name === 'equity').toBe(true);
  });
});
