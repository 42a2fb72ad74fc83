/** The report as one self-contained page: no script, no request, whatever stands in the data. */
import type { PaymentReport, ReportDay, ReportSummary } from '../analytics/report.js';
import type { Currency } from '../domain/money.js';
import { hasAdjustments } from './adjusted.js';
import { chartFigure } from './chart-figure.js';
import { MAX_DAY_BARS, MAX_METHOD_BARS, methodMix, revenueByDay, weekdayHours } from './charts.js';
import { escaped, listMarkup, pageMarkup, tableMarkup } from './markup.js';
import { HOURS, hourLabel, isWeekend, typeInWords, WEEKDAYS } from './names.js';
import { PAGE_THEME, type Paper, pageStyle } from './style.js';
import type { ReportTable } from './table.js';
import { type ReportTables, reportMarks, reportTables } from './tables.js';
import {
  counted,
  countText,
  knownCurrency,
  moneyText,
  peopleText,
  percentText,
  type Value,
} from './values.js';
import {
  asOfInWords,
  currencyInWords,
  dateInWords,
  definitions,
  leftOutInWords,
  monthInWords,
  periodInWords,
} from './words.js';

export interface PageOptions {
  /** Size of the paper it is printed on; without it, the printer's. */
  readonly paper?: Paper | undefined;
}

/** What the sections are made of. */
interface Page {
  readonly report: PaymentReport;
  readonly currency: Currency;
  readonly tables: ReportTables;
}

export function reportHtml(report: PaymentReport, options: PageOptions = {}): string {
  const currency = knownCurrency(report.currency);
  const page: Page = { report, currency, tables: reportTables(report) };
  const isEmpty = report.summary.total_transactions === 0;
  const title = `Payment report, ${periodInWords(report)}`;
  const sections = [
    header(page),
    isEmpty ? emptySection(page) : tiles(page),
    facts(page),
    restatedSection(page),
    ...(isEmpty ? [] : [daysSection(page), methodsSection(page), hoursSection(page), ridersSection(page)]),
    definitionsSection(page),
    `<footer>Made by Farelog. ${escaped(asOfInWords(report))}.</footer>\n`,
  ];
  return pageMarkup(title, pageStyle(options.paper), sections);
}

function header({ report, tables }: Page): string {
  const { before, summary } = report;
  const words = before === null || summary.total_transactions === 0 ? '' : lede(before, tables.headline);
  // No line ends within "9–10".
  const period = periodInWords(report).replace(/(?<=\d)–(?=\d)/, '–\u2060');
  return `<header>
<p class="kicker">Payment report</p>
<h1>${escaped(period)}</h1>
${words === '' ? '' : `<p class="lede">${escaped(words)}</p>\n`}</header>
`;
}

/** What became of the two figures that matter most. */
function lede(before: ReportSummary, headline: ReportTable): string {
  const period = 'the period of equal length just before';
  if (before.total_transactions === 0) return `There was no payment in ${period}.`;
  const [revenue, payments] = headline.rows.map(({ figures }) => changeInWords(figures[2]?.value));
  return `Revenue ${revenue} against ${period}; payments ${payments}.`;
}

function changeInWords(change: Value | undefined): string {
  if (change?.kind !== 'change' || change.permille === 0) return 'stayed the same';
  return `${change.permille > 0 ? 'rose' : 'fell'} by ${percentText(Math.abs(change.permille))}`;
}

function emptySection({ report: { before }, currency }: Page): string {
  const then =
    before === null || before.total_transactions === 0
      ? 'Every figure of it is zero.'
      : `The period of equal length just before had ${counted(before.total_transactions, 'payment')} worth ${moneyText(before.total_revenue, currency)}.`;
  return `<p class="empty"><b>No payment was made in this period.</b>${escaped(then)}</p>\n`;
}

/** The four figures that are looked for first, each with its change. */
function tiles({ report, currency, tables }: Page): string {
  const rows = tables.headline.rows.slice(0, 4).map(({ label, figures }) => {
    const [value = '', before = '', change = ''] = figures.map((figure) =>
      peopleText(figure.value, currency),
    );
    const told =
      report.before === null
        ? ''
        : `<dd class="change">${change === '–' ? '' : `<b>${escaped(change)}</b> `}from ${escaped(before)}</dd>`;
    return `<div><dt>${label}</dt><dd class="value">${escaped(value)}</dd>${told}</div>\n`;
  });
  return `<dl class="tiles">\n${rows.join('')}</dl>\n`;
}

