/**
 * The comparison of payments here with a provider's records of them. Every record of either side gets exactly one
 * category. Payments are the same by their id; what was paid in an in-app currency, which a provider lists at nothing,
 * also by its order and count. A price may be listed with its adjustments: then it is ours with its adjustments that is
 * compared and added up.
 */
import { ERASED } from './erasure.js';
import { IdSet } from './id-set.js';
import { differingFields, type Payment } from './payment.js';
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

/** A record of the provider that can be a payment, its rider already named as here. */
export interface Listed {
  readonly payment: Payment;
  /** Fields that this source does not tell, which are therefore not compared. */
  readonly lacks: readonly string[];
}

/** One record, or two that are the same payment. */
export interface Pairing {
  readonly category: Category;
  readonly here: Payment | null;
  readonly there: Listed | null;
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

function isInternal({ payment_type }: Payment): boolean {
  return INTERNAL_TYPES.has(payment_type);
}

function isAtNothing({ payment }: Listed): boolean {
  return payment.price_minor === 0 && isInternal(payment);
}

/** The table's fields in which the two differ, of those that can be compared. */
export function fieldsBetween(here: Payment, { payment, lacks }: Listed): string[] {
  return differingFields(here, payment).filter(
    (field) => !lacks.includes(field) && !(field === 'user_id' && here.user_id === ERASED),
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
  pair(here: readonly Payment[], there: readonly Listed[], adjusted: AdjustedById = NONE): Pairing[] {
    const ours = new Map(here.map((payment) => [payment.payment_id, payment]));
    return [...byId(there)].flatMap(([id, records]) =>
      this.#judge(id, asListed(ours.get(id), records, adjusted), records),
    );
  }

  /** A record that is no payment, but names one; that one here is told of with it, unless another record is. */
  unreadable(paymentId: number, here: Payment | undefined): Pairing {
    const isKnown = this.#listed.has(paymentId);
    this.#listed.add(paymentId);
    return {
      category: 'unreadable_there',
      here: isKnown ? null : (here ?? null),
      there: null,
      fields: [],
    };
  }

  remaining(here: readonly Payment[], adjusted: AdjustedById = NONE): Pairing[] {
    return here
      .filter(({ payment_id }) => !this.#listed.has(payment_id))
      .map((payment) => {
        // What came to nothing here need not be listed there.
        const net = netOf(payment, adjusted);
        if (net !== payment && net.price_minor === 0)
          return { category: 'matched', here: net, there: null, fields: [] };
        const there = isInternal(payment) ? this.#orders.take(payment.order_id) : undefined;
        if (there !== undefined) return { category: 'internal_currency', here: payment, there, fields: [] };
        const category = this.#isPending(payment) ? 'pending' : 'missing_there';
        return { category, here: payment, there: null, fields: [] };
      });
  }

  end(): Pairing[] {
    return this.#orders.rest().map((there) => this.#alone(there));
  }

  #judge(id: number, here: Payment | undefined, records: readonly Listed[]): Pairing[] {
    const inSpan = (second: number): boolean =>
      second >= this.#judgement.span.from && second < this.#judgement.span.to;
    const counts = records.some(({ payment }) => inSpan(payment.logged_s)) || (here && inSpan(here.logged_s));
    if (!counts) return [];
    const isKnown = this.#listed.has(id);
    this.#listed.add(id);
    const [first, ...others] = inOrder(records, here);
    if (first === undefined) return [];
    const again = (there: Listed): Pairing => {
      const fields = fieldsBetween(first.payment, there);
      return { category: 'duplicate_there', here: null, there, fields };
    };
    if (isKnown) return records.map(again);
    return [...this.#firstOf(here, first), ...others.map(again)];
  }

  #firstOf(here: Payment | undefined, there: Listed): Pairing[] {
    if (here === undefined) {
      if (!isAtNothing(there) || there.lacks.includes('order_id')) return [this.#alone(there)];
      this.#orders.add(there);
      return [];
    }
    const atNothing = isAtNothing(there);
    const fields = fieldsBetween(here, there).filter((field) => !(atNothing && field === 'total_price'));
    const same = atNothing && here.price_minor !== 0 ? 'internal_currency' : 'matched';
    return [{ category: fields.length > 0 ? 'differs' : same, here, there, fields }];
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

/** Sums of adjustments in minor units, by the payment's id; payments that have none are left out. */
export type AdjustedById = ReadonlyMap<number, number>;

const NONE: AdjustedById = new Map();

/** The payment with its adjustments; itself where it has none. */
function netOf(payment: Payment, adjusted: AdjustedById): Payment {
  const minor = adjusted.get(payment.payment_id);
  return minor === undefined ? payment : { ...payment, price_minor: payment.price_minor + minor };
}

/** Providers list a price as it was, or with its adjustments: ours is the one that they list, else as it was. */
function asListed(
  here: Payment | undefined,
  there: readonly Listed[],
  adjusted: AdjustedById,
): Payment | undefined {
  if (here === undefined || adjusted.size === 0) return here;
  const lists = (price: number): boolean => there.some(({ payment }) => payment.price_minor === price);
  const net = netOf(here, adjusted);
  return !lists(here.price_minor) && lists(net.price_minor) ? net : here;
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
function inOrder(records: readonly Listed[], here: Payment | undefined): readonly Listed[] {
  if (records.length < 2) return records;
  const distance = (one: Listed): number => (here === undefined ? 0 : fieldsBetween(here, one).length);
  const textOf = ({ payment }: Listed): string => JSON.stringify(Object.values(payment));
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
