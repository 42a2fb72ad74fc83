/** Payments of a dataset, gathered into pieces: as many rows as one group of a Parquet file, all of one month. */
import { monthOf } from '../days.js';
import type { Rows } from './cells.js';
import type { TableWriter } from './table-writer.js';

/** Rows of a piece: large enough for columns to be read fast, small enough to hold them a few times over. */
const PIECE_ROWS = 100_000;

export class PaymentPieces {
  readonly #writer: TableWriter;
  readonly #number = new Int32Array(PIECE_ROWS);
  readonly #second = new Float64Array(PIECE_ROWS);
  readonly #day = new Int32Array(PIECE_ROWS);
  readonly #rider = new Int32Array(PIECE_ROWS);
  readonly #type: string[] = new Array<string>(PIECE_ROWS).fill('');
  readonly #price = new Float64Array(PIECE_ROWS);
  readonly #lag: (number | null)[] = new Array<number | null>(PIECE_ROWS).fill(null);
  #size = 0;
  #lastDay = Number.NaN;
  #month = -1;
  /** Of the payment that was added last. */
  number = 0;

  constructor(writer: TableWriter) {
    this.#writer = writer;
  }

  /** Payments come in the order of time. @param lag NaN where there is none */
  add(second: number, day: number, rider: number, type: string, price: number, lag: number): void {
    if (day !== this.#lastDay) this.#turnTo(day);
    const at = this.#size++;
    this.#number[at] = ++this.number;
    this.#second[at] = second;
    this.#day[at] = day;
    this.#rider[at] = rider;
    this.#type[at] = type;
    this.#price[at] = price;
    this.#lag[at] = Number.isNaN(lag) ? null : lag;
    if (this.#size === PIECE_ROWS) this.flush();
  }

  #turnTo(day: number): void {
    this.#lastDay = day;
    const month = monthOf(day);
    if (month === this.#month) return;
    this.flush();
    this.#month = month;
  }

  /** Writes what has been gathered. */
  flush(): void {
    if (this.#size === 0) return;
    const size = this.#size;
    const rows: Rows = [
      this.#number.subarray(0, size),
      this.#second.subarray(0, size),
      this.#day.subarray(0, size),
      this.#rider.subarray(0, size),
      this.#type.slice(0, size),
      this.#price.subarray(0, size),
      this.#lag.slice(0, size),
    ];
    this.#writer.writeMonth(this.#month, rows);
    this.#size = 0;
  }
}
