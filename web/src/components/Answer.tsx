import type { ReactNode } from 'react';
import { Problem } from './Problem.tsx';

/** What is used of a query; TanStack's are such. */
export interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
  /** Whether the data are those before, while others are on their way. */
  readonly isPlaceholderData?: boolean;
}

interface Props<Data> {
  readonly query: Asked<Data>;
  /** As large as what will come. */
  readonly loading: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** What a query answers: while it is awaited its place, where it fails what is wrong, and its data as soon as there are any. */
export function Answer<Data>({ query, loading, children }: Props<Data>) {
  const { data, error, refetch, isPlaceholderData } = query;
  if (data !== undefined)
    return <div className={isPlaceholderData === true ? 'is-changing' : undefined}>{children(data)}</div>;
  if (error !== null) return <Problem error={error} retry={() => void refetch()} />;
  return <>{loading}</>;
}
