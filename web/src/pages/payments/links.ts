/** Addresses of what payments lead to, as one makes them in a page: the view goes along where it is the same list. */

export const riderPath = (userId: string): string => `/riders/${encodeURIComponent(userId)}`;

/** The payments of a rider or of an order, of any time. */
export function paymentsOf(by: { user_id: string } | { order_id: number }): string {
  const [[name, value] = ['', '']] = Object.entries(by);
  return `/payments?${new URLSearchParams({ [name]: String(value) })}`;
}

/** A payment over the list that is behind it, or the list alone. */
export function paymentPath(paymentId: number | undefined, search: string): string {
  const path = paymentId === undefined ? '/payments' : `/payments/${paymentId}`;
  // The router gives the search decoded in part.
  const text = new URLSearchParams(search).toString();
  return text === '' ? path : `${path}?${text}`;
}
