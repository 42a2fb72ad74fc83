/**
 * Questions put to studies about worlds in which the answer is known: nothing was planted, or an effect of known size.
 * `bench/worlds.ts` asks them of a thousand worlds each, a test of a few.
 */
import type { FareRise } from '../../src/bytemark/effects.js';
import type { Estimate } from '../../src/research/numeric/answer.js';
import { runStudy, studyNamed } from '../../src/research/studies.js';
import type { StudyName, StudyResult } from '../../src/research/study.js';
import { makeWorld, type WorldOptions, worldDate } from './worlds.js';

/** What a study says of one world. */
export interface Said {
  /** It calls something found, at 5%. */
  readonly found: boolean;
  /** The truth is within its interval; null where it tells none. */
  readonly holds: boolean | null;
}

export interface Probe {
  readonly study: StudyName;
  readonly what: string;
  /** Whether there is something to be found. */
  readonly planted: boolean;
  readonly world: Omit<WorldOptions, 'seed'>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Undefined where the study tells nothing of what is asked. */
  readonly said: (result: StudyResult) => Said | undefined;
}

/** What the study says of the probe's world of that seed; undefined where it refuses. */
export function ask({ study, world, options, said }: Probe, seed: number): Said | undefined {
  const answer = runStudy(studyNamed(study), makeWorld({ ...world, seed }), options);
  return answer.kind === 'refused' ? undefined : said(answer);
}

const LEVEL = 0.05;

const judged = (
  { pValue, lower, upper }: Pick<Estimate, 'pValue' | 'lower' | 'upper'>,
  truth: number,
): Said => ({
  found: pValue < LEVEL,
  holds: lower <= truth && truth <= upper,
});

/** By the finding whose name holds the words, of a segment (null: of all). */
const finding =
  (words: string, truth: number, segment: string | null = null) =>
  ({ findings }: StudyResult): Said | undefined => {
    const own = findings.find((one) => one.name.includes(words) && one.segment === segment);
    return own === undefined ? undefined : judged(own, truth);
  };

/** The day of the event: four weeks for segments before the twelve that are compared. */
const EVENT_DAY = 16 * 7;
const DAYS = 28 * 7;
const EVENT = worldDate(EVENT_DAY);

const rise = (elasticity: number, elasticities: FareRise['elasticities'] = {}): FareRise => ({
  kind: 'fare',
  name: 'Fare rise',
  startsOn: EVENT,
  factor: 1.2,
  elasticities,
  otherwise: elasticity,
});
const risen = (...of: Parameters<typeof rise>): Probe['world'] => ({ days: DAYS, effects: [rise(...of)] });
const PANEL = 'riders over weeks';

/** A year of weeks whose demand weather moves, one day as the day before. */
const weathered = (elasticity: number): Probe['world'] => ({
  riders: 200,
  steady: true,
  days: 52 * 7,
  weather: 0.15,
  persistence: 0.7,
  effects: [{ ...rise(elasticity), startsOn: worldDate(26 * 7) }],
});

/** By how much payments fall. */
const change = (elasticity: number): number => 1.2 ** elasticity - 1;

const TREATED = { segments: 'method', treated: 'credit_card', event: 'Fare rise' };
const MEAN_WORLDS = 40;
let treatedMean: number | undefined;

/** Payments a week of a treated rider after the event if nothing had been planted, as worlds have them on average. */
function meanOfTreated(): number {
  if (treatedMean !== undefined) return treatedMean;
  const means: number[] = [];
  for (let seed = 10_001; seed <= 10_000 + MEAN_WORLDS; seed++) {
    const answer = runStudy(studyNamed('did'), makeWorld({ ...risen(0), seed }), TREATED);
    if (answer.kind === 'refused') continue;
    const rows = answer.tables.find(({ name }) => name === 'means')?.rows ?? [];
    const after = rows.find(([side]) => side === 'treated')?.[2];
    if (typeof after === 'number') means.push(after);
  }
  treatedMean = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  return treatedMean;
}

export const PROBES: readonly Probe[] = [
  {
    study: 'shares',
    what: 'the trend of a share',
    planted: false,
    world: { days: DAYS },
    options: {},
    said: finding('change of the share of transit_card', 0),
  },
  ...([0, -0.4] as const).flatMap((elasticity): Probe[] => [
    {
      study: 'elasticity',
      what: 'before and after (log-arc)',
      planted: elasticity !== 0,
      world: risen(elasticity),
      options: {},
      said: finding('log-arc', elasticity),
    },
    {
      study: 'elasticity',
      what: 'panel of riders and weeks',
      planted: elasticity !== 0,
      world: risen(elasticity),
      options: {},
      said: finding(PANEL, elasticity),
    },
  ]),
  ...([0, -0.8] as const).map(
    (elasticity): Probe => ({
      study: 'elasticity',
      what: 'before and after, riders of one method',
      planted: elasticity !== 0,
      world: risen(0, { credit_card: elasticity }),
      options: { segments: 'method' },
      said: finding('log-arc', elasticity, 'credit_card'),
    }),
  ),
  {
    study: 'elasticity',
    what: 'before and after, the fifth that spent most',
    planted: false,
    world: risen(0),
    options: { segments: 'spend' },
    said: finding('log-arc', 0, 'spent most'),
  },
  ...([0, -0.4] as const).map(
    (elasticity): Probe => ({
      study: 'impact',
      what: 'payments of a year of weeks, weather',
      planted: elasticity !== 0,
      world: weathered(elasticity),
      options: { outcome: 'payments' },
      said: finding('Prais', change(elasticity)),
    }),
  ),
  ...([0, -0.8] as const).map(
    (elasticity): Probe => ({
      study: 'did',
      what: 'riders of one method beside all others',
      planted: elasticity !== 0,
      world: risen(0, { credit_card: elasticity }),
      options: TREATED,
      said: (result) =>
        finding('effect (2×2)', elasticity === 0 ? 0 : change(elasticity) * meanOfTreated())(result),
    }),
  ),
];
