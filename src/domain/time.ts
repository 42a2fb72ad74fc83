/**
 * Time is a count of whole seconds since 1970-01-01T00:00:00Z. Fractions are cut, never rounded: 23:59:59.7 is
 * still today's revenue. Zones are IANA names; offsets come from the runtime's own zone data.
 */
import { Temporal } from 'temporal-polyfill';
import { ExactNumber } from './exact-number.js';

/** 9999-12-31T23:59:59Z, the last second a DATETIME holds. */
export const LAST_SECOND = 253_402_300_799;

/** Seconds since 1970, from inclusive, to exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How a feed writes its instants. */
export type TimeFormat = 'iso' | 'epoch_s' | 'epoch_ms';

export type ParsedInstant =
  | { readonly ok: true; readonly second: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

export interface InstantRules {
  readonly format: TimeFormat;
  /** The zone of times without offset; null: such times are a problem. */
  readonly zone: Zone | null;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/;

/** Reads an instant (ISO 8601, or epoch seconds or milliseconds where the feed says so) as a whole second. */
export function parseInstant(value: unknown, rules: InstantRules): ParsedInstant {
  if (value instanceof Date) return within(Math.floor(value.getTime() / 1000));
  if (rules.format !== 'iso') return parseEpoch(value, rules.format);
  const match = typeof value === 'string' ? ISO.exec(value) : null;
  if (match === null) {
    return refuse(
      'not_an_instant',
      'must be an instant such as 2025-04-07T03:11:31Z or 2025-04-06T22:11:31-05:00',
    );
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? '0'));
  const local = utcSecond(year ?? 0, month ?? 0, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0);
  if (local === undefined) return refuse('not_an_instant', 'names a date or time that does not exist');
  const offset = match[7];
  if (offset === undefined) return fromLocal(local, rules.zone);
  const offsetS = parseOffset(offset);
  if (offsetS === undefined) return refuse('not_an_instant', `has the offset ${offset}, which is not one`);
  return within(local - offsetS);
}

function parseEpoch(value: unknown, format: 'epoch_s' | 'epoch_ms'): ParsedInstant {
  const text = value instanceof ExactNumber ? value.text : typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,15}(\.\d+)?$/.test(text)) {
    const unit = format === 'epoch_s' ? 'seconds' : 'milliseconds';
    return refuse('not_an_instant', `must be a count of ${unit} since 1970, as this feed declares`);
  }
  const count = Number(text.split('.')[0]);
  return within(format === 'epoch_s' ? count : Math.floor(count / 1000));
}

function fromLocal(local: number, zone: Zone | null): ParsedInstant {
  if (zone === null) {
    return refuse(
      'no_offset',
      'is a local time without offset; send it with Z or an offset, or declare the zone of the feed',
    );
  }
  const instants = zone.instantsOf(local);
  const [instant] = instants;
  if (instant === undefined)
    return refuse('no_such_local_time', `does not exist in ${zone.name}: clocks skip it`);
  if (instants.length > 1)
    return refuse('ambiguous_local_time', `happens twice in ${zone.name}: clocks go back; send the offset`);
  return within(instant);
}

function within(second: number): ParsedInstant {
  if (!Number.isFinite(second)) return refuse('not_an_instant', 'is not an instant');
  if (second < 0 || second > LAST_SECOND) return refuse('out_of_range', 'must lie between 1970 and 9999');
  return { ok: true, second };
}

function refuse(code: string, message: string): ParsedInstant {
  return { ok: false, code, message };
}

