/** The headline figures of a range and of the stretch before it, as it was at this time of it. */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { type Range, type Span, spanBefore, spanOf } from '../view/range.ts';
import { api } from './client.ts';
import { FIGURES } from './figures.ts';
import type { components } from './schema.ts';

export type Summary = components['schemas']['ReportSummary'];

export interface Headline {
  readonly now: Summary;
  readonly before: Summary;
  readonly spanBefore: Span;
  readonly as_of: number;
  /** Null where no payment was ever recorded. */
  readonly as_of_received_at: string | null;
}

export function useHeadline(range: Range, span: Span): UseQueryResult<Headline> {
  const { zone } = useSession();
  return useQuery({
    queryKey: [FIGURES, 'headline', range, span],
    queryFn: async ({ signal }) => {
      // Taken when it is asked: what is held against a range that goes on ends a little later each time.
      const asked = Date.now();
      const earlier = spanBefore(range, asked, zone);
      const [answer, before] = await Promise.all([
        api.get('/api/v1/analytics/report', { query: { ...spanOf(range, asked, zone), limit: 1 }, signal }),
        api.get('/api/v1/analytics/report', { query: { ...earlier, limit: 1 }, signal }),
      ]);
      const { summary, as_of, as_of_received_at } = answer;
      return { now: summary, before: before.summary, spanBefore: earlier, as_of, as_of_received_at };
    },
    placeholderData: keepPreviousData,
  });
}
