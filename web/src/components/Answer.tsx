import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './Problem.tsx';

interface Props<Data> {
  readonly query: UseQueryResult<Data>;
  /** As large as what will come. */
  readonly loading: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** What a query answers: while it is awaited its place, where it fails what is wrong, and its data as soon as there are any. */
export function Answer<Data>({ query, loading, children }: Props<Data>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return <>{children(data)}</>;
  if (error !== null) return <Problem error={error} retry={() => void refetch()} />;
  return <>{loading}</>;
}
