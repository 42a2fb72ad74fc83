/** The headline figures of a range, and of the stretch before it, as it was at this time of it. */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { type Range, type Span, spanBefore } from '../view/range.ts';
import { api, type Got } from './client.ts';
import { FIGURES, useFigure } from './figures.ts';
import type { components } from './schema.ts';

export type Summary = components['schemas']['OverviewFigures'];

interface Before {
  readonly figures: Summary;
  readonly span: Span;
}

export interface Headline {
  readonly now: UseQueryResult<Got<'/api/v1/analytics/overview'>>;
  /** What the server holds a range against is its own length before it; this is the day, week or month before. */
  readonly before: UseQueryResult<Before>;
}

export function useHeadline(range: Range, span: Span): Headline {
  const { zone } = useSession();
  const before = useQuery({
    queryKey: [FIGURES, 'headline before', range, span],
    queryFn: async ({ signal }) => {
      // Taken when it is asked: what is held against a range that goes on ends a little later each time.
      const earlier = spanBefore(range, Date.now(), zone);
      const { now } = await api.get('/api/v1/analytics/overview', { query: { ...earlier }, signal });
      return { figures: now, span: earlier };
    },
    placeholderData: keepPreviousData,
  });
  return { now: useFigure('/api/v1/analytics/overview', span), before };
}
