/** Why a past day changed: the payments, and the adjustments, that count for it since an earlier capture. */
import { bucketLabel, bucketStart } from '../domain/bucket.js';
import { ExactSum } from '../domain/ledger.js';
import { type Currency, formatMinor, minorToNumber } from '../domain/money.js';
import type { Source } from '../domain/outcome.js';
import type { Span } from '../domain/time.js';
import { countedAdjustments } from '../store/adjustments.js';
import { factsCapturedAfter } from '../store/facts.js';
import type { Ledger } from './ledger.js';
import type { Restatement } from './report.js';

interface LateDay {
  payments: number;
  readonly revenue: ExactSum;
  readonly sources: Map<Source, number>;
  adjustments: number;
  readonly adjusted: ExactSum;
}

/** An earlier state of the figures: up to which capture, and until when it stood (milliseconds since 1970). */
export interface EarlierState {
  readonly sequence: number;
  readonly ms: number;
  /** Before when adjustments had come in that counted then, in milliseconds since 1970. */
  readonly beforeMs: number;
}

/**
 * A row for every day of the span that was over then and has changed since, in the order of time: a day that was still
 * going on has not been restated, it has gone on. It costs as much as was captured since.
 */
export async function restatements(ledger: Ledger, span: Span, since: EarlierState): Promise<Restatement[]> {
  const { store, trx, currency, calendar, upTo } = ledger;
  const today = bucketStart('daily', Math.floor(since.ms / 1000), calendar.zone);
  const past = { from: span.from, to: Math.min(span.to, today) };
  if (past.from >= past.to) return [];
  const days = new Map<number, LateDay>();
  const dayOf = (second: number): LateDay => {
    const start = bucketStart('daily', second, calendar.zone);
    const day = days.get(start) ?? newDay();
    days.set(start, day);
    return day;
  };
  for await (const fact of factsCapturedAfter(store, trx, currency, { span: past, upTo }, since.sequence)) {
    const day = dayOf(fact.logged_s);
    day.payments++;
    day.revenue.add(fact.price_minor);
    day.sources.set(fact.source, (day.sources.get(fact.source) ?? 0) + 1);
  }
  const filter = { ...ledger.adjustmentsOf(past), since };
  for (const { adjusted_s, amount_minor } of await countedAdjustments(trx, filter)) {
    const day = dayOf(adjusted_s);
    day.adjustments++;
    day.adjusted.add(amount_minor);
  }
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([start, day]) => toRow(String(bucketLabel('daily', start, calendar.zone)), day, currency));
}

function newDay(): LateDay {
  const sums = { revenue: new ExactSum(), adjusted: new ExactSum() };
  return { payments: 0, adjustments: 0, sources: new Map(), ...sums };
}

function toRow(date: string, day: LateDay, currency: Currency): Restatement {
  const { payments, revenue, sources, adjustments, adjusted } = day;
  const bySource = [...sources]
    .map(([source, transactions]) => ({ source, transactions }))
    .sort((a, b) => b.transactions - a.transactions || (a.source < b.source ? -1 : 1));
  const list = bySource
    .map(({ source, transactions }) => `${grouped(String(transactions))} ${source}`)
    .join(', ');
  const amount = grouped(formatMinor(revenue.value, currency));
  const put = grouped(formatMinor(adjusted.value, currency));
  const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' });
  const late = payments === 1 ? '1 late payment' : `${grouped(String(payments))} late payments`;
  const rose = `rose by ${amount} ${currency.code}: ${late} (${list})`;
  const many = adjustments === 1 ? '1 adjustment' : `${grouped(String(adjustments))} adjustments`;
  const told = `${many} of ${put} ${currency.code}`;
  const what =
    adjustments === 0 ? rose : payments === 0 ? `has ${told} more` : `${rose}, and has ${told} more`;
  return {
    date,
    late_transactions: payments,
    late_revenue: minorToNumber(revenue.value, currency),
    late_adjustments: adjustments,
    adjustments: minorToNumber(adjusted.value, currency),
    sources: bySource,
    reason: `${weekday.format(new Date(date))} ${date} ${what}`,
  };
}

/** Thousands apart; by text, since a number would round what is past 2⁵³. */
function grouped(decimal: string): string {
  return decimal.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}