function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** Date.UTC in whole seconds; undefined where the fields name no real date or time. */
function utcSecond(y: number, mo: number, d: number, h: number, mi: number, s: number): number | undefined {
  if (mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || s > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  if (date.getUTCMonth() !== mo - 1) return undefined;
  return date.getTime() / 1000 + h * 3600 + mi * 60 + s;
}

const DAY_S = 86_400;
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

/** Days already written out, as payments come close together: making one anew costs a microsecond. */
const dayTexts = new Map<number, string>();
const MAX_DAY_TEXTS = 4_000;

function dayText(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  if (dayTexts.size >= MAX_DAY_TEXTS) dayTexts.clear();
  const text = new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
  dayTexts.set(day, text);
  return text;
}

function write(second: number, between: string, end: string): string {
  const day = Math.floor(second / DAY_S);
  const inDay = second - day * DAY_S;
  const minutes = Math.floor(inDay / 60);
  const hour = Math.floor(minutes / 60);
  const clock = `${TWO_DIGITS[hour]}:${TWO_DIGITS[minutes - hour * 60]}:${TWO_DIGITS[inDay - minutes * 60]}`;
  return `${dayText(day)}${between}${clock}${end}`;
}

/** `YYYY-MM-DD HH:MM:SS` of a whole second in UTC: the table's text form. */
export function toSqlText(second: number): string {
  return write(second, ' ', '');
}

/** `YYYY-MM-DDTHH:MM:SSZ` of a whole second. */
export function toIso(second: number): string {
  return write(second, 'T', 'Z');
}

/** The table's text form as ISO 8601. */
export function sqlTextToIso(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
}

/** The whole second of the table's text form, which is in UTC. */
export function fromSqlText(text: string): number {
  return Date.parse(sqlTextToIso(text)) / 1000;
}

/** Years per cached block of offset changes; a block costs some milliseconds to make, once. */
const BLOCK_YEARS = 10;

interface Block {
  /** First second of each stretch of constant offset, ascending. */
  readonly starts: readonly number[];
  /** Offset of that stretch in seconds east of UTC. */
  readonly offsets: readonly number[];
}

/** The block that was asked for last, and its seconds. */
interface Recent {
  readonly from: number;
  readonly to: number;
  readonly block: Block;
}

/**
 * The offsets of one IANA zone, fast: a binary search in changes cached by decade.
 */
export class Zone {
  readonly #blocks = new Map<number, Block>();
  #recent: Recent = { from: 0, to: 0, block: { starts: [], offsets: [] } };

  private constructor(readonly name: string) {}

  /** The zone of an IANA name; undefined where the runtime knows none. */
  static of(name: string): Zone | undefined {
    try {
      const canonical = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
      return new Zone(canonical);
    } catch {
      return undefined;
    }
  }

  /** Seconds east of UTC at an instant. */
  offsetAt(second: number): number {
    const { starts, offsets } = this.#blockAt(second);
    return offsets[indexAt(starts, second)] ?? 0;
  }

  /** The change of offset last before or at `second`; -Infinity where its decade had none until then. */
  offsetSince(second: number): number {
    const { starts } = this.#blockAt(second);
    return starts[indexAt(starts, second)] ?? Number.NEGATIVE_INFINITY;
  }

  /** Local wall-clock seconds (as if they were UTC) of an instant. */
  localOf(second: number): number {
    return second + this.offsetAt(second);
  }

  /** Every instant whose wall clock shows `local`: none in a gap, two in an overlap; ascending. */
  instantsOf(local: number): number[] {
    const candidates = new Set([this.offsetAt(local - 86_400), this.offsetAt(local + 86_400)]);
    return [...candidates]
      .map((offset) => local - offset)
      .filter((instant) => this.localOf(instant) === local)
      .sort((a, b) => a - b);
  }

  /** The first instant of a local day or hour: the first whose wall clock shows `local` or, in a gap, later. */
  startOf(local: number): number {
    const [first] = this.instantsOf(local);
    if (first !== undefined) return first;
    return this.offsetSince(local - this.offsetAt(local - 86_400));
  }

  /** `YYYY-MM-DDTHH:MM:SS±HH:MM` of an instant in this zone. */
  toIso(second: number): string {
    const offset = this.offsetAt(second);
    const sign = offset < 0 ? '-' : '+';
    const minutes = Math.floor(Math.abs(offset) / 60);
    const hh = String(Math.floor(minutes / 60)).padStart(2, '0');
    const mm = String(minutes % 60).padStart(2, '0');
    return `${toIso(second + offset).slice(0, 19)}${sign}${hh}:${mm}`;
  }

  /**
   * The longest bucket, a divisor of an hour in seconds, that starts and ends with every hour of this zone: 3600
   * for most, 1800 where an offset has half an hour (Kolkata, Lord Howe), 900 for quarters (Kathmandu). Offsets
   * before 1980 (Monrovia's had half a minute) are left aside, as no payment is that old.
   */
  grainS(): number {
    let grain = 3600;
    for (let year = 1980; year < 2060; year += BLOCK_YEARS) {
      for (const offset of this.#blockAt(Date.UTC(year, 0, 3) / 1000).offsets)
        grain = gcd(grain, Math.abs(offset));
    }
    return grain;
  }

  #blockAt(second: number): Block {
    // One question after the other is mostly about the same decade, and finding its number makes a Date.
    if (second >= this.#recent.from && second < this.#recent.to) return this.#recent.block;
    const decade = Math.floor(new Date(second * 1000).getUTCFullYear() / BLOCK_YEARS);
    const block = this.#blocks.get(decade) ?? this.#makeBlock(decade);
    this.#blocks.set(decade, block);
    const startOf = (year: number): number => Date.UTC(year, 0, 1) / 1000;
    this.#recent = {
      from: startOf(decade * BLOCK_YEARS),
      to: startOf((decade + 1) * BLOCK_YEARS),
      block,
    };
    return block;
  }

  #makeBlock(decade: number): Block {
    const first = Date.UTC(decade * BLOCK_YEARS, 0, 1);
    const end = Date.UTC((decade + 1) * BLOCK_YEARS, 0, 1);
    const starts: number[] = [];
    const offsets: number[] = [];
    let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(first).toZonedDateTimeISO(
      this.name,
    );
    while (at !== null && at.epochMilliseconds < end) {
      starts.push(starts.length === 0 ? Number.NEGATIVE_INFINITY : at.epochMilliseconds / 1000);
      offsets.push(Math.trunc(at.offsetNanoseconds / 1e9));
      at = at.getTimeZoneTransition('next');
    }
    return { starts, offsets };
  }
}

/** Index of the last start at or before `second`. */
function indexAt(starts: readonly number[], second: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= second) low = middle;
    else high = middle - 1;
  }
  return low;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
