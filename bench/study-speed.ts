/** How long each study takes on millions of payments in columns, and how much memory beyond them it has at its peak. */
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Observations } from '../src/research/observations.js';
import { runStudy, studyNamed } from '../src/research/studies.js';
import type { StudyName } from '../src/research/study.js';
import { chanceOf } from '../test/support/chance.js';
import { simulateRiders, WORLD_FROM } from '../test/support/simulated-riders.js';

/** What each should stay under at ten million. */
const LIMIT_S = 5;

/** Ten million payments of 200,000 riders over 18 months, straight into columns. */
function largeWorld(size: number): Observations {
  const [chance, riders, weeks] = [chanceOf(7), Math.ceil(size / 50), 78];
  const small = simulateRiders(chance, { riders: 8, weeks, event: 50, entry: { payment_type: null } });
  const start = Date.parse(WORLD_FROM) / 86_400_000;
  const types = [
    'bank_transfer',
    'credit_card',
    'debit_card',
    'digital_wallet',
    'mobile_payment',
    'other',
    'transit_card',
  ];
  const day = Int32Array.from({ length: size }, (_, i) => start + Math.floor((i / size) * 7 * weeks));
  const rider = Int32Array.from({ length: size }, () => Math.floor(riders * chance.uniform() ** 1.5));
  const uses = {
    size: Math.floor(size / 2),
    rider: rider.slice(0, Math.floor(size / 2)),
    day: Int32Array.from({ length: Math.floor(size / 2) }, (_, i) => (day[2 * i] ?? 0) + (i % 5)),
  };
  return {
    ...small,
    size,
    rider,
    riders: Array.from({ length: riders }, (_, i) => `r${i}`),
    // One payment of twenty is by another type than the rider's own.
    type: Uint16Array.from(rider, (who, i) => (who + (i % 20 === 0 ? 1 : 0)) % types.length),
    types,
    day,
    second: Float64Array.from(day, (own) => own * 86_400),
    price: Float64Array.from(day, (own) => (own < start + 350 ? 200 : 250)),
    // Mostly seconds, now and then hours, and one of ten was imported.
    lag: Float64Array.from(day, (_, i) =>
      i % 10 === 0 ? Number.NaN : i % 500 === 1 ? 20_000 : (i * 7_919) % 97,
    ),
    uses,
  };
}

const SPEED: readonly (readonly [StudyName, Record<string, unknown>])[] = [
  ['shares', {}],
  ['switching', {}],
  ['switching', { period: 'week', segments: 'method' }],
  ['elasticity', {}],
  ['elasticity', { segments: 'spend', before_weeks: 40, after_weeks: 26 }],
  ['impact', {}],
  ['did', { segments: 'method', treated: 'credit_card' }],
  [
    'did',
    { segments: 'method', treated: 'credit_card', before_weeks: 46, after_weeks: 28, outcome: 'revenue' },
  ],
  ['equity', { segments: 'method' }],
  ['seasonality', {}],
  ['seasonality', { outcome: 'riders', cycle: 'week', segments: 'spend' }],
  ['anomalies', {}],
  ['retention', {}],
  ['retention', { period: 'week', segments: 'method' }],
  ['lag', {}],
  ['crossmodal', {}],
];

/** Megabytes of this process: the most since the last reset, where the kernel tells and forgets it. */
function peakMb(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** False where the kernel does not let it: then peaks are those of all studies so far. */
function resetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** @returns whether each had an answer, and within the limit */
export function measureStudies(size: number): boolean {
  const data = largeWorld(size);
  const count = size.toLocaleString('en-US');
  console.log(
    `\nStudies of ${count} payments of ${data.riders.length.toLocaleString('en-US')} riders, once each:`,
  );
  let good = true;
  for (const [name, given] of SPEED) {
    const isOwn = resetPeak();
    const before = peakMb();
    const began = performance.now();
    const answer = runStudy(studyNamed(name), data, given);
    const seconds = (performance.now() - began) / 1000;
    good &&= answer.kind === 'result' && seconds < LIMIT_S;
    const memory = `${Math.round(before)} → ${Math.round(peakMb())} MB${isOwn ? '' : ' (of all so far)'}`;
    console.log(
      `  ${`${name} ${JSON.stringify(given)}`.padEnd(110)} ${seconds.toFixed(2).padStart(7)} s   memory ${memory}   ${answer.kind === 'result' ? '' : answer.message}`,
    );
  }
  return good;
}
