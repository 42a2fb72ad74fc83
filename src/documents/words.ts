/** A report's facts in words: its period, its watermark, what it leaves out, and what its figures mean. */
import type { LeftOut, PaymentReport } from '../analytics/report.js';
import type { Currency } from '../domain/money.js';
import { parseInstant, Zone } from '../domain/time.js';
import { monthName, short, weekdayName } from './names.js';
import { counted, countText } from './values.js';

const DAY_S = 86_400;

interface LocalTime {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
  /** HH:MM, with :SS where the second is not 0. */
  readonly clock: string;
  /** The instant at which a day of the zone begins. */
  readonly startsDay: boolean;
}

/** The report's zone. Reports are made in a zone that was checked at the start. */
export function knownZone(name: string): Zone {
  const zone = Zone.of(name);
  if (zone === undefined) throw new Error(`the report's zone ${name} is not an IANA time zone`);
  return zone;
}

function secondOf(iso: string): number {
  const parsed = parseInstant(iso, { format: 'iso', zone: null });
  if (!parsed.ok) throw new Error(`the report's instant ${iso} ${parsed.message}`);
  return parsed.second;
}

function localTime(second: number, zone: Zone): LocalTime {
  const local = zone.localOf(second);
  const date = new Date(local * 1000);
  const iso = date.toISOString();
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    clock: iso.slice(17, 19) === '00' ? iso.slice(11, 16) : iso.slice(11, 19),
    startsDay: zone.startOf(Math.floor(local / DAY_S) * DAY_S) === second,
  };
}

const monthDay = ({ month, day }: LocalTime): string => `${monthName(month)} ${day}`;
const dateWords = (time: LocalTime): string => `${monthDay(time)}, ${time.year}`;

/** "March 31, 2026, 23:59:07" in the zone. */
export function instantInWords(iso: string, zone: Zone): string {
  const time = localTime(secondOf(iso), zone);
  return `${dateWords(time)}, ${time.clock}`;
}

/** "Tue, Mar 3" of YYYY-MM-DD: for a column under a title that tells the year. */
export function dayLabel(date: string): string {
  const [, month = '', day = ''] = date.split('-');
  return `${short(weekdayName(date))}, ${short(monthName(Number(month)))} ${Number(day)}`;
}

/** "Tuesday, March 3, 2026" of YYYY-MM-DD. */
export function dateInWords(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${weekdayName(date)}, ${monthName(Number(month))} ${Number(day)}, ${year}`;
}

/** "March 2026" of YYYY-MM. */
export function monthInWords(month: string): string {
  return `${monthName(Number(month.slice(5, 7)))} ${month.slice(0, 4)}`;
}

/** "March 2026", "March 3–17, 2026", "since March 3, 2026": the period as a title. */
export function periodInWords({ from, to, zone: zoneName }: PaymentReport): string {
  const zone = knownZone(zoneName);
  const first = localTime(secondOf(from), zone);
  if (to === null) return `Since ${dateWords(first)}${first.startsDay ? '' : `, ${first.clock}`}`;
  const end = localTime(secondOf(to), zone);
  if (!first.startsDay || !end.startsDay) {
    return `${dateWords(first)}, ${first.clock} – ${dateWords(end)}, ${end.clock}`;
  }
  const last = localTime(secondOf(to) - 1, zone);
  return first.day === 1 && end.day === 1 ? monthsInWords(first, last) : daysInWords(first, last);
}

function monthsInWords(first: LocalTime, last: LocalTime): string {
  const end = `${monthName(last.month)} ${last.year}`;
  if (first.year !== last.year) return `${monthName(first.month)} ${first.year} – ${end}`;
  if (first.month === 1 && last.month === 12) return `Year ${first.year}`;
  return first.month === last.month ? end : `${monthName(first.month)} – ${end}`;
}

function daysInWords(first: LocalTime, last: LocalTime): string {
  if (first.year !== last.year) return `${dateWords(first)} – ${dateWords(last)}`;
  if (first.month !== last.month) return `${monthDay(first)} – ${dateWords(last)}`;
  if (first.day === last.day) return dateWords(first);
  return `${monthName(first.month)} ${first.day}–${last.day}, ${first.year}`;
}

/** "US Dollar (USD)". */
export function currencyInWords({ code }: Currency): string {
  const name = new Intl.DisplayNames('en-US', { type: 'currency' }).of(code);
  return name === undefined || name === code ? code : `${name} (${code})`;
}

export function asOfInWords({ as_of, as_of_received_at, zone }: PaymentReport): string {
  if (as_of_received_at === null) return 'No payment had been recorded yet';
  return `Capture ${countText(as_of)}, received ${instantInWords(as_of_received_at, knownZone(zone))}`;
}

const REASONS: Readonly<Record<string, string>> = {
  invalid: 'failed the checks',
  conflict: 'contradicted a recorded payment',
  unreadable: 'could not be read',
};
const STATUSES: Readonly<Record<string, string>> = {
  open: 'to be decided',
  replayed: 'recorded since',
  discarded: 'given up',
  expired: 'expired',
};

/** "Failed the checks, to be decided". */
export function leftOutLabel({ reason, status }: LeftOut): string {
  const why = REASONS[reason] ?? reason;
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}, ${STATUSES[status] ?? status}`;
}

