/**
 * A stream of payments as a provider really delivers it: some again, some contradicting themselves, some broken, and
 * not in order. Every payment of the stream is delivered as `new` once, and before what contradicts it; the rest comes
 * in addition. So at the end a database must hold exactly the payments of the stream, and quarantine every conflict and
 * every invalid delivery, all of whose bodies differ.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { skipN } from 'pure-rand/utils/skipN';
import type { BytemarkPayment } from './demand.js';

export const DELIVERY_KINDS = ['new', 'duplicate', 'conflict', 'invalid'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

export interface PlannedDelivery {
  readonly kind: DeliveryKind;
  /** JSON, or what should have been. */
  readonly body: string;
  /** The message's id; a duplicate has that of its original. */
  readonly id: string;
  /** The payment that it is about; null where the body is invalid. */
  readonly payment_id: number | null;
}

export interface DisturbanceOptions {
  /** A whole number, of which 32 bits count. */
  readonly seed: number;
  /** Deliveries of the kind per payment of the stream, 0…1; of n payments there are ⌊n × share⌋. */
  readonly duplicates?: number;
  readonly conflicts?: number;
  readonly invalid?: number;
  /** Deliveries are shuffled within blocks of so many: none comes as many places too early or too late. 1 keeps order. */
  readonly disorder?: number;
  /** What invalid deliveries have, in turn; by default everything. Leave out `zero` where free fares are accepted. */
  readonly flaws?: readonly Flaw[];
}

export const FLAWS = [
  'missing_field',
  'not_a_price',
  'zero',
  'future',
  'not_json',
  'too_many_digits',
  'other_currency',
] as const;
export type Flaw = (typeof FLAWS)[number];

const REQUIRED = ['payment_id', 'user_id', 'order_id', 'payment_method', 'amount', 'timestamp'] as const;

/**
 * Bodies with a flaw.
 * @param round how many deliveries had this flaw before
 */
const BROKEN: Readonly<Record<Flaw, (payment: BytemarkPayment, round: number) => string>> = {
  missing_field: (payment, round) => {
    const { [REQUIRED[round % REQUIRED.length] ?? 'amount']: _, ...others } = payment;
    return JSON.stringify(others);
  },
  not_a_price: (payment) => JSON.stringify({ ...payment, amount: '12abc' }),
  zero: (payment) => JSON.stringify({ ...payment, amount: '0.00' }),
  // There is no clock here: this is in the future of any.
  future: (payment) => JSON.stringify({ ...payment, timestamp: '2999-12-31T23:59:59Z' }),
  not_json: (payment) => JSON.stringify(payment).slice(0, -1),
  // More than any currency has.
  too_many_digits: (payment) =>
    JSON.stringify({ ...payment, amount: `${payment.amount.split('.')[0]}.00001` }),
  // ISO 4217's code for testing.
  other_currency: (payment) => JSON.stringify({ ...payment, currency: 'XTS' }),
};

/** What is sent again is one of the last so many payments: a provider repeats itself soon, but not at once. */
const RECENT = 256;

/**
 * The deliveries of a stream of payments, disturbed. The same seed and stream give the same deliveries.
 * @throws RangeError where an option is out of range
 */
