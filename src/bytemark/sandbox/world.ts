/**
 * What the sandbox's provider knows, and what it delivers: the same seed and span give the same payments and the same
 * planted differences. A payment has at most one difference; repeating and disorder come on top, since they change nothing.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { skipN } from 'pure-rand/utils/skipN';
import { type Currency, formatMinor, parsePrice } from '../../domain/money.js';
import { normalizePaymentType, paymentTypeTable } from '../../domain/payment-type.js';
import { type Span, toIso, type Zone } from '../../domain/time.js';
import { type BytemarkPayment, Demand } from '../demand.js';
import { type PlannedDelivery, shuffle } from '../disturbance.js';

/** Differences that a share of the payments has, in the order in which they are drawn. */
export const DIFFERENCES = [
  /** No webhook comes. */
  'lost',
  /** Neither a webhook comes, nor does the API list it before it is released. */
  'listed_late',
  /** The webhook says something else than the API, in one field. */
  'altered',
  /** The webhook's amount counts minor units. */
  'wrong_unit',
  /** A webhook comes, and the API never lists it. */
  'unlisted',
  /** The API lists it twice. */
  'listed_twice',
] as const;
export type Difference = (typeof DIFFERENCES)[number];

export const PLANTED_KINDS = [
  ...DIFFERENCES,
  /** Its webhook was lost in an outage. */
  'outage',
  /** Its webhook waits until late ones are asked for. */
  'late',
  /** Its webhook comes twice. */
  'duplicated',
  /** Paid in coins or tokens: the API lists it at nothing. */
  'internal_currency',
  /** The API's row was changed by hand. */
  'edited',
  /** Some of it was given back, and the webhook that tells so was lost. */
  'refund_lost',
] as const;
export type PlantedKind = (typeof PLANTED_KINDS)[number];

/** One planted difference, as the manifest tells it. */
export interface Planted {
  readonly kind: PlantedKind;
  readonly payment_id: number;
  /** The table's name of the field that differs; null where the whole payment is concerned. */
  readonly field: string | null;
  /** The field's value in the webhook, and in the API's row before its unit is applied. */
  readonly delivered: string | null;
  readonly listed: string | null;
}

export interface WorldOptions {
  readonly seed: number;
  readonly span: Span;
  readonly zone: Zone;
  readonly currency: Currency;
  readonly dailyPayments: number;
  readonly firstPaymentId: number;
  /** Shares of the payments, 0…1; together at most 1. */
  readonly shares: Readonly<Record<Difference, number>>;
  readonly late: number;
  readonly duplicated: number;
  /** Webhooks are shuffled within blocks of so many. */
  readonly disorder: number;
  /** Webhooks of payments made in these spans are lost. */
  readonly outages: readonly Span[];
  /** Whether the API lists coins and tokens at nothing. */
  readonly internalAtZero: boolean;
  /** The share of the payments of which some is given back, and of those the share whose webhook of it is lost. */
  readonly refunded?: number;
  readonly refundsLost?: number;
}

/** What was given back of a payment, as the API's row and a webhook tell it. */
export interface SandboxRefund {
  readonly refund_id: string;
  readonly payment_id: number;
  /** Decimal text in units of the currency. */
  readonly amount: string;
  readonly timestamp: string;
  readonly reason: string;
}

export interface ListedRow {
  payment: BytemarkPayment;
  readonly second: number;
  readonly refund?: SandboxRefund | undefined;
}

export interface World {
  /** Every payment that was made. */
  readonly payments: readonly BytemarkPayment[];
  readonly refunds: readonly SandboxRefund[];
  /** What the API lists, and what it will list when it is released. */
  readonly listed: ListedRow[];
  readonly held: ListedRow[];
  readonly onTime: readonly PlannedDelivery[];
  readonly late: readonly PlannedDelivery[];
  readonly planted: Planted[];
}

const MAX_PAYMENTS = 2_000_000;
const INTERNAL = new Set(['coins', 'tokens']);
const TYPES = paymentTypeTable();