/** "3 deliveries could not become payments: 2 failed the checks (1 to be decided, 1 given up); 1 could not be read (expired)." */
export function leftOutInWords(leftOut: readonly LeftOut[]): string {
  const some = leftOut.filter(({ deliveries }) => deliveries > 0);
  if (some.length === 0) return 'Nothing was left out: every delivery of this period could be counted.';
  const sum = (rows: readonly LeftOut[]): number => rows.reduce((all, { deliveries }) => all + deliveries, 0);
  const parts = [...new Set(some.map(({ reason }) => reason))].map((reason) => {
    const its = some.filter((row) => row.reason === reason);
    const statuses = its.map(({ status, deliveries }) => {
      const words = STATUSES[status] ?? status;
      return its.length === 1 ? words : `${countText(deliveries)} ${words}`;
    });
    return `${countText(sum(its))} ${REASONS[reason] ?? reason} (${statuses.join(', ')})`;
  });
  const total = counted(sum(some), 'delivery', 'deliveries');
  return `${total} could not become ${sum(some) === 1 ? 'a payment' : 'payments'}: ${parts.join('; ')}.`;
}

const DOLLARS_AND_EUROS = new Set(['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'EUR']);

/** The smallest piece of money that is counted: "cents", "yen". */
function wholeUnits({ code, digits }: Currency): string {
  if (code === 'JPY') return 'whole yen';
  if (DOLLARS_AND_EUROS.has(code)) return 'whole cents';
  const parts = ['units', 'tenths', 'hundredths', 'thousandths', 'ten-thousandths'][digits] ?? 'minor units';
  return `whole ${parts} of one ${code}`;
}

export interface Definition {
  readonly term: string;
  readonly meaning: string;
}

const ADJUSTMENTS: readonly Definition[] = [
  {
    term: 'Adjustments',
    meaning:
      'Refunds, voids and corrections that came about in the period, of payments of whatever time; below zero where money went back. They stand on the day they came about, under the method and the rider of their payment.',
  },
  {
    term: 'Net revenue',
    meaning: 'Revenue and adjustments together.',
  },
];

/**
 * What the figures mean, for whoever reads the report without its makers.
 * @param adjusted whether the report shows adjustments
 */
export function definitions(report: PaymentReport, currency: Currency, adjusted: boolean): Definition[] {
  return [
    {
      term: 'Revenue',
      meaning: `The sum of the prices of all payments of the period. Money is counted in ${wholeUnits(currency)} and never rounded; only averages are, to four decimals, and percentages, to one.`,
    },
    ...(adjusted ? ADJUSTMENTS : []),
    {
      term: 'Payment',
      meaning:
        'A purchase that was recorded once, however often it was reported. It is not a trip: one pass pays for many rides, and one payment may cover several tickets.',
    },
    {
      term: 'Rider',
      meaning:
        'An account with at least one payment in the period, known by a pseudonym only. A person with two accounts counts as two riders.',
    },
    {
      term: 'Day',
      meaning: `A payment counts on the day it was made in ${report.zone}, whenever it was reported. A day on which clocks change has 23 or 25 hours.`,
    },
    {
      term: 'Period before',
      meaning: 'The period of equal length that ends where this one begins.',
    },
  ];
}
