/** The live feed of whoever is signed in: one connection for all pages. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../api/client.ts';
import { FIGURES } from '../api/figures.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveState } from './live-state.ts';

const Connection = createContext<LiveConnection | null>(null);

/** `isOn` false: who may see no figures is told of none. */
export function LiveProvider({ isOn, children }: { isOn: boolean; children: ReactNode }) {
  const client = useQueryClient();
  const [connection] = useState(
    () =>
      new LiveConnection({
        // As a query, so that a session that ended is noticed here too.
        poll: () =>
          client.fetchQuery({
            queryKey: ['poll'],
            queryFn: async () => (await api.get('/api/v1/analytics/methods', { query: { days: 1 } })).as_of,
            staleTime: 0,
            retry: false,
          }),
        // A figure that takes longer than the pause between refreshes would never be done if it were begun anew.
        refresh: () => void client.invalidateQueries({ queryKey: [FIGURES] }, { cancelRefetch: false }),
        now: () => Date.now(),
      }),
  );
  useEffect(() => {
    if (!isOn) return;
    connection.start();
    return () => connection.stop();
  }, [connection, isOn]);
  return <Connection.Provider value={connection}>{children}</Connection.Provider>;
}

export function useLive(): LiveState {
  const connection = useContext(Connection);
  if (connection === null) throw new Error('the live feed is used outside of its provider');
  return useSyncExternalStore(
    (listener) => connection.subscribe(listener),
    () => connection.state,
  );
}
