/** The headline figures of a period and of the one of equal length just before, and what changed. */
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { adjustedOf } from './adjusted.js';
import type { Ledger } from './ledger.js';
import { changeOf } from './methods.js';
import { type Headline, headlineOf } from './payment-report.js';
import type { Adjusted } from './report.js';
import { riderTotals } from './rider-totals.js';

/** Money in currency units, exact; the average to 4 decimals. */
export interface OverviewFigures extends Adjusted {
  readonly payments: number;
  readonly revenue: number;
  /** Different riders, exact. */
  readonly riders: number;
  readonly avg_price: number;
}

/** Relative, to 6 decimals: 0.1 is 10% more; null where there was nothing before. Adjustments have none. */
export type OverviewChange = Readonly<Record<Exclude<keyof OverviewFigures, 'adjustments'>, number | null>>;

export interface Overview {
  readonly now: OverviewFigures;
  readonly before: OverviewFigures;
  readonly change: OverviewChange;
}

/** @param before the span of equal length just before */
export async function overview(ledger: Ledger, span: Span, before: Span): Promise<Overview> {
  const now = await headlineOf(ledger, span, await riderTotals(ledger, span));
  const then = await headlineOf(ledger, before, await riderTotals(ledger, before));
  return { now: figuresOf(now, ledger), before: figuresOf(then, ledger), change: changeBetween(now, then) };
}

function figuresOf(headline: Headline, ledger: Ledger): OverviewFigures {
  const { payments, revenue_minor, adjusted_minor, riders } = headline;
  const { currency } = ledger;
  return {
    payments,
    revenue: minorToNumber(revenue_minor, currency),
    ...adjustedOf(revenue_minor, adjusted_minor, ledger),
    riders,
    avg_price: averageOf(revenue_minor, payments, currency),
  };
}

/** Against less than nothing there is no part of it. */
function netChange(now: Headline, then: Headline): number | null {
  const before = then.revenue_minor + then.adjusted_minor;
  return before <= 0n ? null : changeOf(now.revenue_minor + now.adjusted_minor, before);
}

/** Of whole numbers: the change of an average is that of the sums, each multiplied by the other's count. */
function changeBetween(now: Headline, then: Headline): OverviewChange {
  return {
    payments: changeOf(BigInt(now.payments), BigInt(then.payments)),
    revenue: changeOf(now.revenue_minor, then.revenue_minor),
    net_revenue: netChange(now, then),
    riders: changeOf(BigInt(now.riders), BigInt(then.riders)),
    avg_price:
      now.payments === 0
        ? null
        : changeOf(now.revenue_minor * BigInt(then.payments), then.revenue_minor * BigInt(now.payments)),
  };
}
