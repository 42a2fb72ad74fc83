/**
 * The tables of a report, once for all of its forms: page, terminal and CSV write these same values, so that their
 * numbers cannot differ.
 */
import type {
  PaymentReport,
  ReportDay,
  ReportMethod,
  ReportRider,
  Restatement,
} from '../analytics/report.js';
import { averageOf, type Currency, minorToNumber, numberToMinor } from '../domain/money.js';
import { ADJUSTED, adjustedFigures, hasAdjustments, headWith, withAdjusted } from './adjusted.js';
import { type Mark, marksOn } from './chart-marks.js';
import { headlineTable } from './headline.js';
import { HOURS, hourLabel, monthName, short, typeInWords, WEEK, WEEKDAYS } from './names.js';
import { figures, instant, type ReportTable, type Section, type TableRow } from './table.js';
import { average, count, knownCurrency, money, NONE, permilleOf, text, type Value } from './values.js';
import { asOfInWords, dayLabel, knownZone, leftOutLabel, monthInWords } from './words.js';

export interface ReportTables {
  readonly about: ReportTable;
  readonly headline: ReportTable;
  readonly methods: ReportTable;
  /** Days by month, where there are too many to read one by one. */
  readonly months: ReportTable | null;
  readonly days: ReportTable;
  /** Hours down, weekdays across. */
  readonly hours: ReportTable;
  readonly hourlyRevenue: ReportTable;
  readonly riders: ReportTable | null;
  readonly leftOut: ReportTable;
  readonly restated: ReportTable | null;
  /** What was changed for riders, numbered as on the charts. */
  readonly calendar: ReportTable | null;
}

/** With more days than these, people read months. */
export const MAX_DAYS_ONE_BY_ONE = 62;

export function reportTables(report: PaymentReport): ReportTables {
  const currency = knownCurrency(report.currency);
  const form: Form = { currency, adjusted: hasAdjustments(report) };
  return {
    about: aboutTable(report),
    headline: headlineTable(report, currency, form.adjusted),
    methods: methodsTable(report.paymentMethods, form),
    months: report.trends.length > MAX_DAYS_ONE_BY_ONE ? monthsTable(report.trends, form) : null,
    days: daysTable(report.trends, form),
    hours: profileTable(report, 'transactions'),
    hourlyRevenue: profileTable(report, 'revenue'),
    riders: report.userAnalysis === undefined ? null : ridersTable(report.userAnalysis, form.adjusted),
    leftOut: leftOutTable(report),
    restated: report.restated === undefined ? null : restatedTable(report.restated, form.adjusted),
    calendar: calendarTable(report, currency),
  };
}

/** How tables are made: people see columns of adjustments where there are any, machines always. */
interface Form {
  readonly currency: Currency;
  readonly adjusted: boolean;
}

function aboutTable(report: PaymentReport): ReportTable {
  const zone = knownZone(report.zone);
  const row = (label: string, measure: string, value: Value): TableRow => ({
    label,
    figures: figures('about', '', { [measure]: value }),
  });
  const received = report.as_of_received_at ?? '';
  return {
    title: 'About this report',
    head: ['', ''],
    rows: [
      row('From', 'from', instant(report.from, zone)),
      row('Up to, exclusive', 'to', instant(report.to, zone)),
      row('Reporting zone', 'zone', text(report.zone)),
      row('Currency', 'currency', text(report.currency)),
      {
        label: 'As of',
        figures: figures('about', '', {
          as_of_received_at: { kind: 'instant', iso: received, words: asOfInWords(report) },
        }),
        more: figures('about', '', { as_of: count(report.as_of) }),
      },
    ],
  };
}

const minorOf = (amount: number, currency: Currency): bigint => BigInt(numberToMinor(amount, currency));

const sumMinor = (amounts: readonly number[], currency: Currency): bigint =>
  amounts.reduce((sum, amount) => sum + minorOf(amount, currency), 0n);

