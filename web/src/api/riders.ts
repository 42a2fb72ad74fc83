/** Single riders, by their pseudonyms: audited as payments are, and so not asked for again without need. */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api, type Got, type QueryOf } from './client.ts';
import { AUDITED } from './payments.ts';
import type { paths } from './schema.ts';

export type TopRiders = Got<'/api/v1/analytics/top-riders'>;
export type RiderSpending = Got<'/api/v1/analytics/spending/{user_id}'>;

export function useTopRiders(
  query: QueryOf<paths['/api/v1/analytics/top-riders']['get']>,
): UseQueryResult<TopRiders> {
  return useQuery({
    ...AUDITED,
    queryKey: ['top riders', query],
    queryFn: ({ signal }) => api.get('/api/v1/analytics/top-riders', { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function useRiderSpending(
  userId: string,
  query: QueryOf<paths['/api/v1/analytics/spending/{user_id}']['get']>,
): UseQueryResult<RiderSpending> {
  return useQuery({
    ...AUDITED,
    queryKey: ['rider', userId, query],
    queryFn: ({ signal }) =>
      api.get('/api/v1/analytics/spending/{user_id}', { path: { user_id: userId }, query, signal }),
    placeholderData: keepPreviousData,
  });
}
