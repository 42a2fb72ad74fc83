/** Why a past day changed: the payments that were captured for it after an earlier capture. */
import { bucketLabel, bucketStart } from '../domain/bucket.js';
import { ExactSum } from '../domain/ledger.js';
import { type Currency, formatMinor, minorToNumber } from '../domain/money.js';
import type { Source } from '../domain/outcome.js';
import type { Span } from '../domain/time.js';
import { factsCapturedAfter } from '../store/facts.js';
import type { Ledger } from './ledger.js';
import type { Restatement } from './report.js';

interface LateDay {
  payments: number;
  readonly revenue: ExactSum;
  readonly sources: Map<Source, number>;
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
  for await (const fact of factsCapturedAfter(store, trx, currency, { span: past, upTo }, since.sequence)) {
    const start = bucketStart('daily', fact.logged_s, calendar.zone);
    const day = days.get(start) ?? { payments: 0, revenue: new ExactSum(), sources: new Map() };
    days.set(start, day);
    day.payments++;
    day.revenue.add(fact.price_minor);
    day.sources.set(fact.source, (day.sources.get(fact.source) ?? 0) + 1);
  }
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([start, day]) => toRow(String(bucketLabel('daily', start, calendar.zone)), day, currency));
}

function toRow(date: string, { payments, revenue, sources }: LateDay, currency: Currency): Restatement {
  const bySource = [...sources]
    .map(([source, transactions]) => ({ source, transactions }))
    .sort((a, b) => b.transactions - a.transactions || (a.source < b.source ? -1 : 1));
  const list = bySource
    .map(({ source, transactions }) => `${grouped(String(transactions))} ${source}`)
    .join(', ');
  const amount = grouped(formatMinor(revenue.value, currency));
  const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' });
  const late = payments === 1 ? '1 late payment' : `${grouped(String(payments))} late payments`;
  return {
    date,
    late_transactions: payments,
    late_revenue: minorToNumber(revenue.value, currency),
    sources: bySource,
    reason: `${weekday.format(new Date(date))} ${date} rose by ${amount} ${currency.code}: ${late} (${list})`,
  };
}

/** Thousands apart; by text, since a number would round what is past 2⁵³. */
function grouped(decimal: string): string {
  return decimal.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}
