/**
 * Reconciliations and what they found. Payments that come in change neither, so their keys do not begin with `figures`;
 * what does is a run that ends, which is asked for while one is under way.
 */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type QueryOf } from './client.ts';
import { FIGURES } from './figures.ts';
import type { components, paths } from './schema.ts';

export type ListedRun = components['schemas']['ListedReconciliation'];
export type ReportedRun = components['schemas']['ReconciliationWithReport'];
export type Report = NonNullable<ReportedRun['report']>;
export type ReportedDay = Report['days'][number];
export type Item = components['schemas']['ReconciliationItem'];
export type ItemKind = Item['kind'];
export type ItemStatus = Item['status'];
export type ItemsQuery = QueryOf<paths['/api/v1/reconciliations/items']['get']>;
export type Category = ItemKind | 'matched' | 'internal_currency' | 'pending';

const RECONCILIATIONS = 'reconciliations';
const UNDER_WAY_EVERY_MS = 2_000;
const RUNS_A_PAGE = 25;
/** A run that has no end after this was killed with its process. */
const LONGEST_RUN_MS = 3_600_000;

export type RunState = 'under way' | 'cut off' | 'failed' | 'done';

export function stateOf(run: Pick<ListedRun, 'started' | 'finished'>, hasReport: boolean): RunState {
  if (run.finished !== null) return hasReport ? 'done' : 'failed';
  return Date.now() - Date.parse(run.started) < LONGEST_RUN_MS ? 'under way' : 'cut off';
}

export function useRuns(cursor: string | null = null) {
  const place = cursor !== null && /^[1-9]\d{0,14}$/.test(cursor) ? Number(cursor) : undefined;
  const query = { limit: RUNS_A_PAGE, cursor: place };
  return useQuery({
    queryKey: [RECONCILIATIONS, 'runs', query],
    queryFn: ({ signal }) => api.get('/api/v1/reconciliations', { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      const isWaiting = data?.rows.some((run) => stateOf(run, run.headline !== null) === 'under way');
      return isWaiting === true ? UNDER_WAY_EVERY_MS : false;
    },
  });
}

export function useRun(id: number) {
  return useQuery({
    queryKey: [RECONCILIATIONS, 'run', id],
    queryFn: ({ signal }) => api.get('/api/v1/reconciliations/{id}', { path: { id }, signal }),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && stateOf(data, data.report !== null) === 'under way' ? UNDER_WAY_EVERY_MS : false,
  });
}

export function useItems(query: ItemsQuery) {
  return useQuery({
    queryKey: [RECONCILIATIONS, 'items', query],
    queryFn: ({ signal }) => api.get('/api/v1/reconciliations/items', { query, signal }),
    placeholderData: keepPreviousData,
  });
}

/** How many items there are of each kind and status; of a run's time, where one is named. */
export function useItemCounts(ofRun: number | undefined) {
  const query = { of_run: ofRun };
  return useQuery({
    queryKey: [RECONCILIATIONS, 'counts', query],
    queryFn: ({ signal }) => api.get('/api/v1/reconciliations/items/counts', { query, signal }),
  });
}

export type DecisionKind = 'accept' | 'ignore' | 'correct';

export interface DecisionToMake {
  readonly decision: DecisionKind;
  readonly ids: number[];
  readonly reason: string;
  readonly until?: string;
}

export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: DecisionToMake) => api.post('/api/v1/reconciliations/items/decide', { body }),
    // Not awaited: the list may take away the very dialog that has asked, which then could not say how it ended.
    onSettled: () => {
      // What corrects is in the figures too.
      for (const queryKey of [[RECONCILIATIONS], [FIGURES]]) void client.invalidateQueries({ queryKey });
    },
  });
}

export function useStart() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { readonly from: string; readonly to: string }) =>
      api.post('/api/v1/reconciliations', { body }),
    onSettled: async () => {
      // What it records is in the figures too.
      await Promise.all(
        [[RECONCILIATIONS], [FIGURES]].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
}
