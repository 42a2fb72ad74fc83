/**
 * Studies: their list, and the answer to a question. An answer reads every payment of the period and is audited, so it is
 * asked for once, never again by itself, and kept while the page is open.
 */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { addressOf, api, type Got, type QueryOf } from './client.ts';
import { AUDITED } from './payments.ts';
import type { components, paths } from './schema.ts';

const PATH = '/api/v1/studies/{name}';

export type Study = components['schemas']['StudyDescription'];
export type StudyName = Study['name'];
export type StudyOption = Study['options'][number];
export type StudyAnswer = Got<typeof PATH>;
export type Result = components['schemas']['StudyResult'];
export type ResultTable = components['schemas']['StudyTable'];
export type StudyQuery = QueryOf<paths[typeof PATH]['get']>;

export function useStudies(): UseQueryResult<Got<'/api/v1/studies'>> {
  return useQuery({
    queryKey: ['studies'],
    queryFn: ({ signal }) => api.get('/api/v1/studies', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** @param query undefined: nothing is asked yet */
export function useStudy(name: StudyName, query: StudyQuery | undefined): UseQueryResult<StudyAnswer> {
  return useQuery({
    ...AUDITED,
    staleTime: Number.POSITIVE_INFINITY,
    // Where too many wait the server says so; whoever asked decides whether to wait.
    retry: false,
    queryKey: ['study', name, query],
    queryFn: ({ signal }) => api.get(PATH, { path: { name }, query, signal }),
    enabled: query !== undefined,
  });
}

/** Where one document of an answer is: the same question, as of the capture that the answer rests on. */
export function documentAddress(
  { study, from, to, provenance }: Result,
  query: StudyQuery,
  form: { readonly format: NonNullable<StudyQuery['format']>; readonly part?: string },
): string {
  return addressOf(PATH, { name: study }, { ...query, from, to, as_of: provenance.sequence, ...form });
}
