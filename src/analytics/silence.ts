/**
 * Is capture unusually quiet? The payments of each of the last hours beside those of the same hour of the week in the
 * weeks before. The hour that is still going on is held against as much of the same hour then.
 *
 * An alarm wakes somebody, so it must not cry at every slow hour. Of eight earlier weeks the new one is the lowest by
 * chance once in nine; so an hour is quiet only where it is below the usual range, and below half of the median, and
 * three standard deviations of a Poisson count below it. Where the median is nine or less, even no payment at all
 * is no wonder, and nothing is told. The hour that is going on counts once a quarter of it is over, since payments come in
 * somewhat after they were made.
 */
import type { Span, Zone } from '../domain/time.js';
import { loggedEnds } from '../store/facts.js';
import type { Ledger } from './ledger.js';
import { quantileOf, toDecimals } from './quantiles.js';
import { OPEN_END } from './range.js';

const HOUR_S = 3_600;
const WEEK_S = 604_800;
const WEEKS_BACK = 8;
const MIN_WEEKS = 4;
const MIN_ELAPSED_S = 900;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** An hour, or what has passed of one, with its payments and those of the same hour in weeks before. */
export interface CountedHour {
  /** Seconds since 1970, to exclusive. */
  readonly span: Span;
  readonly payments: number;
  /** Of each week that has history, in no order. */
  readonly earlier: readonly number[];
}

/** The usual range: 5%, 50% and 95% of the weeks before, by type 7 of Hyndman and Fan, to 2 decimals. */
export interface UsualRange {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface SilenceRow {
  readonly starts_at: string;
  /** Exclusive; of the hour that is going on: now. */
  readonly ends_at: string;
  readonly payments: number;
  /** How many weeks before have history for this hour, at most 8. */
  readonly weeks: number;
  /** Null where those are fewer than 4. */
  readonly low: number | null;
  readonly median: number | null;
  readonly high: number | null;
  readonly quiet: boolean;
  /** In words. */
  readonly reason: string;
}

export interface Silence {
  /** Whether the newest hour of which it can be told is quiet. */
  readonly alarm: boolean;
  /** That hour's. */
  readonly reason: string;
  /** The last hours, oldest first, and the one that is going on. */
  readonly rows: SilenceRow[];
}

/** Undefined where there is too little history to tell. */
export function usualRange(earlier: readonly number[]): UsualRange | undefined {
  if (earlier.length < MIN_WEEKS) return undefined;
  const values = earlier.toSorted((a, b) => a - b);
  const ascending = { length: values.length, at: (index: number) => values[index] ?? 0 };
  const at = (quantile: number): number => toDecimals(quantileOf(ascending, quantile) ?? 0, 2);
  return { low: at(0.05), median: at(0.5), high: at(0.95) };
}

/** Whether so few payments are an alarm; undefined where nothing can be told. */
export function isQuiet(payments: number, usual: UsualRange | undefined): boolean | undefined {
  if (usual === undefined) return undefined;
  const { low, median } = usual;
  const lowest = median - 3 * Math.sqrt(median);
  if (lowest <= 0) return undefined;
  return payments < low && payments < median / 2 && payments < lowest;
}

/** What the hours tell, oldest first and the one that is going on last. */
export function silenceOf(hours: readonly CountedHour[], zone: Zone): Silence {
  const judged = hours.map((hour) => {
    const usual = usualRange(hour.earlier);
    return { hour, usual, quiet: isQuiet(hour.payments, usual) };
  });
  const rows = judged.map(({ hour, usual, quiet }) => ({
    starts_at: zone.toIso(hour.span.from),
    ends_at: zone.toIso(hour.span.to),
    payments: hour.payments,
    weeks: hour.earlier.length,
    low: usual?.low ?? null,
    median: usual?.median ?? null,
    high: usual?.high ?? null,
    quiet: quiet === true,
    reason: inWords(hour, usual, quiet, zone),
  }));
  const current = judged.length - 1;
  const { from, to } = judged[current]?.hour.span ?? { from: 0, to: 0 };
  const tells = to - from >= MIN_ELAPSED_S && judged[current]?.quiet !== undefined;
  const told = rows[tells ? current : Math.max(0, current - 1)];
  return { alarm: told?.quiet ?? false, reason: told?.reason ?? 'There is no hour to tell of', rows };
}

function inWords(
  { span, payments, earlier }: CountedHour,
  usual: UsualRange | undefined,
  quiet: boolean | undefined,
  zone: Zone,
): string {
  const local = zone.localOf(span.from);
  const clock = (second: number): string => new Date(second * 1000).toISOString().slice(11, 16);
  const weekday = WEEKDAYS[(Math.floor(local / 86_400) + 4) % 7] ?? '';
  const seen = `${count(payments)} from ${clock(local)} to ${clock(zone.localOf(span.to))}`;
  if (usual === undefined) {
    const weeks = earlier.length === 1 ? '1 week' : `${earlier.length} weeks`;
    return `${seen}; there are ${weeks} of history for this time on a ${weekday}, and an alarm needs ${MIN_WEEKS}`;
  }
  const range = `usually ${whole(usual.low)}–${whole(usual.high)} at this time on a ${weekday}`;
  return quiet === undefined ? `${seen}; ${range}, too few to tell silence from chance` : `${seen}; ${range}`;
}

function count(payments: number): string {
  return payments === 1 ? '1 payment' : `${whole(payments)} payments`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** The last `hours` full hours and the one that is going on; a second of it at least. */
export function lastHours(nowS: number, hours: number, zone: Zone): Span[] {
  const local = zone.localOf(nowS);
  const start = nowS - (((local % HOUR_S) + HOUR_S) % HOUR_S);
  const spans = Array.from({ length: hours }, (_, index) => {
    const from = start - (hours - index) * HOUR_S;
    return { from, to: from + HOUR_S };
  });
  return [...spans, { from: start, to: Math.max(start + 1, nowS) }];
}

/** The same time on the wall clock so many weeks before; undefined where clocks left it out. */
export function weeksBefore({ from, to }: Span, weeks: number, zone: Zone): Span | undefined {
  const [start] = zone.instantsOf(zone.localOf(from) - weeks * WEEK_S);
  return start === undefined ? undefined : { from: start, to: start + (to - from) };
}

/** @param nowS seconds since 1970 */
export async function captureSilence(ledger: Ledger, hours: number, nowS: number): Promise<Silence> {
  const { zone } = ledger.calendar;
  const { store, trx, upTo } = ledger;
  const first = (await loggedEnds(store, trx, { span: { from: 0, to: OPEN_END }, upTo }))?.first;
  const counted: CountedHour[] = [];
  for (const span of lastHours(nowS, hours, zone)) {
    const earlier: number[] = [];
    for (let weeks = 1; weeks <= WEEKS_BACK; weeks++) {
      const then = weeksBefore(span, weeks, zone);
      if (then === undefined || first === undefined || then.from < first) continue;
      earlier.push(await paymentsIn(ledger, then));
    }
    counted.push({ span, payments: await paymentsIn(ledger, span), earlier });
  }
  return silenceOf(counted, zone);
}

async function paymentsIn(ledger: Ledger, span: Span): Promise<number> {
  let payments = 0;
  for (const { entries, from, to } of await ledger.slices('revenue', span)) {
    for (let at = from; at < to; at++) payments += entries.count[at] ?? 0;
  }
  return payments;
}
