/** Who is signed in, and what of the dashboard that shows. The server decides what may be read; this decides what is offered. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { api } from '../api/client.ts';
import { ProblemError } from '../api/problem.ts';
import type { components } from '../api/schema.ts';

export type Session = components['schemas']['Session'];
export type Role = Session['role'];

const SESSION = '/api/v1/session';
export const SESSION_KEY = ['session'] as const;

/** Each role may do what those before it may; a key for recording sees nothing. */
const RANK: Readonly<Record<Role, number>> = { ingest: 0, analyst: 1, researcher: 2, admin: 3 };

export function mayUse(role: Role, needs: Role): boolean {
  return RANK[role] >= RANK[needs];
}

/** The session, null where nobody is signed in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async () => {
      try {
        return await api.get(SESSION);
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
    mutationFn: (key: string) => api.post(SESSION, { body: { key } }),
    onSuccess: (session) => client.setQueryData(SESSION_KEY, session),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete(SESSION),
    onSettled: () => {
      client.setQueryData(SESSION_KEY, null);
      // What the last one saw is not for the next one.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
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