function facts({ report, currency }: Page): string {
  const { adjustments, net_revenue } = report.summary;
  const net = `${moneyText(adjustments, currency)}; with them revenue is ${moneyText(net_revenue, currency)}`;
  return listMarkup('facts', [
    ...(hasAdjustments(report) ? [['Adjustments', escaped(net)] as const] : []),
    ['Reporting zone', escaped(`${report.zone}; all days and times are local there`)],
    ['Currency', escaped(currencyInWords(currency))],
    ['As of', escaped(asOfInWords(report))],
    ['Left out', escaped(leftOutInWords(report.left_out))],
  ]);
}

function restatedSection({ report, currency, tables }: Page): string {
  if (report.restated === undefined || tables.restated === null) return '';
  const body =
    report.restated.length === 0
      ? '<p class="note">Nothing: all figures of this period are as they were.</p>\n'
      : tableMarkup(tables.restated, currency, { id: 'restated', className: 'wide' });
  return `<section>\n<h2>${tables.restated.title}</h2>\n${body}</section>\n`;
}

function best<T>(items: readonly T[], size: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (found, item) => (found === undefined || size(item) > size(found) ? item : found),
    undefined,
  );
}

function daysSection({ report, currency, tables }: Page): string {
  const { trends } = report;
  const marks = reportMarks(report);
  const top = best(trends, (day) => day.daily_revenue);
  const isLong = trends.length > MAX_DAY_BARS;
  const key = isLong
    ? 'Thin line: each day. Bold line: mean of seven days.'
    : trends.some(({ date }) => isWeekend(date))
      ? 'Saturdays and Sundays are in a softer color.'
      : '';
  const most =
    top === undefined
      ? ''
      : `The best day was ${dateInWords(top.date)}: ${moneyText(top.daily_revenue, currency)} from ${counted(top.daily_transactions, 'payment')}.`;
  const figure =
    trends.length < 2
      ? ''
      : chartFigure('by-day', `Revenue by day. ${most} The numbers are in the table below.`, (widthPx) =>
          revenueByDay(trends, currency, PAGE_THEME, widthPx, marks),
        );
  const changes =
    tables.calendar === null
      ? ''
      : `<p class="note">${tables.calendar.title}, by the numbers in the chart</p>\n${tableMarkup(tables.calendar, currency, { id: 'calendar', className: 'few' })}`;
  return `<section>
<h2>Revenue by day</h2>
<p class="note">${escaped(most)}${figure === '' || key === '' ? '' : ` ${key}`}</p>
${figure}${changes}${dayTables(tables, currency, trends)}</section>
`;
}

/** More rows than these stand in two columns, where there is room for two. */
const MAX_ROWS_IN_A_COLUMN = 10;

function inColumns(table: ReportTable, currency: Currency, id: string): string {
  const { title, head, rows } = table;
  if (rows.length <= MAX_ROWS_IN_A_COLUMN) return tableMarkup(table, currency, { id, className: 'few' });
  const half = Math.ceil((rows.length + 1) / 2);
  const left = tableMarkup({ title, head, rows: rows.slice(0, half) }, currency, { id });
  const right = tableMarkup({ ...table, rows: rows.slice(half) }, currency, { id: `${id}-more` });
  return `<div class="paired">\n${left}${right}</div>\n`;
}

/** Days one by one; over long ranges months, and the days folded behind them. */
function dayTables({ days, months }: ReportTables, currency: Currency, trends: readonly ReportDay[]): string {
  if (months === null) return inColumns(days, currency, 'days');
  const titles = months.rows.map(({ figures }) => figures[0]?.key ?? '');
  const groups = titles.map((month) => ({
    title: monthInWords(month),
    rows: days.rows.filter((_, index) => trends[index]?.date.startsWith(month)),
  }));
  return `${inColumns(months, currency, 'months')}<details class="screen">
<summary>Each of the ${countText(days.rows.length)} days</summary>
${tableMarkup(days, currency, { id: 'days', groups })}</details>
<p class="note paper">Each day stands in the page and the CSV of this report.</p>
`;
}

