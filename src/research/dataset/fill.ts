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
import { type ObservedAdjustment, observeAdjustments } from '../../store/observed-adjustments.js';
import { observePasses } from '../../store/observed-passes.js';
import {
  type ObservedFilter,
  observePayments,
  observeRiders,
  type PaymentBatch,
} from '../../store/observed-payments.js';
import type { WrittenFile } from '../hashed-file.js';
import type { LeftOut, WhyLeftOut } from '../left-out-riders.js';
import { writeAdjustments } from './adjustment-rows.js';
import { calendarRows } from './calendar-file.js';
import { writePasses } from './pass-rows.js';
import { PaymentPieces } from './payment-pieces.js';
import { StudyRiders } from './riders.js';
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
  /** Whether captures came in later, which do not count. */
  readonly isEarlier: boolean;
  /** Of the study's pseudonyms. */
  readonly key: Buffer;
  readonly whyLeftOut: WhyLeftOut;
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
  const writers = openWriters(filling);
  try {
    return await fill(filling, writers, trx);
  } catch (error) {
    for (const writer of Object.values(writers)) writer?.abandon();
    throw error;
  }
}

interface Writers {
  readonly payments: TableWriter;
  readonly adjustments: TableWriter;
  readonly passes: TableWriter | undefined;
  readonly tides: TidesWriter | undefined;
}

function openWriters({ folder, currency, from, to, passes, tides }: Filling): Writers {
  const months = monthsOf(from, to);
  return {
    payments: new TableWriter(folder, 'payments', currency, months),
    adjustments: new TableWriter(folder, 'adjustments', currency, months),
    passes: passes ? new TableWriter(folder, 'passes', currency) : undefined,
    tides: tides === null ? undefined : new TidesWriter(folder, currency, tides),
  };
}

async function fill(filling: Filling, writers: Writers, trx: Knex.Transaction): Promise<Filled> {
  const { store, zone, from, to } = filling;
  const span = spanOf(from, to, zone);
  const adjustments = await observeAdjustments(trx, { ...filling, span });
  const paying = await observeRiders(store, trx, filterOf(filling, span));
  const met = [...paying, ...adjustments.map(({ user_id }) => user_id)];
  const riders = new StudyRiders(met, filling.key, filling.whyLeftOut);
  const adjusted = new Map(adjustments.map(({ payment_id }) => [payment_id, 0]));
  const filler = new Filler(zone, riders, adjusted, writers);
  await readPayments(filling, trx, span, filler);
  filler.adjust(adjustments, writers.adjustments);
  const entries = await calendarEntries(trx, { from, to });
  const small = writeSmallTables(filling, filler.totals, calendarRows(entries));
  const usesOfOthers =
    writers.passes === undefined
      ? 0
      : await writePasses(observePasses(store, trx, span), zone, riders, writers.passes);
  const tables = [writers.payments, writers.adjustments, ...small, writers.passes];
  return {
    ...{ riders, usesOfOthers, totals: filler.totals, leftOut: filler.leftOut },
    parts: tables.flatMap((table) => table?.parts ?? []),
    files: [
      ...tables.flatMap((table) => table?.files ?? []),
      ...(writers.tides ? [writers.tides.end()] : []),
    ],
    tidesRows: writers.tides?.rows ?? 0,
  };
}

/** Where nothing came in later, captures need not be looked at. */
const filterOf = ({ captures, isEarlier }: Filling, span: Span): ObservedFilter => ({
  span,
  upTo: isEarlier ? captures : undefined,
});

async function readPayments(
  filling: Filling,
  trx: Knex.Transaction,
  span: Span,
  filler: Filler,
): Promise<void> {
  const { store, currency, signal, onProgress } = filling;
  for await (const batch of observePayments(store, trx, currency, filterOf(filling, span))) {
    signal?.throwIfAborted();
    filler.add(batch);
    onProgress(filler.read);
    // Reading an embedded database never waits, so nothing else would have its turn.
    await nextTurn();
  }
  filler.end();
}

function spanOf(from: string, to: string, zone: Zone): Span {
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
    zone: Zone,
    riders: StudyRiders,
    adjusted: Map<number, number>,
    { payments, tides }: Pick<Writers, 'payments' | 'tides'>,
  ) {
    this.totals = new DatasetTotals(riders.names);
    this.#zone = zone;
    this.#writer = payments;
    this.#pieces = new PaymentPieces(payments);
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

  /** After all payments, whose numbers are told. */
  adjust(adjustments: readonly ObservedAdjustment[], writer: TableWriter): void {
    const study = { zone: this.#zone, riders: this.#riders, totals: this.totals };
    for (const { user_id, amount_minor } of writeAdjustments(adjustments, this.#adjusted, study, writer))
      this.leftOut[this.#riders.whyNot(user_id)].adjusted += BigInt(amount_minor);
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
