/**
 * How long payments take to be captured, and how much of the last days is still missing. A payment is seen only once its
 * lag is over, so short lags are seen too often in recent days (right truncation). The distribution is therefore read
 * backwards: of payments that came by lag j, on days old enough to have shown lag j, the share that came at j itself
 * (reverse-time hazard, Lagakos and others 1988; actuaries' chain ladder). Lags longer than the oldest day has waited
 * cannot be seen: everything is relative to those.
 */
import { type Basis, type Interval, LEVEL, type Refusal, refuse } from './answer.js';
import { normalQuantile } from './distributions.js';
import { at, columnOf } from './vectors.js';

export interface SeenLags {
  /** Of each payment: the period it was made in, as a day. Whole numbers. */
  readonly period: ArrayLike<number>;
  /** Periods from then to its capture; 0 is the same. */
  readonly lag: ArrayLike<number>;
  /** The last period that is over: everything captured in it is there. */
  readonly lastPeriod: number;
}

/** The share of payments that are captured within `lag`. */
export interface LagShare extends Interval {
  readonly lag: number;
  readonly share: number;
}

export interface PeriodCompleteness extends Interval {
  readonly period: number;
  readonly seen: number;
  /** Share of its payments that should be here by now. */
  readonly complete: number;
  /** How many there will be. */
  readonly expected: number;
  readonly isComplete: boolean;
}

export interface CaptureLag extends Basis {
  readonly shares: readonly LagShare[];
  /** Oldest first. */
  readonly periods: readonly PeriodCompleteness[];
  /** The smallest lag within which a share of at least `probability` is captured. */
  percentile(probability: number): number;
}

export interface LagOptions {
  readonly level?: number;
  /** A period is complete where so much of it is here. */
  readonly threshold?: number;
}

export function captureLag(
  { period, lag, lastPeriod }: SeenLags,
  options: LagOptions = {},
): CaptureLag | Refusal {
  const { level = LEVEL, threshold = 0.99 } = options;
  const n = period.length;
  if (n === 0) return refuse('too_few', 'There are no payments.');
  for (let i = 0; i < n; i++) {
    const [own, waited] = [at(period, i), at(lag, i)];
    const isSeen = Number.isInteger(own) && Number.isInteger(waited) && own + waited <= lastPeriod;
    if (!isSeen)
      return refuse(
        'out_of_domain',
        'Periods and lags are whole numbers, and captures lie in periods that are over.',
      );
    if (waited < 0)
      return refuse('out_of_domain', 'A payment was captured before it was made; the clocks disagree.');
  }
  let first = lastPeriod;
  for (let i = 0; i < n; i++) first = Math.min(first, at(period, i));
  const most = lastPeriod - first;
  const shares = sharesOf(hazardsOf(period, lag, lastPeriod, most), level);
  const seen = columnOf(most + 1, () => 0);
  for (let i = 0; i < n; i++) seen[at(period, i) - first] = at(seen, at(period, i) - first) + 1;
  return {
    method: 'reverse-time hazard of right-truncated lags',
    n,
    clusters: null,
    warnings: warningsOf(lag, most),
    shares,
    periods: Array.from(seen, (count, i) => completenessOf(first + i, count, shares[most - i], threshold)),
    percentile: (probability) => shares.find(({ share }) => share >= probability)?.lag ?? most,
  };
}

interface Hazards {
  /** Payments of lag j, and all of lag up to j, on days old enough to have shown lag j. */
  readonly events: Float64Array;
  readonly atRisk: Float64Array;
}

function hazardsOf(period: ArrayLike<number>, lag: ArrayLike<number>, last: number, most: number): Hazards {
  const events = new Float64Array(most + 1);
  // A payment is at risk from its lag to the age of its day.
  const changes = new Float64Array(most + 2);
  for (let i = 0; i < lag.length; i++) {
    const [own, age] = [at(lag, i), last - at(period, i)];
    events[own] = at(events, own) + 1;
    changes[own] = at(changes, own) + 1;
    changes[age + 1] = at(changes, age + 1) - 1;
  }
  let running = 0;
  const atRisk = columnOf(most + 1, (j) => {
    running += at(changes, j);
    return running;
  });
  return { events, atRisk };
}

/** F(j) is the product of 1 − hazard over all lags beyond j; its error by Greenwood's formula. */
function sharesOf({ events, atRisk }: Hazards, level: number): LagShare[] {
  const z = normalQuantile((1 + level) / 2);
  const shares: LagShare[] = [];
  let [share, variance] = [1, 0];
  for (let lag = events.length - 1; lag >= 0; lag--) {
    shares.push({ lag, share, level, ...intervalOf(share, variance, z) });
    const [came, all] = [at(events, lag), at(atRisk, lag)];
    if (all === 0) continue;
    share *= 1 - came / all;
    if (all > came) variance += came / (all * (all - came));
  }
  return shares.reverse();
}

/** On the scale of ln(−ln share), so that it stays between 0 and 1. */
function intervalOf(share: number, variance: number, z: number): { lower: number; upper: number } {
  if (share <= 0 || share >= 1) return { lower: share, upper: share };
  const width = (z * Math.sqrt(variance)) / Math.abs(Math.log(share));
  return { lower: share ** Math.exp(width), upper: share ** Math.exp(-width) };
}

function completenessOf(
  period: number,
  seen: number,
  share: LagShare | undefined,
  threshold: number,
): PeriodCompleteness {
  const { share: complete = 1, lower = 1, upper = 1, level = LEVEL } = share ?? {};
  const expected = complete > 0 ? seen / complete : Number.NaN;
  return { period, seen, complete, expected, isComplete: complete >= threshold, lower, upper, level };
}

function warningsOf(lag: ArrayLike<number>, most: number): string[] {
  let long = 0;
  for (let i = 0; i < lag.length; i++) if (at(lag, i) > most / 2) long += 1;
  const beyond = `Lags beyond ${most} periods cannot be seen; shares are of those within.`;
  return long === 0 ? [beyond] : [beyond, `${long} lags are longer than half of the time that was watched.`];
}