function methodsSection({ report, currency, tables }: Page): string {
  const methods = report.paymentMethods;
  const [first] = methods;
  const more = methods.length - MAX_METHOD_BARS;
  const lead =
    first === undefined
      ? ''
      : `${typeInWords(first.payment_type)} brought the most: ${moneyText(first.method_revenue, currency)}.${more > 0 ? ` The chart shows the first ${MAX_METHOD_BARS} of ${methods.length}.` : ''}`;
  const figure = chartFigure(
    'by-method',
    `Revenue by payment method. ${lead} The numbers are in the table below.`,
    (widthPx) => methodMix(methods, typeInWords, currency, PAGE_THEME, widthPx),
  );
  return `<section>
<h2>${tables.methods.title}</h2>
<p class="note">${escaped(lead)}</p>
${figure}${tableMarkup(tables.methods, currency, { id: 'methods' })}</section>
`;
}

function hoursSection({ report, currency, tables }: Page): string {
  const busiest = best(report.profile, ({ transactions }) => transactions);
  const lead =
    busiest === undefined
      ? ''
      : `The busiest hour of the week was ${WEEKDAYS[busiest.weekday]}, ${hourLabel(busiest.hour)} to ${hourLabel((busiest.hour + 1) % HOURS.length)}: ${counted(busiest.transactions, 'payment')}.`;
  const swatches = PAGE_THEME.heat.map((colour) => `<i style="background:${colour}"></i>`).join('');
  const legend = `<div class="legend" aria-hidden="true">None${swatches}Most</div>\n`;
  const figure = chartFigure(
    'by-hour',
    `Payments by weekday and hour. ${lead} The numbers are in the tables below.`,
    (widthPx) => weekdayHours(report.profile, PAGE_THEME, widthPx),
    legend,
  );
  const numbers = (table: ReportTable, id: string): string =>
    `<p class="note">${table.title}</p>\n${tableMarkup(table, currency, { id, className: 'dense' })}`;
  return `<section>
<h2>When riders pay</h2>
<p class="note">${escaped(lead)} Each cell is an hour of the week, summed over the period.</p>
${figure}<details class="screen">
<summary>Payments and revenue in numbers</summary>
${numbers(tables.hours, 'hours')}${numbers(tables.hourlyRevenue, 'hourly-revenue')}</details>
</section>
`;
}

/** With more riders than these, the rest is folded. */
const MAX_RIDERS_UNFOLDED = 25;

function ridersSection({ report, currency, tables }: Page): string {
  const { riders } = tables;
  if (riders === null) return '';
  const all = report.summary.unique_users;
  const shown = riders.rows.length;
  const part =
    shown < all ? `The first ${countText(shown)} of ${counted(all, 'rider')}` : counted(all, 'rider');
  const first = { ...riders, rows: riders.rows.slice(0, MAX_RIDERS_UNFOLDED) };
  const rest = { ...riders, rows: riders.rows.slice(MAX_RIDERS_UNFOLDED) };
  const folded =
    rest.rows.length === 0
      ? ''
      : `<details class="opened">
<summary>${counted(rest.rows.length, 'more rider')}</summary>
${tableMarkup(rest, currency, { id: 'riders-more', className: 'anywhere' })}</details>
`;
  return `<section>
<h2>${riders.title}</h2>
<p class="note">${part}, by pseudonym. Rider-level data: pass it on to those only who may see it.</p>
${tableMarkup(first, currency, { id: 'riders', className: 'anywhere' })}${folded}</section>
`;
}

function definitionsSection({ report, currency, tables }: Page): string {
  const leftOut =
    tables.leftOut.rows.length === 0
      ? ''
      : `<section>
<h2>What was left out</h2>
<p class="note">Deliveries that came in within the period and could not become payments. They are in no figure of this report.</p>
${tableMarkup(tables.leftOut, currency, { id: 'left-out' })}</section>
`;
  const terms = definitions(report, currency, hasAdjustments(report)).map(
    ({ term, meaning }): [string, string] => [escaped(term), escaped(meaning)],
  );
  return `${leftOut}<section class="definitions">
<h2>What the figures mean</h2>
${listMarkup('terms', terms)}</section>
`;
}
