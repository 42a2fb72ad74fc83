/** The filter of the payments as it stands in the URL, under the server's own names, and what is wrong with it. */
import type { PaymentsQuery } from '../../api/payments.ts';
import type { View } from '../../view/view.ts';

export const FILTER_NAMES = ['user_id', 'payment_type', 'order_id', 'min_price', 'max_price'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** Texts as they were typed; empty where nothing is asked. */
export type FilterFields = Readonly<Record<FilterName, string>>;
export type FilterErrors = Readonly<Partial<Record<FilterName, string>>>;

export function readFilter(view: Pick<View, 'get'>): FilterFields {
  const text = (name: FilterName): string => view.get(name)?.trim() ?? '';
  return {
    user_id: text('user_id'),
    payment_type: text('payment_type'),
    order_id: text('order_id'),
    min_price: text('min_price'),
    max_price: text('max_price'),
  };
}

/** As the server takes an amount. */
const AMOUNT = /^\d{1,15}(\.\d{1,15})?$/;
const WHOLE = /^\d{1,15}$/;

/** By name; nothing where the server would take all of them. */
export function errorsOf({ order_id, min_price, max_price }: FilterFields): FilterErrors {
  const isWrong = (text: string, pattern: RegExp): boolean => text !== '' && !pattern.test(text);
  const amountError = 'An amount such as 2.50';
  return {
    ...(isWrong(order_id, WHOLE) ? { order_id: 'A whole number' } : {}),
    ...(isWrong(min_price, AMOUNT) ? { min_price: amountError } : {}),
    ...(isWrong(max_price, AMOUNT)
      ? { max_price: amountError }
      : min_price !== '' && max_price !== '' && Number(min_price) > Number(max_price)
        ? { max_price: 'Less than the lowest price' }
        : {}),
  };
}

export const hasErrors = (errors: FilterErrors): boolean => Object.keys(errors).length > 0;
export const isFiltered = (fields: FilterFields): boolean => FILTER_NAMES.some((name) => fields[name] !== '');

/** The filter's part of a request; that of fields without errors. */
export function queryOf(fields: FilterFields): PaymentsQuery {
  const number = (text: string): number | undefined => (text === '' ? undefined : Number(text));
  return {
    user_id: fields.user_id === '' ? undefined : fields.user_id,
    payment_type: fields.payment_type === '' ? undefined : fields.payment_type,
    order_id: number(fields.order_id),
    min_price: number(fields.min_price),
    max_price: number(fields.max_price),
  };
}

/** As changes of a view that take the filter out. */
export const NO_FILTER: Readonly<Record<FilterName, null>> = {
  user_id: null,
  payment_type: null,
  order_id: null,
  min_price: null,
  max_price: null,
};
