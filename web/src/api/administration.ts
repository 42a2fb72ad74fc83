/**
 * What an administrator sees and changes: the quarantine, the audit, API keys. Not figures, so their keys do not begin
 * with `figures`: payments that come in change none of it.
 */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Got, type QueryOf } from './client.ts';
import { FIGURES } from './figures.ts';
import type { components, paths } from './schema.ts';

export type Quarantined = components['schemas']['QuarantinedDelivery'];
export type QuarantineStatus = Quarantined['status'];
export type AuditRow = Got<'/api/v1/audit'>['rows'][number];
export type AuditAction = NonNullable<QueryOf<paths['/api/v1/audit']['get']>['action']>;
export type ApiKey = components['schemas']['ApiKey'];
export type NewApiKey = components['schemas']['NewApiKey'];

const QUARANTINE = 'quarantine';
const AUDIT = 'audit';
const KEYS = 'keys';

/** Deliveries come to quarantine without the live feed telling of them. */
const QUARANTINE_EVERY_MS = 30_000;
const PAGE_ROWS = 50;

/** A cursor as the URL has it; whatever is no cursor there begins with the newest. */
function cursorOf(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export function useQuarantine(status: QuarantineStatus | undefined, cursor: string | null) {
  const query = { status, cursor: cursorOf(cursor), limit: PAGE_ROWS };
  return useQuery({
    queryKey: [QUARANTINE, 'list', query],
    queryFn: ({ signal }) => api.get('/api/v1/quarantine', { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: QUARANTINE_EVERY_MS,
  });
}

/** One delivery with its payload. Each look is written into the audit, so nothing but a look asks for it. */
export function useQuarantined(id: number) {
  return useQuery({
    queryKey: [QUARANTINE, 'one', id],
    queryFn: ({ signal }) => api.get('/api/v1/quarantine/{id}', { path: { id }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** A change of the quarantine, after which the list and whatever counts it are asked for anew. */
function useQuarantineChange<Answer>(change: (id: number) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: async () => {
      await Promise.all(
        [[QUARANTINE, 'list'], [AUDIT], [FIGURES]].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
}

export const useReplay = () =>
  useQuarantineChange((id) => api.post('/api/v1/quarantine/{id}/replay', { path: { id } }));

export const useDiscard = () =>
  useQuarantineChange((id) => api.post('/api/v1/quarantine/{id}/discard', { path: { id } }));

export function useAudit(action: AuditAction | undefined, cursor: string | null, limit = PAGE_ROWS) {
  const query = { action, cursor: cursorOf(cursor), limit };
  return useQuery({
    queryKey: [AUDIT, query],
    queryFn: ({ signal }) => api.get('/api/v1/audit', { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function useKeys() {
  return useQuery({ queryKey: [KEYS], queryFn: ({ signal }) => api.get('/api/v1/keys', { signal }) });
}

interface KeyToMake {
  readonly name: string;
  readonly role: 'ingest' | 'analyst' | 'researcher' | 'admin';
  readonly expires_days?: number;
}

function useKeyChange<Asked, Answer>(change: (asked: Asked) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await Promise.all([[KEYS], [AUDIT]].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}

/** Its answer holds the key, once; it stays in the mutation alone, which goes with the dialog that shows it. */
export const useCreateKey = () => useKeyChange((body: KeyToMake) => api.post('/api/v1/keys', { body }));

export const useRevokeKey = () =>
  useKeyChange((id: string) => api.post('/api/v1/keys/{id}/revoke', { path: { id } }));