export function disturb(
  payments: Iterable<BytemarkPayment>,
  options: DisturbanceOptions,
): Generator<PlannedDelivery, void, undefined> {
  const { seed, duplicates = 0, conflicts = 0, invalid = 0, disorder = 1, flaws = FLAWS } = options;
  for (const [name, share] of Object.entries({ duplicates, conflicts, invalid })) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${name} must lie between 0 and 1`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number');
  if (!Number.isSafeInteger(disorder) || disorder < 1)
    throw new RangeError('disorder must be a whole number over 0');
  if (invalid > 0 && flaws.length === 0) throw new RangeError('invalid deliveries need a flaw to have');
  const random = xoroshiro128plus(seed);
  // The generator's first numbers are still alike for neighbouring seeds.
  skipN(random, 64);
  // Draws of its own, so that disorder changes the order and nothing else.
  const forOrder = random.clone();
  forOrder.jump();
  const planned = plan(payments, { duplicates, conflicts, invalid, flaws }, random);
  return disorder === 1 ? planned : shuffle(planned, disorder, forOrder);
}

type Plan = Required<Pick<DisturbanceOptions, 'duplicates' | 'conflicts' | 'invalid' | 'flaws'>>;

function* plan(
  payments: Iterable<BytemarkPayment>,
  { duplicates, conflicts, invalid, flaws }: Plan,
  random: JumpableRandomGenerator,
): Generator<PlannedDelivery, void, undefined> {
  const recent: BytemarkPayment[] = [];
  const dueDuplicate = quota(duplicates);
  const dueConflict = quota(conflicts);
  const dueInvalid = quota(invalid);
  let count = 0;
  for (const payment of payments) {
    recent[count++ % RECENT] = payment;
    const earlier = (): BytemarkPayment => recent[uniformInt(random, 0, recent.length - 1)] ?? payment;
    yield delivery('new', payment);
    if (dueDuplicate() !== undefined) yield delivery('duplicate', earlier());
    const conflicting = dueConflict();
    if (conflicting !== undefined) yield conflict(earlier(), conflicting);
    const invalidOne = dueInvalid();
    if (invalidOne !== undefined) yield broken(earlier(), invalidOne, flaws);
  }
}

/** A function that, asked at each payment, answers the serial number, from 0, of what is due then; mostly undefined. */
function quota(share: number): () => number | undefined {
  let payments = 0;
  let taken = 0;
  return () => {
    payments++;
    // 0.1 × 30 is a little off 3 in binary.
    return Math.floor(share * payments + 1e-9) > taken ? taken++ : undefined;
  };
}

function delivery(kind: 'new' | 'duplicate', payment: BytemarkPayment): PlannedDelivery {
  return { kind, body: JSON.stringify(payment), id: payment.event_id, payment_id: payment.payment_id };
}

/** The same payment with another price or, every second time, another rider. Its event id makes its bytes unique. */
function conflict(payment: BytemarkPayment, serial: number): PlannedDelivery {
  const id = `${payment.event_id}_c${serial}`;
  const change = serial % 2 === 0 ? { amount: `1${payment.amount}` } : { user_id: `${payment.user_id}-2` };
  const body = JSON.stringify({ ...payment, ...change, event_id: id });
  return { kind: 'conflict', body, id, payment_id: payment.payment_id };
}

function broken(payment: BytemarkPayment, serial: number, flaws: readonly Flaw[]): PlannedDelivery {
  const id = `${payment.event_id}_x${serial}`;
  const flaw = flaws[serial % flaws.length] ?? 'not_json';
  const body = BROKEN[flaw]({ ...payment, event_id: id }, Math.floor(serial / flaws.length));
  return { kind: 'invalid', body, id, payment_id: null };
}

/** Deliveries shuffled within blocks, each first one before what repeats or contradicts it. */
export function* shuffle(
  deliveries: Iterable<PlannedDelivery>,
  size: number,
  random: JumpableRandomGenerator,
): Generator<PlannedDelivery, void, undefined> {
  let block: PlannedDelivery[] = [];
  for (const planned of deliveries) {
    block.push(planned);
    if (block.length < size) continue;
    yield* shuffled(block, random);
    block = [];
  }
  yield* shuffled(block, random);
}

/** Fisher and Yates; then each new payment changes places with whatever repeats or contradicts it and came first. */
function shuffled(block: readonly PlannedDelivery[], random: JumpableRandomGenerator): PlannedDelivery[] {
  const order = [...block];
  const swap = (a: number, b: number): void => {
    const [first, second] = [order[a], order[b]];
    if (first === undefined || second === undefined) return;
    order[a] = second;
    order[b] = first;
  };
  for (let i = order.length - 1; i > 0; i--) swap(i, uniformInt(random, 0, i));
  const firsts = new Map<number, number>();
  for (let i = 0; i < order.length; i++) {
    const planned = order[i];
    if (planned === undefined || planned.payment_id === null) continue;
    const first = firsts.get(planned.payment_id);
    if (first === undefined) firsts.set(planned.payment_id, i);
    else if (planned.kind === 'new') swap(first, i);
  }
  return order;
}
