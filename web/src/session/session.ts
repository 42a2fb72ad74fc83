/** Who is signed in, and what of the dashboard that shows. The server decides what may be read; this decides what is offered. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ProblemError, problemFrom } from '../api/problem.ts';

export type Role = 'analyst' | 'researcher' | 'admin';

export interface Session {
  readonly role: Role;
  readonly key_name: string;
  readonly expires_at: string;
  /** The reporting zone, an IANA name. */
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly currency_digits: number;
  readonly data: 'demo' | 'real';
  readonly version: string;
}

const SESSION = '/api/v1/session';
export const SESSION_KEY = ['session'] as const;

/** Each role may do what those before it may. */
const RANK: Readonly<Record<Role, number>> = { analyst: 0, researcher: 1, admin: 2 };

export function mayUse(role: Role, needs: Role): boolean {
  return RANK[role] >= RANK[needs];
}

async function askSession(method: string, body?: object): Promise<Session | null> {
  const response = await fetch(SESSION, {
    method,
    credentials: 'same-origin',
    headers: {
      'x-farelog-request': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return null;
  if (!response.ok) throw await problemFrom(response);
  return response.json();
}

/** The session, null where nobody is signed in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async () => {
      try {
        return await askSession('GET');
      } catch (error) {
        if (error instanceof ProblemError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: 2,
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (key: string) => (await askSession('POST', { key })) ?? (await askSession('GET')),
    onSuccess: (session) => client.setQueryData(SESSION_KEY, session),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => askSession('DELETE'),
    onSettled: () => {
      // What the last one saw is not for the next one.
      client.clear();
      client.setQueryData(SESSION_KEY, null);
    },
  });
}

const Current = createContext<Session | null>(null);
export const SessionProvider = Current.Provider;

/** The session of a page; pages are shown to whoever is signed in alone. */
export function useSession(): Session {
  const session = useContext(Current);
  if (session === null) throw new Error('a page is shown without a session');
  return session;
}

export function useMay(needs: Role): boolean {
  return mayUse(useSession().role, needs);
}