function methodsTable(methods: readonly ReportMethod[], { currency, adjusted }: Form): ReportTable {
  const total = sumMinor(
    methods.map(({ method_revenue }) => method_revenue),
    currency,
  );
  const back = sumMinor(
    methods.map(({ adjustments }) => adjustments),
    currency,
  );
  const usages = methods.reduce((sum, { usage_count }) => sum + usage_count, 0);
  const row = (
    section: Section | undefined,
    key: string,
    method: Omit<ReportMethod, 'payment_type'>,
  ): TableRow => {
    const permille = permilleOf(minorOf(method.method_revenue, currency), total);
    const all = figures(section, key, {
      usage_count: count(method.usage_count),
      method_revenue: money(method.method_revenue),
      avg_amount: average(method.avg_amount),
      revenue_share: permille === undefined ? NONE : { kind: 'share', permille },
    });
    return {
      label: section === undefined ? key : typeInWords(key),
      ...withAdjusted(all, adjustedFigures(section, key, method), 2, adjusted),
    };
  };
  return {
    title: 'Payment methods',
    head: headWith(
      ['Method', 'Payments', 'Revenue', 'Average price', 'Share of revenue'],
      ADJUSTED,
      2,
      adjusted,
    ),
    rows: methods.map((method) => row('methods', method.payment_type, method)),
    total: row(undefined, 'All methods', {
      usage_count: usages,
      method_revenue: minorToNumber(total, currency),
      avg_amount: averageOf(total, usages, currency),
      adjustments: minorToNumber(back, currency),
      net_revenue: minorToNumber(total + back, currency),
    }),
  };
}

function daySum(
  section: Section | undefined,
  key: string,
  label: string,
  days: readonly ReportDay[],
  { currency, adjusted }: Form,
): TableRow {
  const revenue = sumMinor(
    days.map((day) => day.daily_revenue),
    currency,
  );
  const values = {
    daily_transactions: count(days.reduce((sum, day) => sum + day.daily_transactions, 0)),
    daily_revenue: money(minorToNumber(revenue, currency)),
  };
  const back = sumMinor(
    days.map((day) => day.adjustments),
    currency,
  );
  const sums = {
    adjustments: minorToNumber(back, currency),
    net_revenue: minorToNumber(revenue + back, currency),
  };
  return {
    label,
    ...withAdjusted(figures(section, key, values), adjustedFigures(section, key, sums), 2, adjusted),
  };
}

function daysTable(days: readonly ReportDay[], form: Form): ReportTable {
  return {
    title: 'Days',
    head: headWith(['Day', 'Payments', 'Revenue'], ADJUSTED, 2, form.adjusted),
    rows: days.map((day) => daySum('trends', day.date, dayLabel(day.date), [day], form)),
    total: daySum(undefined, '', 'All days', days, form),
  };
}

/** The days of each month, in order: YYYY-MM and its days. */
export function daysByMonth(days: readonly ReportDay[]): Map<string, ReportDay[]> {
  const months = new Map<string, ReportDay[]>();
  for (const day of days) {
    const month = day.date.slice(0, 7);
    const known = months.get(month);
    if (known === undefined) months.set(month, [day]);
    else known.push(day);
  }
  return months;
}

function monthsTable(days: readonly ReportDay[], form: Form): ReportTable {
  return {
    title: 'Months',
    head: headWith(['Month', 'Payments', 'Revenue'], ADJUSTED, 2, form.adjusted),
    rows: [...daysByMonth(days)].map(([month, its]) =>
      daySum(undefined, month, monthInWords(month), its, form),
    ),
    total: daySum(undefined, '', 'All months', days, form),
  };
}

function profileTable({ profile }: PaymentReport, measure: 'transactions' | 'revenue'): ReportTable {
  const cells = new Map(profile.map((cell) => [cell.weekday * 24 + cell.hour, cell]));
  return {
    title: measure === 'transactions' ? 'Payments by weekday and hour' : 'Revenue by weekday and hour',
    head: ['Hour', ...WEEK.map((weekday) => short(WEEKDAYS[weekday]))],
    rows: HOURS.map((hour) => ({
      label: hourLabel(hour),
      figures: WEEK.map((weekday) => {
        const value = cells.get(weekday * 24 + hour)?.[measure] ?? 0;
        return {
          section: 'profile',
          key: `${short(WEEKDAYS[weekday])} ${hourLabel(hour)}`,
          measure,
          value: measure === 'transactions' ? count(value) : money(value),
        };
      }),
    })),
  };
}

