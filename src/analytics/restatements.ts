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

/**
 * A row for every day of the span that has changed since the capture `since`, in the order of time. It costs as much
 * as was captured since.
 */
export async function restatements(ledger: Ledger, span: Span, since: number): Promise<Restatement[]> {
  const { store, trx, currency, calendar, upTo } = ledger;
  const days = new Map<number, LateDay>();
  for await (const fact of factsCapturedAfter(store, trx, currency, { span, upTo }, since)) {
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
  const list = bySource.map(({ source, transactions }) => `${transactions} ${source}`).join(', ');
  const amount = formatMinor(revenue.value, currency);
  const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' });
  const late = payments === 1 ? '1 late payment' : `${payments} late payments`;
  return {
    date,
    late_transactions: payments,
    late_revenue: minorToNumber(revenue.value, currency),
    sources: bySource,
    reason: `${weekday.format(new Date(date))} ${date} rose by ${amount} ${currency.code}: ${late} (${list})`,
  };
}
