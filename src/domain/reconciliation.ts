/**
 * The comparison of payments here with a provider's records of them. Every record of either side gets exactly one
 * category. Payments are the same by their id; what was paid in an in-app currency, which a provider lists at nothing,
 * also by its order and count. Which price is compared where there are adjustments is told by `reconciliation-prices.ts`.
 */
import { ERASED } from './erasure.js';
import { IdSet } from './id-set.js';
import type { Payment } from './payment.js';
import {
  type AdjustedById,
  type AdjustedHere,
  asCompared,
  asListed,
  type Compared,
  fieldsOf,
  type Listed,
  NOT_ADJUSTED,
} from './reconciliation-prices.js';
import type { Span } from './time.js';

/** What needs a person, or a fetch. */
export const EXCEPTION_KINDS = [
  'missing_here',
  'missing_there',
  'differs',
  'duplicate_there',
  'unreadable_there',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

export const CATEGORIES = ['matched', 'internal_currency', 'pending', ...EXCEPTION_KINDS] as const;
export type Category = (typeof CATEGORIES)[number];

/** A sentence for people. */
export const CATEGORY_SENTENCES: Readonly<Record<Category, string>> = {
  matched: 'Both sides say the same.',
  internal_currency:
    'Paid in coins or tokens, which the provider lists at nothing: matched by order and count, not by amount.',
  pending: 'On one side only, and too recent to judge, or of a time of which the list did not come whole.',
  missing_here: 'The provider lists it, and it is not recorded here.',
  missing_there: 'It is recorded here, and the provider does not list it.',
  differs: 'Both sides have it, and they say different things.',
  duplicate_there: 'The provider lists it more than once.',
  unreadable_there: 'The provider lists it, and it cannot be a payment as it stands.',
};

/** One record, or two that are the same payment. */
export interface Pairing {
  readonly category: Category;
  readonly here: Payment | null;
  readonly there: Listed | null;
  /** What is added to the price here: adjustments. */
  readonly adjusted_minor?: number | undefined;
  /** The table's fields in which they differ; of a duplicate, in which it differs from its first. */
  readonly fields: readonly string[];
}

export interface Judgement {
  /** A payment counts when either side places it in here. */
  readonly span: Span;
  /** What one side alone has from this second on is too recent to judge. */
  readonly pendingFrom: number;
}

/** In-app currencies, which are no money at the provider. */
const INTERNAL_TYPES: ReadonlySet<string> = new Set(['coins', 'tokens']);

const PRICES: readonly string[] = ['total_price', 'net_price'];

function isInternal({ payment_type }: Payment): boolean {
  return INTERNAL_TYPES.has(payment_type);
}

function isAtNothing({ payment }: Listed): boolean {
  return payment.price_minor === 0 && isInternal(payment);
}

/** The table's fields in which the two differ, of those that can be compared; `net_price` for the price with adjustments. */
function fieldsBetween(here: Compared, there: Listed): string[] {
  return fieldsOf(here, there).filter(
    (field) => !there.lacks.includes(field) && !(field === 'user_id' && here.payment.user_id === ERASED),
  );
}

/**
 * Goes in this order: `pair` for each chunk of the provider's records, with the payments here of the same ids;
 * `remaining` for each chunk of the payments here of the span; `end`. It remembers ids alone, and what waits for its order.
 */
export class Comparison {
  readonly #judgement: Judgement;
  readonly #listed = new IdSet();
  readonly #orders = new Orders();
  readonly #unread: Span[] = [];

  constructor(judgement: Judgement) {
    this.#judgement = judgement;
  }

  /** Of this time the provider's list did not come whole: what is not in it may be there all the same. */
  didNotRead(span: Span): void {
    this.#unread.push(span);
  }

  /**
   * @param here the payments of the chunk's ids; any order
   * @param adjusted what was adjusted of them, by id
   */
  pair(here: readonly Payment[], there: readonly Listed[], adjusted: AdjustedById = NOT_ADJUSTED): Pairing[] {
    const ours = new Map(here.map((payment) => [payment.payment_id, payment]));
    return [...byId(there)].flatMap(([id, records]) => {
      const payment = ours.get(id);
      const sums = adjusted.get(id);
      if (payment === undefined) return this.#judge(id, undefined, records);
      const compared = asCompared(payment, records, sums);
      const listed = records.map((one) => asListed(one, compared, sums));
      return this.#judge(id, compared, listed).map((pairing) => this.#unlessRecent(pairing, sums));
    });
  }

  /** Of what was adjusted a moment ago the other side may not have told yet. */
  #unlessRecent(pairing: Pairing, adjusted: AdjustedHere | undefined): Pairing {
    const { category, fields } = pairing;
    const isRecent = (adjusted?.latest_s ?? 0) >= this.#judgement.pendingFrom;
    if (category !== 'differs' || fields.join() !== 'net_price' || !isRecent) return pairing;
    return { ...pairing, category: 'pending', fields: [] };
  }

  /** A record that is no payment, but names one; that one here is told of with it, unless another record is. */
  unreadable(paymentId: number, here: Payment | undefined, adjusted: AdjustedById = NOT_ADJUSTED): Pairing {
    const isKnown = this.#listed.has(paymentId);
    this.#listed.add(paymentId);
    const ours = isKnown || here === undefined ? null : here;
    const adjusted_minor = ours === null ? undefined : adjusted.get(paymentId)?.sum_minor;
    return { category: 'unreadable_there', here: ours, there: null, adjusted_minor, fields: [] };
  }

  remaining(here: readonly Payment[], adjusted: AdjustedById = NOT_ADJUSTED): Pairing[] {
    return here
      .filter(({ payment_id }) => !this.#listed.has(payment_id))
      .map((payment) => {
        const adjusted_minor = adjusted.get(payment.payment_id)?.sum_minor;
        const ours = { here: payment, adjusted_minor, fields: [] };
        // What came to nothing here need not be listed there.
        if (adjusted_minor === -payment.price_minor && adjusted_minor !== 0)
          return { ...ours, category: 'matched', there: null };
        const there = isInternal(payment) ? this.#orders.take(payment.order_id) : undefined;
        if (there !== undefined) return { ...ours, category: 'internal_currency', there };
        return { ...ours, category: this.#isPending(payment) ? 'pending' : 'missing_there', there: null };
      });
  }

  end(): Pairing[] {
    return this.#orders.rest().map((there) => this.#alone(there));
  }

  #judge(id: number, here: Compared | undefined, records: readonly Listed[]): Pairing[] {
    const inSpan = (second: number): boolean =>
      second >= this.#judgement.span.from && second < this.#judgement.span.to;
    const counts =
      records.some(({ payment }) => inSpan(payment.logged_s)) || (here && inSpan(here.payment.logged_s));
    if (!counts) return [];
    const isKnown = this.#listed.has(id);
    this.#listed.add(id);
    const [first, ...others] = inOrder(records, here);
    if (first === undefined) return [];
    const again = (there: Listed): Pairing => {
      const fields = fieldsBetween(
        { payment: first.payment, adjusted_minor: first.adjusted_minor ?? 0, isNet: false },
        there,
      );
      return { category: 'duplicate_there', here: null, there, fields };
    };
    if (isKnown) return records.map(again);
    return [...this.#firstOf(here, first), ...others.map(again)];
  }

  #firstOf(here: Compared | undefined, there: Listed): Pairing[] {
    if (here === undefined) {
      if (!isAtNothing(there) || there.lacks.includes('order_id')) return [this.#alone(there)];
      this.#orders.add(there);
      return [];
    }
    const atNothing = isAtNothing(there);
    const { payment, adjusted_minor } = here;
    const fields = fieldsBetween(here, there).filter((field) => !(atNothing && PRICES.includes(field)));
    const same = atNothing && payment.price_minor !== 0 ? 'internal_currency' : 'matched';
    const category = fields.length > 0 ? 'differs' : same;
    return [{ category, here: payment, there, adjusted_minor, fields }];
  }

  #alone(there: Listed): Pairing {
    const isRecent = there.payment.logged_s >= this.#judgement.pendingFrom;
    return { category: isRecent ? 'pending' : 'missing_here', here: null, there, fields: [] };
  }

  #isPending({ logged_s }: Payment): boolean {
    const isUnread = this.#unread.some(({ from, to }) => logged_s >= from && logged_s < to);
    return isUnread || logged_s >= this.#judgement.pendingFrom;
  }
}

