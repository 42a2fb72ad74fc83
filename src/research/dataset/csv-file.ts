/**
 * A table's rows as CSV (RFC 4180, UTF-8, a line feed after each row), digit by digit into one buffer: ten million rows
 * as strings would take longer than everything else together.
 */
import { harmlessText } from '../../domain/formula.js';
import { type Currency, formatMinor } from '../../domain/money.js';
import { dateOf } from '../days.js';
import { type Rows, sizeOf } from './cells.js';
import type { Column, Table } from './tables.js';

const BUFFER_BYTES = 1 << 20;
/** More than any cell takes, but for long texts. */
const CELL_BYTES = 64;
/** Texts that are kept as bytes: there are few different ones but for pseudonyms, and those come once. */
const KEPT_TEXTS = 1_000;
const KEPT_DATES = 1_000;

const MOST_SMALL = 2 ** 31 - 1;

const COMMA = 44;
const LINE_FEED = 10;

/** Where bytes go; what its end tells is the sink's to say. */
export interface Sink<End> {
  write(bytes: Uint8Array): void;
  end(): End;
  abandon(): void;
}

export class CsvFile<End> {
  readonly #file: Sink<End>;
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #at = 0;
  readonly #texts = new Map<string, Buffer>();
  readonly #dates = new Map<number, Buffer>();

  constructor(
    file: Sink<End>,
    readonly table: Pick<Table, 'columns'>,
    readonly currency: Currency,
  ) {
    this.#file = file;
    this.#put(Buffer.from(`${table.columns.map(({ name }) => name).join(',')}\n`));
  }

  /** A column without any cells is empty in every row, but the first, which tells how many rows there are. */
  write(rows: Rows): void {
    const columns = this.table.columns.map((column, at) => ({ column, cells: rows[at] ?? [] }));
    const size = sizeOf(rows);
    for (let row = 0; row < size; row++) {
      for (let at = 0; at < columns.length; at++) {
        const one = columns[at];
        if (one === undefined) continue;
        this.#room(CELL_BYTES);
        if (one.cells.length > 0) {
          const value = one.cells[row];
          if (value != null) this.#cell(one.column, value);
        }
        this.#buffer[this.#at++] = COMMA;
      }
      this.#buffer[this.#at - 1] = LINE_FEED;
    }
  }

  end(): End {
    this.#flush();
    return this.#file.end();
  }

  abandon(): void {
    this.#file.abandon();
  }

  #cell({ type }: Column, value: number | bigint | string): void {
    if (typeof value === 'string') this.#put(this.#textBytes(value));
    else if (type === 'money') this.#money(value);
    else if (typeof value === 'bigint') this.#put(Buffer.from(String(value)));
    else if (type === 'integer') this.#integer(value);
    else if (type === 'date') this.#put(this.#dateBytes(value));
    else this.#timestamp(value);
  }

  #integer(value: number): void {
    if (value >= 0) this.#digits(value, 1);
    else this.#put(Buffer.from(String(value)));
  }

  #money(minor: number | bigint): void {
    if (typeof minor === 'bigint' || minor < 0) {
      this.#put(Buffer.from(formatMinor(minor, this.currency)));
      return;
    }
    const { digits } = this.currency;
    const unit = 10 ** digits;
    const whole = Math.floor(minor / unit);
    this.#digits(whole, 1);
    if (digits === 0) return;
    this.#buffer[this.#at++] = 46;
    this.#digits(minor - whole * unit, digits);
  }

  #timestamp(second: number): void {
    const day = Math.floor(second / 86_400);
    this.#put(this.#dateBytes(day));
    const inDay = second - day * 86_400;
    this.#buffer[this.#at++] = 84;
    this.#digits(Math.floor(inDay / 3600), 2);
    this.#buffer[this.#at++] = 58;
    this.#digits(Math.floor(inDay / 60) % 60, 2);
    this.#buffer[this.#at++] = 58;
    this.#digits(inDay % 60, 2);
    this.#buffer[this.#at++] = 90;
  }

  /** A whole number of at least `least` digits. */
  #digits(value: number, least: number): void {
    let length = least;
    for (let limit = 10 ** least; limit <= value; limit *= 10) length++;
    const first = this.#at;
    let rest = value;
    let at = first + length - 1;
    for (; rest > MOST_SMALL; at--) {
      const tenth = Math.floor(rest / 10);
      this.#buffer[at] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    // Of 32 bits, where dividing is a third of the work.
    for (let small = rest | 0; at >= first; at--) {
      const tenth = (small / 10) | 0;
      this.#buffer[at] = 48 + small - tenth * 10;
      small = tenth;
    }
    this.#at = first + length;
  }

  /** A row may have two days, as UTC and the reporting zone tell them, so more than the last one is kept. */
  #dateBytes(day: number): Buffer {
    const known = this.#dates.get(day);
    if (known !== undefined) return known;
    const bytes = Buffer.from(dateOf(day));
    if (this.#dates.size >= KEPT_DATES) this.#dates.clear();
    this.#dates.set(day, bytes);
    return bytes;
  }

  #textBytes(text: string): Buffer {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(csvText(text));
    if (this.#texts.size < KEPT_TEXTS) this.#texts.set(text, bytes);
    return bytes;
  }

  #put(bytes: Buffer): void {
    this.#room(bytes.length + CELL_BYTES);
    // A short copy byte by byte is faster than a call that copies.
    if (bytes.length > 48) bytes.copy(this.#buffer, this.#at);
    else for (let at = 0; at < bytes.length; at++) this.#buffer[this.#at + at] = bytes[at] ?? 0;
    this.#at += bytes.length;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    this.#flush();
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(bytes);
  }

  #flush(): void {
    this.#file.write(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }
}

/** What a spreadsheet would run gets an apostrophe, as in every CSV of Farelog. */
function csvText(text: string): string {
  const safe = harmlessText(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
