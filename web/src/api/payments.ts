/**
 * Payments, one by one. That they were read goes into the audit log, so nothing here asks again by itself: these keys do
 * not begin with `figures`, and a list that has become old says so and is loaded anew by hand.
 */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api, type Got, type QueryOf } from './client.ts';
import type { paths } from './schema.ts';

export type PaymentsQuery = QueryOf<paths['/api/v1/payments']['get']>;
export type PaymentsList = Got<'/api/v1/payments'>;
export type Payment = PaymentsList['rows'][number];
export type PaymentStory = Got<'/api/v1/payments/{payment_id}'>;

/** For queries whose answers are about single riders. */
export const AUDITED = { staleTime: 60_000, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

/** Undefined: the filter cannot be asked for. */
export function usePayments(query: PaymentsQuery | undefined): UseQueryResult<PaymentsList> {
  return useQuery({
    ...AUDITED,
    queryKey: ['payments', query],
    queryFn: ({ signal }) => api.get('/api/v1/payments', { query, signal }),
    placeholderData: keepPreviousData,
    enabled: query !== undefined,
  });
}

export function usePayment(paymentId: string): UseQueryResult<PaymentStory> {
  return useQuery({
    ...AUDITED,
    queryKey: ['payment', paymentId],
    queryFn: ({ signal }) =>
      // Whatever stands in the address is asked for, and the server says what is wrong with it: NaN is no number there.
      api.get('/api/v1/payments/{payment_id}', {
        path: { payment_id: /^\d+$/.test(paymentId) ? Number(paymentId) : Number.NaN },
        signal,
      }),
  });
}

/** Before every payment there can be, whatever the zone. */
const EVER = '1970-01-01T00:00:01Z';

/** Every type that was ever paid with, the largest first. */
export function usePaymentTypes(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['payment types'],
    queryFn: ({ signal }) => api.get('/api/v1/analytics/methods', { query: { from: EVER }, signal }),
    staleTime: 10 * 60_000,
  });
  return data?.rows.map(({ payment_type }) => payment_type) ?? [];
}
