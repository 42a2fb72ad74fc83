/** The headline figures, each with its change against the period before. */
import type { PaymentReport, ReportSummary } from '../analytics/report.js';
import { type Currency, numberToMinor } from '../domain/money.js';
import { figures, instant, type ReportTable, type TableRow } from './table.js';
import { average, count, money, NONE, permilleOf, type Value } from './values.js';
import { knownZone } from './words.js';

/** What stands in the headline: money and counts of the summary. */
interface HeadlineFigure {
  readonly label: string;
  readonly measure: string;
  readonly value: (summary: ReportSummary) => Value;
  /** As a whole number, for the change. */
  readonly whole: (summary: ReportSummary) => bigint;
}

function headlineFigures(currency: Currency): HeadlineFigure[] {
  return [
    {
      label: 'Revenue',
      measure: 'total_revenue',
      value: (summary) => money(summary.total_revenue),
      whole: (summary) => wholeOf(summary.total_revenue, currency),
    },
    {
      label: 'Payments',
      measure: 'total_transactions',
      value: (summary) => count(summary.total_transactions),
      whole: (summary) => BigInt(summary.total_transactions),
    },
    {
      label: 'Riders',
      measure: 'unique_users',
      value: (summary) => count(summary.unique_users),
      whole: (summary) => BigInt(summary.unique_users),
    },
    {
      label: 'Average price',
      measure: 'avg_transaction',
      value: (summary) => average(summary.avg_transaction),
      whole: (summary) => wholeOf(summary.avg_transaction, { code: '', digits: 4 }),
    },
    {
      label: 'Adjustments',
      measure: 'adjustments',
      value: (summary) => money(summary.adjustments),
      whole: (summary) => wholeOf(summary.adjustments, currency),
    },
    {
      label: 'Net revenue',
      measure: 'net_revenue',
      value: (summary) => money(summary.net_revenue),
      whole: (summary) => wholeOf(summary.net_revenue, currency),
    },
  ];
}

/** Where something was adjusted: people see it there. */
const ADJUSTED: readonly string[] = ['adjustments', 'net_revenue'];

/** @param adjusted whether people see the figures of adjustments; machines always do */
export function headlineTable(report: PaymentReport, currency: Currency, adjusted: boolean): ReportTable {
  const { summary, before } = report;
  const zone = knownZone(report.zone);
  const rowOf = ({ label, measure, value, whole }: HeadlineFigure): TableRow => {
    const now = figures('summary', '', { [measure]: value(summary) });
    if (before === null) return { label, figures: now };
    const permille = permilleOf(whole(summary) - whole(before), whole(before));
    const change: Value = permille === undefined ? NONE : { kind: 'change', permille };
    return {
      label,
      figures: [
        ...now,
        ...figures('before', '', { [measure]: value(before) }),
        ...figures('summary', '', { [`${measure}_change`]: change }),
      ],
    };
  };
  const all = headlineFigures(currency);
  const rows = all.filter(({ measure }) => adjusted || !ADJUSTED.includes(measure)).map(rowOf);
  const hidden = adjusted ? [] : all.filter(({ measure }) => ADJUSTED.includes(measure)).map(rowOf);
  const endRow = (label: string, measure: 'first_transaction' | 'latest_transaction'): TableRow => {
    const now = figures('summary', '', { [measure]: instant(summary[measure], zone) });
    if (before === null) return { label, figures: now };
    const then = figures('before', '', { [measure]: instant(before[measure], zone) });
    return { label, figures: [...now, ...then, ...figures(undefined, '', { change: NONE })] };
  };
  return {
    title: 'Headline figures',
    head: ['', 'This period', ...(before === null ? [] : ['Period before', 'Change'])],
    rows: [
      ...rows,
      endRow('First payment', 'first_transaction'),
      {
        ...endRow('Latest payment', 'latest_transaction'),
        more: hidden.flatMap((row) => row.figures),
      },
    ],
  };
}

const wholeOf = (amount: number, scale: Currency): bigint => BigInt(numberToMinor(amount, scale));