/** @throws RangeError where an option is out of range */
export function makeWorld(options: WorldOptions): World {
  const { seed, span, zone, currency, dailyPayments, firstPaymentId } = options;
  const together = DIFFERENCES.reduce((sum, kind) => sum + options.shares[kind], 0);
  if (together > 1) throw new RangeError('the shares of the differences are over 1 together');
  const demand = new Demand({ seed, startS: span.from, zone, currency, dailyPayments, firstPaymentId });
  const maker = new WorldMaker(options);
  for (const payment of demand.until(span.to)) {
    if (maker.payments.length === MAX_PAYMENTS)
      throw new RangeError(`a sandbox holds at most ${MAX_PAYMENTS} payments`);
    maker.add(payment);
  }
  return maker.world();
}

class WorldMaker {
  readonly payments: BytemarkPayment[] = [];
  readonly #options: WorldOptions;
  readonly #uniform: () => number;
  readonly #refunding: () => number;
  readonly #refunds: SandboxRefund[] = [];
  readonly #listed: ListedRow[] = [];
  readonly #held: ListedRow[] = [];
  readonly #onTime: PlannedDelivery[] = [];
  readonly #late: PlannedDelivery[] = [];
  readonly #planted: Planted[] = [];
  #altered = 0;

  constructor(options: WorldOptions) {
    const random = xoroshiro128plus(options.seed ^ 0x5a17);
    // The generator's first numbers are still alike for neighbouring seeds.
    skipN(random, 64);
    this.#options = options;
    this.#uniform = () => uniformFloat64(random);
    // Of their own, so that refunds change nothing of all else.
    const refunding = xoroshiro128plus(options.seed ^ 0x4ef0);
    skipN(refunding, 64);
    this.#refunding = () => uniformFloat64(refunding);
  }

