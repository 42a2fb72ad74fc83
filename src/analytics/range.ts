/** The range of a question: seconds since 1970, from inclusive, to exclusive. */
import { AppError } from '../domain/errors.js';
import { parseInstant, type Span, type Zone } from '../domain/time.js';

/** After every instant that can be recorded. */
export const OPEN_END = 253_402_300_800;

/** `days` back from now, or `from`/`to`: an instant, or a local date in the reporting zone. */
export interface RangeRequest {
  readonly days?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const MAX_DAYS = 36_500;

/**
 * The span of a request. As in the source, `days` is that many times 24 hours before now and has no end; an absent
 * `from` means the default number of days before `to`, or before now.
 * @throws AppError `usage` naming the parameter
 */
export function resolveRange(request: RangeRequest, defaultDays: number, zone: Zone, now: number): Span {
  const { days, from, to } = request;
  if (days !== undefined && (from !== undefined || to !== undefined)) {
    throw new AppError('usage', 'Give either days, or from and to.');
  }
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= MAX_DAYS)) {
    throw new AppError('usage', `days must be a whole number from 1 to ${MAX_DAYS}.`);
  }
  const end = to === undefined ? OPEN_END : parseMoment('to', to, zone);
  const before = to === undefined ? Math.floor(now / 1000) : end;
  const start =
    from === undefined ? before - (days ?? defaultDays) * 86_400 : parseMoment('from', from, zone);
  if (start >= end) throw new AppError('usage', 'from must lie before to.');
  return { from: start, to: end };
}

/**
 * The span of equal length just before; a span without end is as long as it has lasted until now.
 * @param now milliseconds since 1970
 */
export function spanBefore({ from, to }: Span, now: number): Span {
  const end = to === OPEN_END ? Math.max(from + 1, Math.floor(now / 1000)) : to;
  return { from: Math.max(0, from - (end - from)), to: from };
}

/** An instant, or the first moment of a local date. */
export function parseMoment(name: string, text: string, zone: Zone): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const midnight = parseInstant(`${text}T00:00:00Z`, { format: 'iso', zone: null });
    if (midnight.ok) return zone.startOf(midnight.second);
  }
  const instant = parseInstant(text, { format: 'iso', zone: null });
  if (instant.ok) return instant.second;
  throw new AppError(
    'usage',
    `${name} must be a date such as 2025-04-07 (in ${zone.name}) or an instant such as 2025-04-07T05:00:00Z.`,
  );
}
