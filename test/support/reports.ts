/** Reports of any shape for properties, and what is read back from their pages. */
import fc from 'fast-check';
import type { PaymentReport, ReportSummary, Restatement } from '../../src/analytics/report.js';
import { CALENDAR_KINDS } from '../../src/domain/calendar.js';
import { currencyOf, formatMinor, minorToNumber } from '../../src/domain/money.js';

const count = fc.nat(1_000_000_000);
const average = fc.nat(10_000_000).map((tenThousandths) => tenThousandths / 10_000);
/** Any text, and what has a meaning to a page, a spreadsheet or a terminal. */
const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 32, unit: 'grapheme' }),
  fc.constantFrom(
    'credit_card',
    '<script>alert(1)</script>',
    '=1+1',
    '@a',
    '-2',
    '\t=1',
    '"',
    "'&<b>",
    '\u001b[2J',
  ),
);
const DAY_MS = 86_400_000;

interface Shape {
  readonly code: string;
  readonly digits: number;
}

const shape = fc
  .constantFrom('USD', 'JPY', 'KWD')
  .map((code): Shape => ({ code, digits: currencyOf(code)?.digits ?? 2 }));

function amounts(currency: Shape): fc.Arbitrary<number> {
  return fc
    .oneof(fc.nat(100_000), fc.integer({ min: 0, max: 9_999_999_999_999 }))
    .map((minor) => minorToNumber(minor, currency));
}

/** What was adjusted: nothing, or something that went back. */
function back(money: fc.Arbitrary<number>): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constant(0),
    money.map((amount) => 0 - amount),
  );
}

function adjustedOf(money: fc.Arbitrary<number>) {
  return { adjustments: back(money), net_revenue: fc.oneof(money, back(money)) };
}

function summary(money: fc.Arbitrary<number>): fc.Arbitrary<ReportSummary> {
  return fc.record({
    total_transactions: fc.integer({ min: 1, max: 1_000_000_000 }),
    unique_users: count,
    total_revenue: money,
    ...adjustedOf(money),
    avg_transaction: average,
    first_transaction: fc.constantFrom('2026-03-01T00:01:03-06:00', null),
    latest_transaction: fc.constant('2026-03-31T23:51:52-05:00'),
  });
}

const calendarEntry = fc.record({
  entry_id: fc.nat(99),
  kind: fc.constantFrom(...CALENDAR_KINDS),
  name: word,
  starts_on: fc.constantFrom('2025-01-01', '2026-01-28', '2026-02-03', '2026-05-01'),
  ends_before: fc.constantFrom('2026-02-01', '2027-01-01', null),
  payment_type: fc.option(word),
  price_before_minor: fc.option(fc.nat(500)),
  price_after_minor: fc.option(fc.nat(500)),
  note: fc.constant(null),
});

/** As many numbers as are asked for, up to `below`, which all follow from one: quick to make small again. */
const spread = (seed: number, index: number, below: number): number =>
  ((seed + 1) * (index * 7919 + 1)) % below;

function days(length: number, currency: Shape): fc.Arbitrary<PaymentReport['trends']> {
  return fc.tuple(count, fc.constantFrom(1, 100_000, 9_999_999_999)).map(([seed, below]) =>
    Array.from({ length }, (_, index) => ({
      date: new Date(Date.UTC(2026, 0, 28) + index * DAY_MS).toISOString().slice(0, 10),
      daily_transactions: spread(seed, index, below),
      daily_revenue: minorToNumber(spread(seed, index + 1, below), currency),
      adjustments: minorToNumber(-spread(seed, index + 2, below), currency) + 0,
      // The one sum that days are added up with again.
      net_revenue:
        minorToNumber(spread(seed, index + 1, below) - spread(seed, index + 2, below), currency) + 0,
    })),
  );
}

function profile(currency: Shape): fc.Arbitrary<PaymentReport['profile']> {
  return fc.tuple(count, fc.constantFrom(1, 30, 9_999_999)).map(([seed, below]) =>
    Array.from({ length: 168 }, (_, index) => ({
      weekday: Math.floor(index / 24),
      hour: index % 24,
      transactions: spread(seed, index, below),
      revenue: minorToNumber(spread(seed, index + 1, below), currency),
    })),
  );
}