/** Ascending by id, so that nothing depends on the order in which a provider lists. */
function byId(records: readonly Listed[]): ReadonlyMap<number, Listed[]> {
  const groups = new Map<number, Listed[]>();
  const sorted = [...records].sort((a, b) => a.payment.payment_id - b.payment.payment_id);
  for (const record of sorted) {
    const group = groups.get(record.payment.payment_id);
    if (group === undefined) groups.set(record.payment.payment_id, [record]);
    else group.push(record);
  }
  return groups;
}

/** Of several records of one payment, the one that agrees best with ours comes first. */
function inOrder(records: readonly Listed[], here: Compared | undefined): readonly Listed[] {
  if (records.length < 2) return records;
  const distance = (one: Listed): number => (here === undefined ? 0 : fieldsBetween(here, one).length);
  const textOf = ({ payment, adjusted_minor }: Listed): string =>
    JSON.stringify([...Object.values(payment), adjusted_minor]);
  return [...records].sort(
    (a, b) => distance(a) - distance(b) || (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0),
  );
}

/** Records at nothing whose id is not here, by their order. */
class Orders {
  readonly #waiting = new Map<number, Listed[]>();

  add(record: Listed): void {
    const { order_id } = record.payment;
    this.#waiting.set(order_id, [...(this.#waiting.get(order_id) ?? []), record]);
  }

  take(orderId: number): Listed | undefined {
    const [first, ...others] = this.#waiting.get(orderId) ?? [];
    if (others.length > 0) this.#waiting.set(orderId, others);
    else this.#waiting.delete(orderId);
    return first;
  }

  rest(): Listed[] {
    const rest = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return rest.sort((a, b) => a.payment.payment_id - b.payment.payment_id);
  }
}
