/**
 * Event study: the difference between treated and untreated units in each period around the event, beside that of the
 * period before it. Differences before the event should be none: where they are not, both groups were on different ways
 * already, and no effect is told.
 */
import {
  type Estimate,
  type Estimates,
  isRefusal,
  LEVEL,
  named,
  type Refusal,
  refuse,
  type TestResult,
} from './answer.js';
import { jointTest } from './covariance.js';
import type { Labels } from './groups.js';
import type { Design } from './least-squares.js';
import { withinEstimates } from './panel.js';
import { at, columnOf, pickValues } from './vectors.js';

/** One observation a unit and period. All treated units meet the event at the same time. */
export interface EventPanel {
  readonly outcome: ArrayLike<number>;
  readonly unit: Labels;
  /** Whole numbers. */
  readonly period: ArrayLike<number>;
  /** 1 for units that the event met, at any time. */
  readonly treated: ArrayLike<number>;
  /** First period of the event. */
  readonly event: number;
  readonly clusters?: Labels;
}

export interface EventStudyOptions {
  readonly level?: number;
  /** Periods before and after that stand alone; those further out are taken together. */
  readonly before?: number;
  readonly after?: number;
  /** A date of no event, before it; by default the middle of the time before. */
  readonly placebo?: number;
}

export interface Lead extends Estimate {
  /** Periods since the event; −1, which the others are beside, is not among them. */
  readonly since: number;
}

export interface EventStudy extends Estimates {
  readonly effects: readonly Lead[];
  /** Whether all differences before the event are zero. */
  readonly preTrends: TestResult | Refusal;
  /** The effect of the date of no event, from the time before alone; it should be none. */
  readonly placebo: Estimate | Refusal;
  /** Mean effect after the event; refused where the groups differed before. */
  readonly average: Estimate | Refusal;
}

/** Pre-trends below this are held for real. */
const PRE_TREND_P = 0.05;
const AVERAGE = 'treated × after';

export function eventStudy(panel: EventPanel, options: EventStudyOptions = {}): EventStudy | Refusal {
  const { level = LEVEL, before = Number.POSITIVE_INFINITY, after = Number.POSITIVE_INFINITY } = options;
  const refusal = refusePanel(panel);
  if (refusal !== undefined) return refusal;
  const since = columnOf(panel.period.length, (i) =>
    Math.max(-before, Math.min(after, at(panel.period, i) - panel.event)),
  );
  const terms = [...new Set(since)].filter((value) => value !== -1).sort((a, b) => a - b);
  const nameOf = (term: number): string => `event ${term < 0 ? '−' : '+'} ${Math.abs(term)}`;
  const regressors: Design = {
    names: terms.map(nameOf),
    columns: terms.map((term) =>
      columnOf(since.length, (i) => (at(since, i) === term ? at(panel.treated, i) : 0)),
    ),
  };
  const estimates = withinOf(panel, regressors, level);
  if (isRefusal(estimates)) return estimates;
  const { fit, covariance, classical: _, ...told } = estimates;
  const leads = terms.filter((term) => term < -1);
  const preTrends =
    leads.length === 0
      ? refuse(
          'too_few',
          'There is one period before the event: whether the groups differed before cannot be told.',
        )
      : jointTest(fit, covariance, leads.map(nameOf));
  return {
    ...told,
    method: `event study, ${told.method}`,
    effects: terms.map((term) => ({ since: term, ...named(told.estimates, nameOf(term)) })),
    preTrends,
    placebo: placeboOf(panel, options.placebo, level),
    average: averageOf(panel, preTrends, level),
  };
}

function withinOf(panel: EventPanel, regressors: Design, level: number): ReturnType<typeof withinEstimates> {
  const { outcome, unit, period, clusters = unit } = panel;
  return withinEstimates({ outcome, regressors, unit, period, clusters }, level);
}

function effectFrom(panel: EventPanel, start: number, level: number): Estimate | Refusal {
  const column = columnOf(panel.period.length, (i) =>
    at(panel.period, i) >= start ? at(panel.treated, i) : 0,
  );
  const estimates = withinOf(panel, { names: [AVERAGE], columns: [column] }, level);
  return isRefusal(estimates) ? estimates : named(estimates.estimates, AVERAGE);
}

function averageOf(panel: EventPanel, preTrends: TestResult | Refusal, level: number): Estimate | Refusal {
  if (!isRefusal(preTrends) && preTrends.pValue < PRE_TREND_P) {
    return refuse(
      'pre_trends',
      `Treated and untreated differed before the event already (p ${preTrends.pValue.toPrecision(2)}), so what follows is not its effect; compare with units that moved alike.`,
    );
  }
  return effectFrom(panel, panel.event, level);
}

function placeboOf(panel: EventPanel, date: number | undefined, level: number): Estimate | Refusal {
  const kept = Array.from(panel.period, (_, i) => i).filter((i) => at(panel.period, i) < panel.event);
  const periods = [...new Set(kept.map((i) => at(panel.period, i)))].sort((a, b) => a - b);
  const start = date ?? at(periods, Math.floor(periods.length / 2));
  if (periods.length < 2 || !(start > at(periods, 0) && start < panel.event)) {
    return refuse('too_few', 'A placebo date needs periods before it and between it and the event.');
  }
  const labels = (all: Labels): string[] => kept.map((i) => String(all[i]));
  const early: EventPanel = {
    ...panel,
    outcome: pickValues(panel.outcome, kept),
    period: pickValues(panel.period, kept),
    treated: pickValues(panel.treated, kept),
    unit: labels(panel.unit),
    clusters: labels(panel.clusters ?? panel.unit),
  };
  return effectFrom(early, start, level);
}

function refusePanel({ period, treated, event }: EventPanel): Refusal | undefined {
  const periods = new Set(Array.from(period));
  if (!periods.has(event - 1) || !periods.has(event)) {
    return refuse(
      'not_identified',
      `The data hold no period ${event - 1} before the event, or no period ${event} after it.`,
    );
  }
  const kinds = new Set(Array.from(treated));
  if (kinds.has(0) && kinds.has(1) && kinds.size === 2) return undefined;
  return refuse(
    'not_identified',
    'Treated must be 0 or 1, and the data must hold both: without untreated units there is no comparison.',
  );
}