function ridersTable(riders: readonly ReportRider[], adjusted: boolean): ReportTable {
  return {
    title: 'Riders by spend',
    head: headWith(['Rider', 'Payments', 'Spent'], ['Adjustments', 'Net'], 2, adjusted),
    rows: riders.map(({ user_id, transaction_count, total_spent, adjustments, net_spent }) => {
      const all = figures('riders', user_id, {
        transaction_count: count(transaction_count),
        total_spent: money(total_spent),
      });
      const back = figures('riders', user_id, {
        adjustments: money(adjustments),
        net_spent: money(net_spent),
      });
      return { label: user_id, ...withAdjusted(all, back, 2, adjusted) };
    }),
  };
}

function leftOutTable({ left_out }: PaymentReport): ReportTable {
  return {
    title: 'Left out',
    head: ['Deliveries that', 'Deliveries'],
    rows: left_out.map((row) => ({
      label: leftOutLabel(row),
      figures: figures('left_out', `${row.reason}/${row.status}`, { deliveries: count(row.deliveries) }),
    })),
  };
}

/** The marks of the chart of days. */
export function reportMarks({ calendar = [], trends }: PaymentReport): Mark[] {
  const dates = trends.map(({ date }) => date);
  return marksOn(calendar, dates, 'daily');
}

/** "Mar 6, 2026", which no line ends within. */
const shortDate = (date: string): string =>
  `${short(monthName(Number(date.slice(5, 7))))}\u00a0${Number(date.slice(8))},\u00a0${date.slice(0, 4)}`;

function calendarTable(report: PaymentReport, currency: Currency): ReportTable | null {
  const marks = reportMarks(report);
  if (marks.length === 0) return null;
  const date = (iso: string | null): Value =>
    iso === null ? { kind: 'instant', iso: '', words: '–' } : { kind: 'instant', iso, words: shortDate(iso) };
  const price = (minor: number | null): Value =>
    minor === null ? NONE : money(minorToNumber(minor, currency));
  return {
    title: 'What was changed for riders',
    head: ['', 'What', 'Kind', 'From', 'Ends before', 'Method', 'Price before', 'Price after'],
    rows: marks.map(({ number, entry }) => ({
      label: `${number}`,
      figures: figures('calendar', `${entry.entry_id}`, {
        name: text(entry.name),
        kind: text(entry.kind),
        starts_on: date(entry.starts_on),
        ends_before: date(entry.ends_before),
        payment_type: text(entry.payment_type === null ? '' : typeInWords(entry.payment_type)),
        price_before: price(entry.price_before_minor),
        price_after: price(entry.price_after_minor),
      }),
    })),
  };
}

function restatedTable(restated: readonly Restatement[], adjusted: boolean): ReportTable {
  return {
    title: 'What changed since the earlier capture',
    head: headWith(['Day', 'Late payments', 'Late revenue', 'Why'], ['Adjustments'], 2, adjusted),
    rows: restated.map(({ date, late_transactions, late_revenue, sources, reason, ...others }) => {
      const all = figures('restated', date, {
        late_transactions: count(late_transactions),
        late_revenue: money(late_revenue),
        reason: text(reason),
      });
      const back = figures('restated', date, { adjustments: money(others.adjustments) });
      const { figures: shown, more = [] } = withAdjusted(all, back, 2, adjusted);
      return {
        label: dayLabel(date),
        figures: shown,
        more: [
          ...more,
          ...figures('restated', date, { late_adjustments: count(others.late_adjustments) }),
          ...sources.flatMap(({ source, transactions }) =>
            figures('restated', date, { [`late_transactions_${source}`]: count(transactions) }),
          ),
        ],
      };
    }),
  };
}
