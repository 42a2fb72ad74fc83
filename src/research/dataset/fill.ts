/**
 * A dataset's tables, filled from one state of the database. Payments are read once, in the order of time, and each is
 * written when its piece is full; what stays in memory grows with riders, days and adjustments, not with payments.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { AppError } from '../../domain/errors.js';
import type { Currency } from '../../domain/money.js';
import type { Span, Zone } from '../../domain/time.js';
import { calendarEntries } from '../../store/calendar.js';
import type { Store } from '../../store/dialect.js';
import { observeAdjustments } from '../../store/observed-adjustments.js';
import { observePasses } from '../../store/observed-passes.js';
import { observePayments, observeRiders, type PaymentBatch } from '../../store/observed-payments.js';
import { writeAdjustments } from './adjustment-rows.js';
import { calendarRows } from './calendar-file.js';
import type { WrittenFile } from './hashed-file.js';
import { writePasses } from './pass-rows.js';
import { PaymentPieces } from './payment-pieces.js';
import { type ExcludedRiders, type LeftOut, StudyRiders } from './riders.js';
import { monthsOf, type TablePart, TableWriter } from './table-writer.js';
import { type TidesOptions, TidesWriter } from './tides.js';
import { DatasetTotals } from './totals.js';

export interface Filling {
  readonly store: Store;
  readonly zone: Zone;
  readonly currency: Currency;
  /** The folder that is written into. */
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  /** Numbers of the last capture and the last adjustment that count. */
  readonly captures: number;
  readonly adjustments: number;
  /** Of the study's pseudonyms. */
  readonly key: Buffer;
  readonly excluded: ExcludedRiders;
  readonly tides: TidesOptions | null;
  /** Whether uses of passes are in it. */
  readonly passes: boolean;
  readonly onProgress: (payments: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** What was left out of one kind of riders. */
interface LeftOutCount {
  payments: number;
  revenue: bigint;
  adjusted: bigint;
}

export interface Filled {
  readonly riders: StudyRiders;
  readonly totals: DatasetTotals;
  readonly leftOut: Readonly<Record<LeftOut, LeftOutCount>>;
  readonly parts: readonly TablePart[];
  readonly files: readonly WrittenFile[];
  readonly tidesRows: number;
  readonly usesOfOthers: number;
}

/** Seconds from a payment to its capture that a column of 32 bits holds. */
const MOST_LAG_S = 2 ** 31 - 1;

export async function fillTables(filling: Filling, trx: Knex.Transaction): Promise<Filled> {
  const { store, zone, currency, folder, from, to, captures: upTo } = filling;
  const span = spanOf(from, to, zone);
  const adjustments = await observeAdjustments(trx, {
    span,
    captures: upTo,
    adjustments: filling.adjustments,
  });
  const met = [
    ...(await observeRiders(store, trx, { span, upTo })),
    ...adjustments.map(({ user_id }) => user_id),
  ];
  const riders = new StudyRiders(met, filling.key, filling.excluded);
  const months = monthsOf(from, to);
  const open = {
    payments: new TableWriter(folder, 'payments', currency, months),
    adjustments: new TableWriter(folder, 'adjustments', currency, months),
    tides: filling.tides === null ? undefined : new TidesWriter(folder, currency, filling.tides),
  };
  try {
    const adjusted = new Map(adjustments.map(({ payment_id }) => [payment_id, 0]));
    const filler = new Filler(filling, riders, adjusted, open.payments, open.tides);
    for await (const batch of observePayments(store, trx, currency, { span, upTo })) {
      filling.signal?.throwIfAborted();
      filler.add(batch);
      filling.onProgress(filler.read);
      // Reading an embedded database never waits, so nothing else would have its turn.
      await nextTurn();
    }
    filler.end();
    const { totals, leftOut } = filler;
    for (const { user_id, amount_minor } of writeAdjustments(
      adjustments,
      adjusted,
      { zone, riders, totals },
      open.adjustments,
    ))
      leftOut[riders.whyNot(user_id)].adjusted += BigInt(amount_minor);
    const entries = await calendarEntries(trx, { from, to });
    const small = writeSmallTables(filling, totals, calendarRows(entries));
    const passes = filling.passes ? [new TableWriter(folder, 'passes', currency)] : [];
    let usesOfOthers = 0;
    for (const writer of passes)
      usesOfOthers = await writePasses(observePasses(store, trx, span), zone, riders, writer);
    const writers = [open.payments, open.adjustments, ...small, ...passes];
    const tidesFile = open.tides?.end();
    return {
      riders,
      totals,
      leftOut,
      parts: writers.flatMap(({ parts }) => parts),
      files: [...writers.flatMap(({ files }) => files), ...(tidesFile === undefined ? [] : [tidesFile])],
      tidesRows: open.tides?.rows ?? 0,
      usesOfOthers,
    };
  } catch (error) {
    for (const writer of [open.payments, open.adjustments, open.tides]) writer?.abandon();
    throw error;
  }
}

export function spanOf(from: string, to: string, zone: Zone): Span {
  const startOf = (date: string): number => zone.startOf(Date.parse(`${date}T00:00:00Z`) / 1000);
  return { from: startOf(from), to: startOf(to) };
}

/** Adds payments to tables and totals. */
class Filler {
  readonly totals: DatasetTotals;
  readonly leftOut: Record<LeftOut, LeftOutCount> = {
    erased: { payments: 0, revenue: 0n, adjusted: 0n },
    withdrawn: { payments: 0, revenue: 0n, adjusted: 0n },
  };
  /** Payments that were read, those that are left out too. */
  read = 0;
  readonly #zone: Zone;
  readonly #pieces: PaymentPieces;
  readonly #writer: TableWriter;
  readonly #riders: StudyRiders;
  readonly #adjusted: Map<number, number>;
  readonly #tides: TidesWriter | undefined;
  #day = 0;

  /** @param adjusted takes the numbers of its payments */
  constructor(
    { zone }: Filling,
    riders: StudyRiders,
    adjusted: Map<number, number>,
    writer: TableWriter,
    tides: TidesWriter | undefined,
  ) {
    this.totals = new DatasetTotals(riders.names);
    this.#zone = zone;
    this.#writer = writer;
    this.#pieces = new PaymentPieces(writer);
    this.#riders = riders;
    this.#adjusted = adjusted;
    this.#tides = tides;
  }

  add(batch: PaymentBatch): void {
    for (let at = 0; at < batch.size; at++) {
      const rider = this.#riders.find(batch.userId[at] ?? '');
      const price = batch.price[at] ?? 0;
      if (typeof rider !== 'number') {
        this.leftOut[rider].payments++;
        this.leftOut[rider].revenue += BigInt(price);
        continue;
      }
      const second = batch.second[at] ?? 0;
      const local = this.#zone.localOf(second);
      const day = this.#dayOf(local);
      const type = batch.paymentType[at] ?? '';
      const lag = batch.lag[at] ?? Number.NaN;
      if (Math.abs(lag) > MOST_LAG_S) throw unfit('A payment and its capture lie more than 68 years apart');
      this.#pieces.add(second, day, rider, type, price, lag);
      const id = batch.paymentId[at] ?? 0;
      if (this.#adjusted.has(id)) this.#adjusted.set(id, this.#pieces.number);
      this.totals.payment(day, type, rider, price);
      this.#tides?.add(id, second, local, price, type, this.#riders.names[rider] ?? '');
    }
    this.read += batch.size;
  }

  #dayOf(local: number): number {
    const day = Math.floor(local / 86_400);
    if (day < this.#day) throw unfit(`Clocks of ${this.#zone.name} went back over midnight in this period`);
    this.#day = day;
    return day;
  }

  end(): void {
    this.#pieces.flush();
    this.#writer.end();
  }
}

function unfit(what: string): AppError {
  return new AppError('invalid', `${what}, which a dataset cannot hold. Choose a period without it.`);
}

function writeSmallTables(
  { folder, currency }: Filling,
  totals: DatasetTotals,
  calendar: ReturnType<typeof calendarRows>,
): TableWriter[] {
  const tables = {
    riders: totals.riders(),
    daily: totals.daily(),
    monthly: totals.monthly(),
    calendar,
  } as const;
  return (['riders', 'daily', 'monthly', 'calendar'] as const).map((name) => {
    const writer = new TableWriter(folder, name, currency);
    writer.write(tables[name]);
    writer.end();
    return writer;
  });
}
