/** What is sent: signed bodies with their meaning, which the check compares with the stored row. */
import { randomInt } from 'node:crypto';

/** What a body means, once it is a row. `rider` is the provider's id. */
export interface Meaning {
  readonly payment_id: number;
  readonly rider: string;
  readonly order_id: number;
  /** As it is stored. */
  readonly payment_type: string;
  readonly minor: number;
  /** UTC text, as it is stored. */
  readonly logged_on: string;
}

export interface Delivery {
  readonly body: string;
  /** Null where the body cannot become a payment. */
  readonly payment: Meaning | null;
}

const METHODS = [
  ['credit_card', 'credit_card'],
  ['apple_pay', 'mobile_payment'],
  ['coins', 'coins'],
] as const;

const START_MS = Date.UTC(2025, 0, 1);

/** The delivery of a payment: the same id always gives the same bytes, unless `changes` say otherwise. */
export function deliveryOf(
  paymentId: number,
  changes: { readonly rider?: string; readonly minor?: number; readonly loggedMs?: number } = {},
): Delivery {
  const rider = changes.rider ?? `rider-${paymentId % 97}`;
  const minor = changes.minor ?? 125 + (paymentId % 50) * 5;
  const loggedMs = changes.loggedMs ?? START_MS + ((paymentId * 7919) % (300 * 86_400)) * 1000;
  const [method, payment_type] = METHODS[paymentId % 3] ?? METHODS[0];
  const timestamp = new Date(loggedMs).toISOString();
  return {
    body: JSON.stringify({
      payment_id: paymentId,
      user_id: rider,
      order_id: paymentId,
      payment_method: method,
      amount: `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`,
      timestamp,
    }),
    payment: {
      payment_id: paymentId,
      rider,
      order_id: paymentId,
      payment_type,
      minor,
      logged_on: timestamp.slice(0, 19).replace('T', ' '),
    },
  };
}

/** Puts a list into random order, in place; returns it. */
export function shuffle<T>(list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    const [a, b] = [list[i], list[j]];
    if (a !== undefined && b !== undefined) [list[i], list[j]] = [b, a];
  }
  return list;
}

/** The base load: payments `from` … `from + payments - 1`, each of them twice, shuffled. */
export function baseLoad(payments: number, from = 1): Delivery[] {
  return shuffle(Array.from({ length: payments * 2 }, (_, index) => deliveryOf(from + (index % payments))));
}
