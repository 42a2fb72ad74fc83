/** When something is due: every so often, at a local time of each day, or by a cron pattern. */
import { Cron } from 'croner';
import type { Zone } from '../domain/time.js';

export interface DueTimes {
  /** `every 15m`, `at 02:30`, `at 30 2 * * 1-5`; `parseDueTimes` reads it again. */
  readonly text: string;
  /** The first time after a moment, both in milliseconds since 1970; null where none ever comes. */
  after(ms: number): number | null;
}

const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_EVERY_S = 31 * 86_400;

/** Every so often: `30s`, `15m`, `2h`, `1d`. Undefined where the text is none of these. */
export function dueEvery(text: string): DueTimes | undefined {
  const [, count = '', unit = ''] = /^([1-9]\d{0,6})([smhd])$/.exec(text.trim()) ?? [];
  const everyS = Number(count) * (UNIT_S[unit] ?? 0);
  if (everyS === 0 || everyS > MAX_EVERY_S) return undefined;
  const everyMs = everyS * 1000;
  // Counted from 1970, so that every instance has the same times.
  return { text: `every ${count}${unit}`, after: (ms) => (Math.floor(ms / everyMs) + 1) * everyMs };
}

/**
 * At a local time of each day (`02:30`), or by a cron pattern of five fields. A time of day that clocks skip is the first
 * one after the gap; one that comes twice is its first. Patterns with a wildcard or a step in minutes or hours follow the
 * clock through both.
 */
export function dueAt(text: string, zone: Zone): DueTimes | undefined {
  const trimmed = text.trim();
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(trimmed) ?? [];
  const pattern = hour === undefined ? trimmed : `${minute} ${hour} * * *`;
  if (pattern.split(/\s+/).length !== 5) return undefined;
  try {
    const cron = new Cron(pattern, {
      ...{ timezone: zone.name, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true },
    });
    const after = (ms: number): number | null => cron.nextRun(new Date(ms))?.getTime() ?? null;
    return { text: `at ${trimmed}`, after };
  } catch {
    return undefined;
  }
}

/** What `text` of due times says. */
export function parseDueTimes(text: string, zone: Zone): DueTimes | undefined {
  if (text.startsWith('every ')) return dueEvery(text.slice('every '.length));
  return text.startsWith('at ') ? dueAt(text.slice('at '.length), zone) : undefined;
}
