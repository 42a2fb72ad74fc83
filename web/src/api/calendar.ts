/** The fare and policy calendar: what was changed for riders, read by everyone and kept by administrators. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client.ts';
import type { components } from './schema.ts';

export type CalendarEntry = components['schemas']['CalendarEntry'];
export type CalendarInput = components['schemas']['CalendarInput'];

const CALENDAR = 'calendar';
/** It changes by hand, a few times a year. */
const STALE_MS = 60_000;

/** Entries that hold on some day of a span; all of them without one. */
export function useCalendar(span: { readonly from?: string; readonly to?: string | undefined } = {}) {
  const query = { from: span.from, to: span.to };
  return useQuery({
    queryKey: [CALENDAR, query],
    queryFn: ({ signal }) => api.get('/api/v1/calendar', { query, signal }),
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
  });
}

function useCalendarChange<Asked, Answer>(change: (asked: Asked) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: [CALENDAR] }),
  });
}

/** Adds an entry, or with its id writes one anew. */
export const useSaveEntry = () =>
  useCalendarChange(({ id, body }: { id: number | null; body: CalendarInput }) =>
    id === null
      ? api.post('/api/v1/calendar', { body })
      : api.put('/api/v1/calendar/{entry_id}', { path: { entry_id: id }, body }),
  );

export const useRemoveEntry = () =>
  useCalendarChange((id: number) => api.delete('/api/v1/calendar/{entry_id}', { path: { entry_id: id } }));
