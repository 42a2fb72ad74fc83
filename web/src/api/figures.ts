/**
 * Figures as queries. Their keys begin with `figures`, which is what the live feed makes load anew when payments come
 * in; what does not change with payments takes another key.
 */
import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { SESSION_KEY } from '../session/session.ts';
import { type AnswerOf, api, type QueryOf } from './client.ts';
import { NO_ANSWER, ProblemError } from './problem.ts';
import type { paths } from './schema.ts';

export const FIGURES = 'figures';

/** Paths of figures that take nothing but a query. */
type FigurePath = {
  [P in keyof paths]: P extends `/api/v1/analytics/${string}`
    ? paths[P]['get'] extends { parameters: { path?: never } }
      ? P
      : never
    : never;
}[keyof paths];

/**
 * The figures of a path: `useFigure('/api/v1/analytics/methods', span)`. While others are loaded (another range, a new
 * payment) those before stay, and `isPlaceholderData` says so.
 */
export function useFigure<P extends FigurePath>(
  path: P,
  query: QueryOf<paths[P]['get']>,
  /** Of what also changes without a payment. */
  everyMs?: number,
): UseQueryResult<AnswerOf<paths[P]['get']>> {
  return useQuery({
    queryKey: [FIGURES, path, query],
    queryFn: ({ signal }) => api.get(path, { query, signal }),
    placeholderData: keepPreviousData,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}

/** Worth asking again at once: no answer, too busy, being stopped. */
const PASSING: readonly number[] = [NO_ANSWER, 429, 503];
const MAX_RETRIES = 2;

export function createQueries(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        // The session has ended or was revoked: sign-in is shown by there being none.
        if (error instanceof ProblemError && error.status === 401) client.setQueryData(SESSION_KEY, null);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) =>
          failures < MAX_RETRIES && error instanceof ProblemError && PASSING.includes(error.status),
        retryDelay: (failures, error) =>
          (error instanceof ProblemError ? error.retryAfterMs : undefined) ?? 500 * 2 ** failures,
      },
    },
  });
  return client;
}