  world(): World {
    const random = xoroshiro128plus(this.#options.seed ^ 0x0d15);
    skipN(random, 64);
    return {
      payments: this.payments,
      refunds: this.#refunds,
      listed: this.#listed,
      held: this.#held,
      onTime: [...shuffle(this.#onTime, Math.max(1, this.#options.disorder), random)],
      late: this.#late,
      planted: this.#planted,
    };
  }

  add(payment: BytemarkPayment): void {
    const { outages, late, duplicated, internalAtZero } = this.#options;
    const second = Date.parse(payment.timestamp) / 1000;
    // Always the same draws, so that one share changes nothing of the others.
    const [forKind, forLate, forTwice] = [this.#uniform(), this.#uniform(), this.#uniform()];
    const isOut = outages.some(({ from, to }) => second >= from && second < to);
    const kind = isOut ? undefined : this.#kindAt(forKind);
    this.payments.push(payment);
    const atZero = internalAtZero && INTERNAL.has(payment.payment_method);
    const refund = this.#refundOf(payment, second);
    const row = { payment: atZero ? { ...payment, amount: this.#zero() } : payment, second, refund };
    if (atZero) this.#plant('internal_currency', payment, 'total_price', payment.amount, row.payment.amount);
    if (kind === 'listed_late') this.#held.push(row);
    else if (kind !== 'unlisted') this.#listed.push(row);
    if (kind === 'listed_twice') this.#listed.push(row);
    const delivered = kind === 'altered' || kind === 'wrong_unit' ? this.#disturbed(kind, payment) : payment;
    if (isOut) this.#plant('outage', payment);
    else if (kind !== undefined && delivered === payment) this.#plant(kind, payment);
    if (isOut || kind === 'lost' || kind === 'listed_late') return;
    this.#deliver(delivered, forLate < late, forTwice < duplicated);
  }

  /** Half of the price, at least the smallest piece, some minutes later; its webhook comes by itself. */
  #refundOf(payment: BytemarkPayment, second: number): SandboxRefund | undefined {
    const { refunded = 0, refundsLost = 0, currency } = this.#options;
    const [forRefund, forLost] = [this.#refunding(), this.#refunding()];
    const minor = Math.ceil(this.#minorOf(payment.amount) / 2);
    if (forRefund >= refunded || minor === 0 || INTERNAL.has(payment.payment_method)) return undefined;
    const refund = {
      refund_id: `rf-${payment.payment_id}`,
      payment_id: payment.payment_id,
      amount: formatMinor(minor, currency),
      timestamp: toIso(Math.min(second + 600, this.#options.span.to - 1)),
      reason: 'given back by the sandbox',
    };
    this.#refunds.push(refund);
    if (forLost < refundsLost) this.#plant('refund_lost', payment, 'amount', null, refund.amount);
    else {
      const body = JSON.stringify({ event_type: 'refund', ...refund });
      this.#onTime.push({ kind: 'new', body, id: refund.refund_id, payment_id: payment.payment_id });
    }
    return refund;
  }

  #kindAt(draw: number): Difference | undefined {
    let below = 0;
    for (const kind of DIFFERENCES) {
      below += this.#options.shares[kind];
      if (draw < below) return kind;
    }
    return undefined;
  }

  #deliver(payment: BytemarkPayment, isLate: boolean, isTwice: boolean): void {
    const { payment_id, event_id: id } = payment;
    const body = JSON.stringify(payment);
    const queue = isLate ? this.#late : this.#onTime;
    queue.push({ kind: 'new', body, id, payment_id });
    if (isLate) this.#plant('late', payment);
    if (!isTwice) return;
    queue.push({ kind: 'duplicate', body, id, payment_id });
    this.#plant('duplicated', payment);
  }

  #disturbed(kind: 'altered' | 'wrong_unit', payment: BytemarkPayment): BytemarkPayment {
    // Some currencies have no minor unit to be mistaken for.
    const isUnit = kind === 'wrong_unit' && this.#options.currency.digits > 0;
    const { field, change, listed, delivered } = isUnit
      ? this.#inMinorUnits(payment)
      : this.#altering(payment);
    this.#plant(isUnit ? 'wrong_unit' : 'altered', payment, field, delivered, listed);
    return { ...payment, ...change };
  }

  #inMinorUnits({ amount }: BytemarkPayment) {
    const delivered = String(this.#minorOf(amount));
    return { field: 'total_price', change: { amount: delivered }, delivered, listed: amount };
  }

  /** Another value of one field, of each in turn. */
  #altering(payment: BytemarkPayment) {
    const { currency } = this.#options;
    switch (this.#altered++ % 5) {
      case 0: {
        const amount = formatMinor(this.#minorOf(payment.amount) + 25, currency);
        return { field: 'total_price', change: { amount }, delivered: amount, listed: payment.amount };
      }
      case 1: {
        const word = normalizePaymentType(payment.payment_method, TYPES);
        const method = word === 'bank_transfer' ? 'transit_card' : 'bank_transfer';
        const change = { payment_method: method };
        return { field: 'payment_type', change, delivered: method, listed: payment.payment_method };
      }
      case 2: {
        const timestamp = toIso(Date.parse(payment.timestamp) / 1000 - 60);
        return { field: 'logged_on', change: { timestamp }, delivered: timestamp, listed: payment.timestamp };
      }
      case 3: {
        const orderId = payment.order_id === 1 ? 2 : payment.order_id - 1;
        const change = { order_id: orderId };
        return { field: 'order_id', change, delivered: String(orderId), listed: String(payment.order_id) };
      }
      default: {
        const change = { user_id: `${payment.user_id}-2` };
        return { field: 'user_id', change, delivered: change.user_id, listed: payment.user_id };
      }
    }
  }

  #minorOf(amount: string): number {
    const price = parsePrice(amount, 'major', this.#options.currency);
    return price.ok ? price.minor : 0;
  }

  #zero(): string {
    return formatMinor(0, this.#options.currency);
  }

  #plant(
    kind: PlantedKind,
    { payment_id }: BytemarkPayment,
    field: string | null = null,
    delivered: string | null = null,
    listed: string | null = null,
  ): void {
    this.#planted.push({ kind, payment_id, field, delivered, listed });
  }
}
