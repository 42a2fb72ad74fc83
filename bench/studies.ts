/**
 * Studies on simulated worlds: `npx tsx bench/studies.ts coverage` tells how often each nominal 95% interval holds what was
 * planted (`--worlds=2000`), and how often something is found where nothing was; `speed` how long each study takes on ten
 * million payments (`--payments=N`). Both where neither is named. A rate of 2,000 worlds is known to about ± 1%.
 */
import { isRefusal, named } from '../src/research/numeric/answer.js';
import { linearInequality } from '../src/research/numeric/inequality.js';
import { interruptedSeries } from '../src/research/numeric/interrupted-series.js';
import type { Observations } from '../src/research/observations.js';
import { runStudy, studyNamed } from '../src/research/studies.js';
import type { StudyName, StudyResult } from '../src/research/study.js';
import { type Chance, chanceOf } from '../test/support/chance.js';
import { simulateRiders, WORLD_FROM, type World } from '../test/support/simulated-riders.js';
import { measureStudies } from './study-speed.js';

const parts = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
function option(name: string, otherwise: number): number {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`));
  return given === undefined ? otherwise : Number(given.split('=')[1]);
}

/** Undefined where the study refuses, as it does in one of twenty worlds whose sides seem to differ before. */
function run(name: StudyName, data: Observations, given: Record<string, unknown>): StudyResult | undefined {
  const answer = runStudy(studyNamed(name), data, given);
  return answer.kind === 'result' ? answer : undefined;
}

interface Interval {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  readonly truth: number;
}
interface Case {
  readonly name: string;
  readonly worlds: number;
  /** Intervals of one world, with what they should hold; none where the study refused. */
  readonly world: (chance: Chance) => readonly Interval[];
}

const WORLDS = option('worlds', 2_000);
const cards = (rider: number): boolean => rider % 2 === 0;
const typed = (rider: number): string => (cards(rider) ? 'credit_card' : 'bank_transfer');
/** A fifth dearer, answered by log-arc −0.4. */
const ANSWERS = [-0.4, 0] as const;
const factor = (answer: number): number => 1.25 ** answer;

const elasticity = (answer: number): Case => ({
  name: `elasticity ${answer}`,
  worlds: WORLDS,
  world: (chance) => {
    const data = simulateRiders(chance, { riders: 150, weeks: 16, event: 8, elasticity: () => answer });
    const result = run('elasticity', data, {});
    const truths: Record<string, number> = {
      'shrinkage elasticity': (factor(answer) - 1) / 0.25,
      'midpoint elasticity': ((factor(answer) - 1) / (factor(answer) + 1)) * 9,
    };
    const drawn = result?.tables[0]?.rows.find((row) => row[1] === 'log-arc');
    const [lower, upper] = [drawn?.[12], drawn?.[13]].map(Number);
    const byChance =
      drawn === undefined || lower === undefined || upper === undefined
        ? []
        : [{ name: 'log-arc elasticity (bootstrap)', lower, upper, truth: answer }];
    return [
      ...(result?.findings ?? []).map((own) => ({ ...own, truth: truths[own.name] ?? answer })),
      ...byChance,
    ];
  },
});

/** Only some riders met the price: effects of weeks stand beside it. */
const panel = (answer: number): Case => ({
  name: `elasticity ${answer}, by method`,
  worlds: WORLDS,
  world: (chance) => {
    const world: World = {
      riders: 150,
      weeks: 20,
      event: 12,
      type: typed,
      met: cards,
      elasticity: (rider) => (cards(rider) ? answer : 0),
      swing: (week) => 1 + 0.3 * Math.sin(week),
      joins: (rider) => (rider % 7 === 0 ? rider % 18 : 0),
      entry: { payment_type: 'credit_card' },
    };
    const result = run('elasticity', simulateRiders(chance, world), { segments: 'method', before_weeks: 8 });
    const own = result?.findings.find(({ name }) => name.includes('Poisson'));
    return own === undefined ? [] : [{ ...own, truth: answer }];
  },
});

const impact = (share: number, given: Record<string, unknown>): Case => ({
  name: `impact ${share} ${JSON.stringify(given)}`,
  worlds: WORLDS,
  world: (chance) => {
    const world = {
      riders: 30,
      weeks: 40,
      event: 24,
      priceAfter: 200,
      swing: (week: number) => (week >= 24 ? 1 + share : 1),
    };
    const result = run('impact', simulateRiders(chance, world), { outcome: 'payments', ...given });
    return (result?.findings ?? []).map((own) => ({ ...own, truth: share }));
  },
});

/** One series whose errors follow each other, as the study of impact has it regressed. */
const series = (n: number, rho: number): Case => ({
  name: `series of ${n}, ρ ${rho}`,
  worlds: WORLDS,
  world: (chance) => {
    let error = chance.normal() / Math.sqrt(1 - rho * rho);
    const outcome = Float64Array.from({ length: n }, (_, i) => {
      error = i === 0 ? error : rho * error + chance.normal();
      return 0.02 * i + error + (i >= 0.6 * n ? 1 : 0);
    });
    const found = interruptedSeries({ outcome, firstAfter: Math.ceil(0.6 * n), correctRho: true });
    if (isRefusal(found)) return [];
    return [found, found.neweyWest].map((own) => ({
      ...named(own.estimates, 'event'),
      name: own === found ? 'event (Prais–Winsten)' : 'event (Newey–West)',
      truth: 1,
    }));
  },
});

const did = (answer: number, districts: number): Case => ({
  name: `did ${answer}${districts === 0 ? '' : `, ${districts} districts`}`,
  worlds: districts === 0 ? WORLDS : Math.ceil(WORLDS / 4),
  world: (chance) => {
    const riders = 120;
    const shocks = Array.from({ length: districts }, () => Math.exp(0.1 * chance.normal()));
    const world: World = {
      riders,
      weeks: 20,
      event: 12,
      type: typed,
      met: cards,
      elasticity: (rider) =>
        (cards(rider) ? answer : 0) + (districts === 0 ? 0 : Math.log(shocks[rider % districts] ?? 1)),
      entry: { payment_type: 'credit_card' },
    };
    const file = `rider,segment\n${Array.from({ length: riders }, (_, rider) => `rider ${rider},d${rider % districts}`).join('\n')}`;
    const treated = Array.from({ length: districts / 2 }, (_, i) => `d${2 * i}`).join(',');
    const given =
      districts === 0 ? {} : { segments: 'file', segments_csv: file, treated, cluster: 'segment' };
    const result = run('did', simulateRiders(chance, world), { before_weeks: 8, after_weeks: 8, ...given });
    const truth = 2 * (factor(answer) - 1);
    return (result?.findings ?? [])
      .filter(({ name }) => name.startsWith('effect'))
      .map((own) => ({ ...own, truth }));
  },
});

/** Log-normal spending: Gini 2Φ(σ/√2) − 1, Theil σ²/2. Of gamma's shape 2: 3/8, and ψ(3) − ln 2. */
const SPENDING = {
  'log-normal': {
    draw: (chance: Chance) => Math.exp(0.8 * chance.normal()),
    truths: new Map([
      ['Gini', 0.4283924],
      ['Theil', 0.32],
    ]),
  },
  gamma: {
    draw: (chance: Chance) => -Math.log((1 - chance.uniform()) * (1 - chance.uniform())),
    truths: new Map([
      ['Gini', 0.375],
      ['Theil', 0.2296371545],
    ]),
  },
} as const;

const equity = (spending: keyof typeof SPENDING): Case => ({
  name: `equity, ${spending}, 300 riders`,
  worlds: WORLDS,
  world: (chance) => {
    const { draw, truths } = SPENDING[spending];
    const own = simulateRiders(chance, { riders: 300, weeks: 1, event: 0, rate: 0, entry: null });
    const amounts = own.riders.map(() => Math.round(1e6 * draw(chance)));
    const day = new Int32Array(300).fill(Date.parse(WORLD_FROM) / 86_400_000);
    const rider = Int32Array.from(amounts.keys());
    const price = Float64Array.from(amounts);
    const columns = { rider, day, price, type: new Uint16Array(300), second: new Float64Array(300) };
    const drawn =
      run('equity', { ...own, size: 300, lag: new Float64Array(300), ...columns }, {})?.findings ?? [];
    const linear = linearInequality(
      'gini',
      Float64Array.from({ length: 6_000 }, () => draw(chance)),
    );
    const truthOf = (name: string): number => truths.get(name.split(' ')[0] ?? '') ?? Number.NaN;
    return [
      ...drawn.map((finding) => ({ ...finding, truth: truthOf(finding.name) })),
      ...(isRefusal(linear)
        ? []
        : [{ ...linear, name: 'Gini of 6,000 riders, linearised', truth: truthOf('Gini') }]),
    ];
  },
});

function tellCoverage({ name, worlds, world }: Case): void {
  const chance = chanceOf(20_261);
  const held = new Map<string, [held: number, told: number, zero: number]>();
  for (let i = 0; i < worlds; i++) {
    for (const { name: of, lower, upper, truth } of world(chance)) {
      const own = held.get(of) ?? [0, 0, 0];
      held.set(of, [
        own[0] + (lower <= truth && truth <= upper ? 1 : 0),
        own[1] + 1,
        own[2] + (lower > 0 || upper < 0 ? 1 : 0),
      ]);
    }
  }
  for (const [of, [hits, told, found]] of held) {
    const percent = (count: number): string => `${((100 * count) / told).toFixed(1)}%`.padStart(7);
    console.log(
      `  ${name.padEnd(34)}${of.padEnd(52)} holds ${percent(hits)}   differs from 0 ${percent(found)}   of ${told}`,
    );
  }
}

if (wanted('coverage')) {
  console.log(`Nominal 95% intervals, ${WORLDS} worlds (did by districts a quarter of them):`);
  for (const answer of ANSWERS) tellCoverage(elasticity(answer));
  for (const answer of ANSWERS) tellCoverage(panel(answer));
  for (const share of [-0.2, 0]) tellCoverage(impact(share, {}));
  for (const n of [20, 40, 100]) for (const rho of [0, 0.3, 0.6, 0.8]) tellCoverage(series(n, rho));
  for (const answer of ANSWERS) tellCoverage(did(answer, 0));
  for (const answer of ANSWERS) tellCoverage(did(answer, 12));
  tellCoverage(equity('log-normal'));
  tellCoverage(equity('gamma'));
}
if (wanted('speed')) measureStudies(option('payments', 10_000_000));
