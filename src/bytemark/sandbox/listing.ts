/** The API's lists: rows of a span, the newest first, by pages that move while they are read where that is asked for. */
import { createHash } from 'node:crypto';
import { type Currency, formatMinor, type MoneyUnit, parsePrice } from '../../domain/money.js';
import type { Span } from '../../domain/time.js';
import type { BytemarkPayment } from '../demand.js';
import type { ListName } from '../provider-settings.js';
import type { ListedRow } from './world.js';

export interface PageRequest {
  readonly span: Span;
  readonly page: number;
  readonly perPage: number;
  /** By how many rows the list has moved since the first page: rows came on top (over 0), or went. */
  readonly moved: number;
}

export interface ListFormat {
  readonly currency: Currency;
  /** What the API's amounts count. */
  readonly unit: MoneyUnit;
}

export class Listing {
  /** Ascending by time. */
  #rows: ListedRow[] = [];

  constructor(rows: readonly ListedRow[]) {
    this.add(rows);
  }

  add(rows: readonly ListedRow[]): void {
    this.#rows = [...this.#rows, ...rows].sort((a, b) => a.second - b.second);
  }

  /** Changes every row of a payment; the row as it was, or undefined where it is not listed. */
  edit(paymentId: number, change: Partial<Pick<BytemarkPayment, 'amount' | 'payment_method'>>) {
    const rows = this.#rows.filter(({ payment }) => payment.payment_id === paymentId);
    const before = rows[0]?.payment;
    for (const row of rows) row.payment = { ...row.payment, ...change };
    return before;
  }

  payments(): BytemarkPayment[] {
    return this.#rows.map(({ payment }) => payment);
  }

  /** A page in the API's envelope. */
  page(list: ListName, request: PageRequest, format: ListFormat): Record<string, unknown> {
    const { span, page, perPage, moved } = request;
    const first = this.#indexOf(span.from);
    const end = this.#indexOf(span.to);
    const count = end - first;
    const skipped = page === 1 ? 0 : Math.max(0, (page - 1) * perPage - moved);
    const newest = Math.max(first, end - skipped);
    const rows = this.#rows.slice(Math.max(first, newest - perPage), newest).reverse();
    const pages = Math.ceil(count / perPage);
    return {
      errors: [],
      data: {
        [list]: rows.map(({ payment, refund }) => ({
          ...ROWS[list](payment, format),
          ...(refund === undefined || list === 'passes'
            ? {}
            : { credited_order_item: [{ ...refund, amount: amountOf(refund, format) }] }),
        })),
        page_count: pages,
        total_count: count,
        pagination: { page, per_page: perPage, next: page < pages ? page + 1 : null },
      },
    };
  }

  #indexOf(second: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle]?.second ?? 0) < second) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type MakeRow = (payment: BytemarkPayment, format: ListFormat) => Record<string, unknown>;

const ROWS: Readonly<Record<ListName, MakeRow>> = {
  payments: (payment, format) => ({
    ...payment,
    amount: amountOf(payment, format),
    currency: format.currency.code,
    status_name: 'completed',
  }),
  orders: (payment, format) => ({
    order_id: payment.order_id,
    order_uuid: payment.order_uuid,
    user_id: payment.user_id,
    total: amountOf(payment, format),
    merchant_currency: format.currency.code,
    status_name: 'completed',
    time_purchased: payment.timestamp,
    payments: [{ payment_id: payment.payment_id, payment_type: payment.payment_method }],
  }),
  passes: (payment) => ({
    pass_uuid: passUuid(payment),
    order_uuid: payment.order_uuid,
    user_id: payment.user_id,
    time_created: payment.timestamp,
  }),
};

function amountOf(
  { amount }: Pick<BytemarkPayment, 'amount'>,
  { currency, unit }: ListFormat,
): string | number {
  if (unit === 'major') return amount;
  const price = parsePrice(amount, 'major', currency);
  return price.ok ? price.minor : amount;
}

/** One pass of an order, named by the order. */
function passUuid({ order_uuid }: BytemarkPayment): string {
  const hex = createHash('sha256').update(order_uuid).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The sum of payments in minor units, and as text. */
export function totalOf(payments: readonly Pick<BytemarkPayment, 'amount'>[], currency: Currency): string {
  let minor = 0n;
  for (const { amount } of payments) {
    const price = parsePrice(amount, 'major', currency);
    if (price.ok) minor += BigInt(price.minor);
  }
  return formatMinor(minor, currency);
}
