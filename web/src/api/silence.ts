/** Whether capture is unusually quiet. Nothing tells of payments that do not come: it is asked for, and not waited for. */
import { useQuery } from '@tanstack/react-query';
import { api, type Got } from './client.ts';
import { FIGURES } from './figures.ts';

export type Silence = Got<'/api/v1/analytics/silence'>;

const HOURS = 6;
const EVERY_MS = 60_000;

export function useSilence() {
  return useQuery({
    queryKey: [FIGURES, '/api/v1/analytics/silence', HOURS],
    queryFn: ({ signal }) => api.get('/api/v1/analytics/silence', { query: { hours: HOURS }, signal }),
    refetchInterval: EVERY_MS,
  });
}
