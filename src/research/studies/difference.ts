/** Riders over weeks on both sides of an event, and what differences of differences they give. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { StudyEvent } from '../events.js';
import { type Estimate, isRefusal, named, type Refusal, refuse } from '../numeric/answer.js';
import {
  afterLessBefore,
  type BalancedPanel,
  beside,
  type Contrast,
  type ContrastEstimates,
  contrastEstimates,
} from '../numeric/balanced-panel.js';
import { FEW_CLUSTERS, jointTest } from '../numeric/covariance.js';
import { wildDifference } from '../numeric/differences.js';
import { at, columnOf, sumOf } from '../numeric/vectors.js';
import type { WildResult } from '../numeric/wild-bootstrap.js';
import type { Observations } from '../observations.js';
import { type Outcome, riderTable, rowsFor, segmentSeries } from '../panels.js';
import type { Segmentation } from '../segments.js';
import type { EventWindow } from '../windows.js';
import { pInWords } from '../words.js';

const EFFECT = 'treated × after';
const SLOPE = 'slope before the event';
/** Pre-trends below this are held for real. */
const PRE_TREND_P = 0.05;
/** A joint test of so many leads is too ready to reject with fewer clusters than these times as many. */
const CLUSTERS_A_LEAD = 10;

export interface DidOptions {
  readonly outcome: Outcome;
  readonly cluster: 'rider' | 'segment';
  readonly seed: number;
  readonly level: number;
}

export interface Sides {
  /** By segment: 1 treated, 0 compared with, −1 neither. */
  readonly of: readonly number[];
  readonly treated: readonly string[];
  readonly comparison: readonly string[];
}

export interface DesignOfStudy {
  readonly observations: Observations;
  readonly options: DidOptions;
  readonly event: StudyEvent;
  readonly window: EventWindow;
  readonly segmentation: Segmentation;
  readonly sides: Sides;
}

/** Every rider of both sides in every week; money in currency units. */
export function panelOf({
  observations,
  options,
  window,
  segmentation,
  sides,
}: DesignOfStudy): BalancedPanel {
  const sideOf = (who: number): number => sides.of[at(segmentation.of, who)] ?? -1;
  const kept = rowsFor(observations.riders.length, (who) => sideOf(who) >= 0);
  const table = riderTable(observations, window.weeks, kept, options.outcome);
  const [treated, segment] = [new Uint8Array(kept.rows), new Int32Array(kept.rows)];
  for (const [who, row] of kept.rowOf.entries()) {
    if (row < 0) continue;
    treated[row] = sideOf(who);
    segment[row] = at(segmentation.of, who);
  }
  if (options.outcome === 'revenue') {
    const unit = 10 ** observations.currency.digits;
    for (let i = 0; i < table.values.length; i++) table.values[i] = at(table.values, i) / unit;
  }
  return {
    units: kept.rows,
    periods: table.periods,
    values: table.values,
    treated,
    ...(options.cluster === 'segment' ? { clusters: segment } : {}),
  };
}

export function paymentsOf({ observations, segmentation, window, sides }: DesignOfStudy): number {
  const { payments } = segmentSeries(observations, segmentation, window.weeks);
  return payments.reduce((sum, own, place) => ((sides.of[place] ?? -1) < 0 ? sum : sum + sumOf(own)), 0);
}

/** Each unit's means of some spans of periods, as periods of their own. */
function collapse(panel: BalancedPanel, spans: readonly (readonly [number, number])[]): BalancedPanel {
  const values = new Float64Array(panel.units * spans.length);
  for (let unit = 0; unit < panel.units; unit++) {
    for (const [k, [from, to]] of spans.entries()) {
      let sum = 0;
      for (let t = from; t < to; t++) sum += at(panel.values, unit * panel.periods + t);
      values[unit * spans.length + k] = sum / (to - from);
    }
  }
  return { ...panel, periods: spans.length, values };
}

export interface DidEstimates {
  /** Two means a rider, before and after. */
  readonly twoByTwo: ContrastEstimates;
  readonly effect: Estimate;
  /** Where clusters are few. */
  readonly wild: WildResult | null;
  readonly study: ContrastEstimates;
  readonly preTrends: { readonly test: string; readonly statistic: number; readonly pValue: number };
  readonly placebo: Estimate | Refusal;
}