/** A report with payments, whose parts need not agree with each other. */
export const anyReport: fc.Arbitrary<PaymentReport> = fc
  .tuple(shape, fc.constantFrom(1, 9, 31, 62, 63, 130))
  .chain(([currency, length]) => {
    const money = amounts(currency);
    const method = fc.record({
      payment_type: word,
      usage_count: count,
      method_revenue: money,
      avg_amount: average,
      ...adjustedOf(money),
    });
    const rider = fc.record({
      user_id: word,
      transaction_count: count,
      total_spent: money,
      adjustments: back(money),
      net_spent: money,
    });
    const leftOut = fc.record({
      reason: fc.constantFrom('invalid', 'conflict', 'unreadable', 'else'),
      status: fc.constantFrom('open', 'replayed', 'discarded', 'expired'),
      deliveries: count,
    });
    const restatement = fc.record({
      date: fc.constantFrom('2026-03-02', '2026-03-03'),
      late_transactions: count,
      late_revenue: money.map((amount) => (amount > 5000 && amount < 1e6 ? -amount : amount)),
      late_adjustments: count,
      adjustments: back(money),
      sources: fc.constant<Restatement['sources']>([{ source: 'import', transactions: 1 }]),
      reason: word,
    });
    return fc.record(
      {
        summary: summary(money),
        trends: days(length, currency),
        userAnalysis: fc.uniqueArray(rider, { maxLength: 40, selector: ({ user_id }) => user_id }),
        paymentMethods: fc.uniqueArray(method, { maxLength: 15, selector: (row) => row.payment_type }),
        profile: profile(currency),
        before: fc.option(summary(money)),
        left_out: fc.uniqueArray(leftOut, { maxLength: 6, selector: (row) => `${row.reason}${row.status}` }),
        restated: fc.uniqueArray(restatement, { maxLength: 2, selector: ({ date }) => date }),
        calendar: fc.uniqueArray(calendarEntry, { maxLength: 4, selector: ({ entry_id }) => entry_id }),
        from: fc.constant('2026-01-28T00:00:00-06:00'),
        to: fc.constantFrom('2026-04-01T00:00:00-05:00', null),
        zone: fc.constant('America/Chicago'),
        currency: fc.constant(currency.code),
        as_of: count,
        as_of_received_at: fc.constantFrom('2026-04-01T05:00:00Z', null),
      },
      {
        requiredKeys: [
          ...(['summary', 'trends', 'paymentMethods', 'profile', 'before', 'left_out'] as const),
          ...(['from', 'to', 'zone', 'currency', 'as_of', 'as_of_received_at'] as const),
        ],
      },
    );
  });

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** The rows of a page's table, cells as text, without its head; none where the page has no such table. */
export function pageTable(html: string, id: string): string[][] {
  const table = new RegExp(`<table id="${id}">([\\s\\S]*?)</table>`).exec(html)?.[1] ?? '';
  const rows = table.split('</thead>')[1]?.match(/<tr>.*<\/tr>/g) ?? [];
  return rows.map((row) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? ''),
    ),
  );
}

/** The rows of a text's table: its figures, which are the last `figures` cells of each line. */
export function textTable(text: string, title: string, figures: number): string[][] {
  const lines = (text.split(`\n${title}\n${'-'.repeat(title.length)}\n`)[1] ?? '').split('\n\n')[0] ?? '';
  return lines
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/).slice(-figures));
}

/** A figure as people read it, as the CSV writes it: −$1,234.50 → -1234.50, 34.6% → 0.346. */
export function machineForm(figure: string): string {
  const digits = figure.replaceAll('−', '-').replace(/[^\d.-]/g, '');
  if (!figure.endsWith('%')) return digits;
  const permille = Number(digits.replace('.', ''));
  return formatMinor(permille, { code: '', digits: 3 });
}
