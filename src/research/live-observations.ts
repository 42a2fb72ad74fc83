/**
 * The live database as observations: one state of it, up to its newest capture or to an earlier one. Riders who were
 * erased or have withdrawn are as they are now, whatever the capture: an earlier state does not bring them back. Who is no
 * target user was left out when payments came in, and is not here to be left out.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { AppError } from '../domain/errors.js';
import type { LedgerCalendar } from '../domain/ledger.js';
import type { Currency } from '../domain/money.js';
import { LAST_SECOND, parseInstant, toIso, type Zone } from '../domain/time.js';
import { streamAdjustments } from '../store/adjustments.js';
import { calendarEntries } from '../store/calendar.js';
import { newestCapture, receivedAfter } from '../store/captures.js';
import type { Store } from '../store/dialect.js';
import { loggedEnds } from '../store/facts.js';
import { observePayments } from '../store/observed-payments.js';
import { allWithdrawn } from '../store/withdrawals.js';
import { dateOf, dayOf, localDay } from './days.js';
import type { Observations } from './observations.js';
import { ObservedColumns } from './observed-columns.js';

export interface LiveParts {
  readonly store: Store;
  readonly calendar: LedgerCalendar;
  readonly currency: Currency;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** What is read: local dates, or the instants at which they begin. */
export interface LiveRequest {
  /** Inclusive; by default the day of the first payment. */
  readonly from?: string | undefined;
  /** Exclusive; by default the day after that of the last payment, but today, which is not over, is left out. */
  readonly to?: string | undefined;
  /** The last capture that counts; by default all do. */
  readonly asOf?: number | undefined;
  /** More payments than these are refused. */
  readonly maxPayments?: number | undefined;
  readonly onProgress?: ((payments: number) => void) | undefined;
}

const DAY_S = 86_400;
const ALL_TIME = { from: 0, to: LAST_SECOND + 1 };

/**
 * @throws AppError `usage` where the period or the capture cannot be meant, or holds more payments than may be read
 */
export function observeLive(parts: LiveParts, request: LiveRequest = {}): Promise<Observations> {
  const { store, calendar, currency, clock } = parts;
  return store.snapshot(async (trx) => {
    const { sequence: newest } = await newestCapture(trx);
    const sequence = request.asOf ?? newest;
    if (sequence > newest) {
      throw new AppError('usage', `as_of ${sequence} is not captured yet; the newest capture is ${newest}.`);
    }
    // Where nothing came in since, captures need not be looked at.
    const upTo = sequence === newest ? undefined : sequence;
    const { from, to } = await daysOf(parts, trx, request, upTo);
    const { zone } = calendar;
    const span = { from: zone.startOf(from * DAY_S), to: zone.startOf(to * DAY_S) };
    const columns = new ObservedColumns(calendar, await allWithdrawn(trx));
    const { maxPayments = Number.POSITIVE_INFINITY, onProgress } = request;
    for await (const batch of observePayments(store, trx, currency, { span, upTo })) {
      columns.add(batch);
      if (columns.size > maxPayments) throw tooMany(maxPayments);
      onProgress?.(columns.size);
      // SQLite's rows come without a wait: others want their turn.
      await nextTurn();
    }
    // As in the figures: that state stood until the next capture came in.
    const untilMs = upTo === undefined ? undefined : await receivedAfter(trx, upTo);
    const earlier = upTo === undefined ? undefined : { sequence: upTo, beforeMs: untilMs ?? 0 };
    for await (const some of streamAdjustments(trx, { span, earlier })) columns.addAdjustments(some);
    return {
      provenance: { kind: 'live', sequence, read_at: toIso(Math.floor((untilMs ?? clock()) / 1000)) },
      zone: zone.name,
      currency,
      from: dateOf(from),
      to: dateOf(to),
      ...columns.columns(),
      calendar: await calendarEntries(trx),
    };
  });
}

function tooMany(maxPayments: number): AppError {
  const most = maxPayments.toLocaleString('en-US');
  return new AppError(
    'usage',
    `The period has over ${most} payments, as many as this service reads for a study. Ask for a shorter one (from and to), or run \`farelog study\`, which has no such limit.`,
  );
}

/** Local days, from inclusive, to exclusive. */
async function daysOf(
  { store, calendar: { zone }, clock }: LiveParts,
  trx: Knex,
  request: LiveRequest,
  upTo: number | undefined,
): Promise<{ readonly from: number; readonly to: number }> {
  const today = localDay(Math.floor(clock() / 1000), zone);
  const asked = {
    from: request.from === undefined ? undefined : dayNamed('from', request.from, zone),
    to: request.to === undefined ? undefined : dayNamed('to', request.to, zone),
  };
  const whole = asked.from !== undefined && asked.to !== undefined;
  const ends = whole ? undefined : await loggedEnds(store, trx, { span: ALL_TIME, upTo });
  const last = ends === undefined ? today : Math.min(today, localDay(ends.last, zone) + 1);
  const first = ends === undefined ? last - 1 : localDay(ends.first, zone);
  const from = asked.from ?? Math.min(first, (asked.to ?? last) - 1);
  const to = asked.to ?? Math.max(last, from + 1);
  if (from >= to) throw new AppError('usage', 'from must lie before to.');
  return { from, to };
}

/** The day of a date, or of the instant at which it begins. */
function dayNamed(name: string, text: string, zone: Zone): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const midnight = parseInstant(`${text}T00:00:00Z`, { format: 'iso', zone: null });
    if (midnight.ok) return dayOf(text);
  }
  const instant = parseInstant(text, { format: 'iso', zone: null });
  if (instant.ok) {
    const day = localDay(instant.second, zone);
    if (zone.startOf(day * DAY_S) === instant.second) return day;
  }
  throw new AppError(
    'usage',
    `${name} must be a date such as 2025-04-07, or the instant at which a day of ${zone.name} begins: studies are of whole days.`,
  );
}