const leadName = (since: number): string => `week ${since < 0 ? '−' : '+'}${Math.abs(since)}`;

export function estimatesOf(
  { options, window }: DesignOfStudy,
  panel: BalancedPanel,
): DidEstimates | Refusal {
  const { before } = window;
  const { level } = options;
  const pair = collapse(panel, [
    [0, before],
    [before, panel.periods],
  ]);
  const twoByTwo = contrastEstimates(pair, [afterLessBefore(EFFECT, 2, 0, 1, 2)], 4, level);
  if (isRefusal(twoByTwo)) return twoByTwo;
  const terms = Array.from({ length: panel.periods }, (_, week) => week).filter(
    (week) => week !== before - 1,
  );
  const study = contrastEstimates(
    panel,
    terms.map((week) => beside(leadName(week - before), panel.periods, week, before - 1)),
    undefined,
    level,
  );
  if (isRefusal(study)) return study;
  const preTrends = preTrendsOf(panel, study, before, level);
  if (isRefusal(preTrends)) return preTrends;
  const wild = (twoByTwo.clusters ?? 0) < FEW_CLUSTERS ? wildOf(pair, options) : null;
  if (isRefusal(wild)) return wild;
  const middle = Math.floor(before / 2);
  const early = collapse(panel, [
    [0, middle],
    [middle, before],
  ]);
  const placebo = contrastEstimates(early, [afterLessBefore(EFFECT, 2, 0, 1, 2)], 4, level);
  return {
    twoByTwo,
    effect: named(twoByTwo.estimates, EFFECT),
    wild,
    study,
    preTrends,
    placebo: isRefusal(placebo) ? placebo : named(placebo.estimates, EFFECT),
  };
}

/** Whether both sides moved alike before: all leads at once, or where clusters are few for that, a straight line. */
function preTrendsOf(
  panel: BalancedPanel,
  study: ContrastEstimates,
  before: number,
  level: number,
): DidEstimates['preTrends'] | Refusal {
  const leads = Array.from({ length: before - 1 }, (_, week) => leadName(week - before));
  const joint =
    (study.clusters ?? 0) >= CLUSTERS_A_LEAD * leads.length
      ? jointTest(
          { names: study.estimates.map(({ name }) => name), coefficients: study.coefficients, n: study.n },
          study.covariance,
          leads,
        )
      : null;
  if (joint !== null && !isRefusal(joint)) {
    return judged({
      test: `all ${leads.length} weeks before at once (Wald F)`,
      statistic: joint.statistic,
      pValue: joint.pValue,
    });
  }
  const slope: Contrast = {
    name: SLOPE,
    weights: columnOf(panel.periods, (week) =>
      week < before ? (12 * (week - (before - 1) / 2)) / (before ** 3 - before) : 0,
    ),
  };
  const line = contrastEstimates(panel, [slope], undefined, level);
  if (isRefusal(line)) return line;
  const own = named(line.estimates, SLOPE);
  return judged({
    test: 'a straight line through the weeks before (t)',
    statistic: own.statistic,
    pValue: own.pValue,
  });
}

function judged(test: DidEstimates['preTrends']): DidEstimates['preTrends'] | Refusal {
  if (!(test.pValue < PRE_TREND_P)) return test;
  return refuse(
    'pre_trends',
    `Treated and compared riders differed before the event already (${test.test}: ${pInWords(test.pValue)}), so what follows is not its effect; compare with segments that moved alike, or over fewer weeks.`,
  );
}

function wildOf(
  { units, values, treated, clusters }: BalancedPanel,
  { seed, level }: DidOptions,
): WildResult | Refusal {
  const n = 2 * units;
  return wildDifference(
    {
      outcome: values,
      treated: columnOf(n, (i) => at(treated, i >> 1)),
      after: columnOf(n, (i) => i & 1),
      clusters: columnOf(n, (i) => (clusters === undefined ? i >> 1 : Number(clusters[i >> 1]))),
    },
    { random: xoroshiro128plus(seed), level },
  );
}
