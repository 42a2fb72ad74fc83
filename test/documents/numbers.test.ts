/** The numbers of the page, of the CSV, of the text and of the JSON are the same numbers. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PaymentReport } from '../../src/analytics/report.js';
import { reportCsv } from '../../src/documents/csv.js';
import { reportHtml } from '../../src/documents/html.js';
import { reportText } from '../../src/documents/text.js';
import { currencyOf, formatMinor, numberToMinor } from '../../src/domain/money.js';
import { anyReport, machineForm, pageTable, textTable } from '../support/reports.js';

/** Values by section, key and measure; fails where one stands twice. */
function csvValues(csv: string): Map<string, string> {
  const [head, ...lines]: string[][] = parse(csv);
  expect(head).toEqual(['section', 'key', 'measure', 'value']);
  const values = new Map(
    lines.map(([section, key, measure, value = '']) => [`${section}|${key}|${measure}`, value]),
  );
  expect(values.size).toBe(lines.length);
  return values;
}

/** A key as the CSV has it. */
const keyOf = (key: string): string => (/^[=+\-@\t\r]/.test(key) ? `'${key}` : key);

const DAY_MEASURES = ['daily_transactions', 'daily_revenue'] as const;
const METHOD_MEASURES = ['usage_count', 'method_revenue', 'avg_amount'] as const;
const RIDER_MEASURES = ['transaction_count', 'total_spent'] as const;
const SUMMARY_MEASURES = ['total_revenue', 'total_transactions', 'unique_users', 'avg_transaction'] as const;

const ADJUSTED = ['adjustments', 'net_revenue'] as const;

/** Whether anything was adjusted: people see columns of it then, the CSV has them always. */
function isAdjusted({
  summary,
  before,
  trends,
  paymentMethods,
  userAnalysis,
  restated,
}: PaymentReport): boolean {
  const rows = [summary, before, ...trends, ...paymentMethods, ...(userAnalysis ?? []), ...(restated ?? [])];
  return rows.some((row) => row !== null && row.adjustments !== 0);
}

/** Measures as people see them: those of adjustments after the second. */
function seen(
  report: PaymentReport,
  measures: readonly string[],
  adjusted: readonly string[] = ADJUSTED,
): string[] {
  return [...measures.slice(0, 2), ...(isAdjusted(report) ? adjusted : []), ...measures.slice(2)];
}

/** Every figure of the JSON, by its name in the CSV. */
function jsonFigures(report: PaymentReport): Map<string, number> {
  const figures = new Map<string, number>();
  for (const measure of [...SUMMARY_MEASURES, ...ADJUSTED]) {
    figures.set(`summary||${measure}`, report.summary[measure]);
    if (report.before !== null) figures.set(`before||${measure}`, report.before[measure]);
  }
  for (const row of report.trends)
    for (const measure of [...DAY_MEASURES, ...ADJUSTED])
      figures.set(`trends|${row.date}|${measure}`, row[measure]);
  for (const row of report.paymentMethods)
    for (const measure of [...METHOD_MEASURES, ...ADJUSTED])
      figures.set(`methods|${keyOf(row.payment_type)}|${measure}`, row[measure]);
  for (const row of report.userAnalysis ?? [])
    for (const measure of [...RIDER_MEASURES, 'adjustments', 'net_spent'] as const)
      figures.set(`riders|${keyOf(row.user_id)}|${measure}`, row[measure]);
  const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  for (const { weekday, hour, transactions, revenue } of report.profile) {
    const key = `${weekdays[weekday]} ${String(hour).padStart(2, '0')}:00`;
    figures.set(`profile|${key}|transactions`, transactions).set(`profile|${key}|revenue`, revenue);
  }
  for (const { reason, status, deliveries } of report.left_out)
    figures.set(`left_out|${reason}/${status}|deliveries`, deliveries);
  for (const { date, late_transactions, late_revenue, ...others } of report.restated ?? []) {
    figures.set(`restated|${date}|late_adjustments`, others.late_adjustments);
    figures.set(`restated|${date}|adjustments`, others.adjustments);
    figures.set(`restated|${date}|late_transactions`, late_transactions);
    figures.set(`restated|${date}|late_revenue`, late_revenue);
  }
  return figures.set('about||as_of', report.as_of);
}

/** The figures of the CSV in the order of a table's rows. */
function expectedRows(
  values: ReadonlyMap<string, string>,
  section: string,
  keys: readonly string[],
  measures: readonly string[],
): string[][] {
  return keys.map((key) =>
    measures.map((measure) => values.get(`${section}|${keyOf(key)}|${measure}`) ?? '?'),
  );
}

const figuresOf = (rows: readonly (readonly string[])[]): string[][] =>
  rows.map((row) => row.slice(1).map(machineForm));

/** Sums each measure of the days in minor units. */
function dayTotal(report: PaymentReport, days = report.trends): string[] {
  const currency = currencyOf(report.currency) ?? { code: '', digits: 2 };
  const payments = days.reduce((sum, day) => sum + day.daily_transactions, 0);
  const revenue = days.reduce((sum, day) => sum + BigInt(numberToMinor(day.daily_revenue, currency)), 0n);
  const back = days.reduce((sum, day) => sum + BigInt(numberToMinor(day.adjustments, currency)), 0n);
  const sums = [formatMinor(back, currency), formatMinor(revenue + back, currency)];
  return [String(payments), formatMinor(revenue, currency), ...(isAdjusted(report) ? sums : [])];
}

