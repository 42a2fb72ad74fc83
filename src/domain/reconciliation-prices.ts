/**
 * By which price a payment is compared with the provider's record of it, once there are adjustments.
 *
 * - A record that tells its payment's adjustments has a net price: its own with them. It is compared with ours.
 * - One that tells none may list the price as it was, or what is left of it: whichever it lists is compared.
 * - Where it lists neither, it is the net prices that differ, so that what a person is shown is what a correction closes.
 *
 * What reconciliation has corrected belongs to the price as it was: a provider that goes back to its first price says
 * something else again.
 */
import { differingFields, type Payment } from './payment.js';

/** A record of the provider that can be a payment, its rider already named as here. */
export interface Listed {
  readonly payment: Payment;
  /** Fields that this source does not tell, which are therefore not compared. */
  readonly lacks: readonly string[];
  /** The sum of the adjustments that it tells of; undefined where it tells of none. */
  readonly adjusted_minor?: number | undefined;
}

/** What was adjusted of a payment here, in minor units. */
export interface AdjustedHere {
  readonly sum_minor: number;
  /** The part that reconciliation has corrected. */
  readonly corrected_minor: number;
  /** When the last one came about that is not of reconciliation; null where there is none. */
  readonly latest_s: number | null;
}

/** By the payment's id; payments without adjustments are left out. */
export type AdjustedById = ReadonlyMap<number, AdjustedHere>;

export const NOT_ADJUSTED: AdjustedById = new Map();

/** A payment here as it is compared. */
export interface Compared {
  readonly payment: Payment;
  /** What is added to its price. */
  readonly adjusted_minor: number;
  /** Whether that makes its net price, and is called so. */
  readonly isNet: boolean;
}

export function netOfListed({ payment, adjusted_minor = 0 }: Listed): number {
  return payment.price_minor + adjusted_minor;
}

export function priceOf({ payment, adjusted_minor }: Pick<Compared, 'payment' | 'adjusted_minor'>): number {
  return payment.price_minor + adjusted_minor;
}

/** @param there all that is listed of the payment */
export function asCompared(
  payment: Payment,
  there: readonly Listed[],
  adjusted: AdjustedHere | undefined,
): Compared {
  const { sum_minor, corrected_minor } = adjusted ?? NOTHING;
  const isTold = there.some(({ adjusted_minor }) => adjusted_minor !== undefined);
  const lists = (added: number): boolean =>
    there.some((one) => one.payment.price_minor === payment.price_minor + added);
  if (!isTold && (adjusted === undefined || lists(corrected_minor)))
    return { payment, adjusted_minor: corrected_minor, isNet: false };
  return { payment, adjusted_minor: sum_minor, isNet: true };
}

const NOTHING: AdjustedHere = { sum_minor: 0, corrected_minor: 0, latest_s: null };

/** A record that lists what is left of the price tells adjustments beside it; they are not taken off once more. */
export function asListed(there: Listed, here: Compared, adjusted: AdjustedHere | undefined): Listed {
  const { adjusted_minor, ...rest } = there;
  if (adjusted_minor === undefined || adjusted === undefined) return there;
  return there.payment.price_minor === priceOf(here) ? rest : there;
}

/** The fields of two payments as they are compared; `net_price` in the place of `total_price` where it is that. */
export function fieldsOf(here: Compared, there: Listed): string[] {
  const net = { ...there.payment, price_minor: netOfListed(there) };
  const fields = differingFields({ ...here.payment, price_minor: priceOf(here) }, net);
  return fields.map((field) => (field === 'total_price' && here.isNet ? 'net_price' : field));
}