test('the CSV has every figure of the JSON, with the digits of its currency', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const values = csvValues(reportCsv(report));
      for (const [name, figure] of jsonFigures(report))
        expect([name, Number(values.get(name))]).toEqual([name, figure]);
      const digits = currencyOf(report.currency)?.digits ?? 2;
      expect(values.get('summary||total_revenue')).toMatch(
        digits === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${digits}}$`),
      );
      expect(values.get('about||zone')).toBe(report.zone);
      expect(values.get('about||to')).toBe(report.to ?? '');
    }),
    { numRuns: 30 },
  );
});

test('every number of the page is the one of the CSV', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const values = csvValues(reportCsv(report));
      const html = reportHtml(report);
      const dates = report.trends.map(({ date }) => date);
      const days = figuresOf([...pageTable(html, 'days'), ...pageTable(html, 'days-more')]);
      expect(days.pop()).toEqual(dayTotal(report));
      expect(days).toEqual(expectedRows(values, 'trends', dates, seen(report, DAY_MEASURES)));

      const methods = figuresOf(pageTable(html, 'methods')).slice(0, -1);
      const types = report.paymentMethods.map(({ payment_type }) => payment_type);
      expect(methods).toEqual(
        expectedRows(values, 'methods', types, seen(report, [...METHOD_MEASURES, 'revenue_share'])),
      );

      const riders = figuresOf([...pageTable(html, 'riders'), ...pageTable(html, 'riders-more')]);
      const ids = (report.userAnalysis ?? []).map(({ user_id }) => user_id);
      expect(riders).toEqual(
        expectedRows(values, 'riders', ids, seen(report, RIDER_MEASURES, ['adjustments', 'net_spent'])),
      );

      const leftOut = report.left_out.map(({ reason, status }) => `${reason}/${status}`);
      expect(figuresOf(pageTable(html, 'left-out'))).toEqual(
        expectedRows(values, 'left_out', leftOut, ['deliveries']),
      );
      const restated = pageTable(html, 'restated').map((row) => row.slice(1, 3).map(machineForm));
      const changed = (report.restated ?? []).map(({ date }) => date);
      expect(restated).toEqual(
        expectedRows(values, 'restated', changed, ['late_transactions', 'late_revenue']),
      );

      for (const [id, measure] of [
        ['hours', 'transactions'],
        ['hourly-revenue', 'revenue'],
      ] as const) {
        const week = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
        const rows = pageTable(html, id);
        expect(rows.length).toBe(24);
        for (const [hour = '', ...cells] of rows) {
          expect(cells.map(machineForm)).toEqual(
            week.map((weekday) => values.get(`profile|${weekday} ${hour}|${measure}`)),
          );
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('the headline of the page is the one of the CSV, with its change', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const values = csvValues(reportCsv(report));
      const html = reportHtml(report);
      const tiles = [
        ...html.matchAll(
          /<dd class="value">(.*?)<\/dd>(?:<dd class="change">(?:<b>(.*?)<\/b> )?from (.*?)<\/dd>)?/g,
        ),
      ];
      expect(tiles.length).toBe(4);
      for (const [index, measure] of SUMMARY_MEASURES.entries()) {
        const [, value = '', change = '', before = ''] = tiles[index] ?? [];
        expect(machineForm(value)).toBe(values.get(`summary||${measure}`));
        expect(machineForm(before)).toBe(values.get(`before||${measure}`) ?? '');
        expect(machineForm(change)).toBe(values.get(`summary||${measure}_change`) ?? '');
        const then = report.before?.[measure] ?? 0;
        if (change === '') expect(then).toBe(0);
        else expect(Number(machineForm(change))).toBeCloseTo((report.summary[measure] - then) / then, 2);
      }
    }),
    { numRuns: 20 },
  );
});

test('months are the sums of their days, on the page and in the text', () => {
  fc.assert(
    fc.property(
      anyReport.filter(({ trends }) => trends.length > 62),
      (report) => {
        const html = reportHtml(report);
        const months = [...new Set(report.trends.map(({ date }) => date.slice(0, 7)))];
        const sums = months.map((month) =>
          dayTotal(
            report,
            report.trends.filter(({ date }) => date.startsWith(month)),
          ),
        );
        const expected = [...sums, dayTotal(report)];
        expect(figuresOf([...pageTable(html, 'months'), ...pageTable(html, 'months-more')])).toEqual(
          expected,
        );
        const lines = textTable(reportText(report), 'Months', seen(report, DAY_MEASURES).length).map((row) =>
          row.map(machineForm),
        );
        expect(lines).toEqual(expected);
      },
    ),
    { numRuns: 20 },
  );
});

test('every number of the text is the one of the CSV', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const values = csvValues(reportCsv(report));
      const text = reportText(report);
      const rows = (title: string, figures: number): string[][] =>
        textTable(text, title, figures).map((row) => row.map(machineForm));
      if (report.paymentMethods.length > 0) {
        const types = report.paymentMethods.map(({ payment_type }) => payment_type);
        const measures = seen(report, [...METHOD_MEASURES, 'revenue_share']);
        expect(rows('Payment methods', measures.length).slice(0, -1)).toEqual(
          expectedRows(values, 'methods', types, measures),
        );
      }
      if (report.trends.length <= 62) {
        const dates = report.trends.map(({ date }) => date);
        const measures = seen(report, DAY_MEASURES);
        expect(rows('Days', measures.length).slice(0, -1)).toEqual(
          expectedRows(values, 'trends', dates, measures),
        );
      }
      const hours = rows('Payments by weekday and hour', 7);
      expect(hours[8]?.[0]).toBe(values.get('profile|Mon 08:00|transactions'));
      expect(hours[23]?.[6]).toBe(values.get('profile|Sun 23:00|transactions'));
    }),
    { numRuns: 30 },
  );
});
