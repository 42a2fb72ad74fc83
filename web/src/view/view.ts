/**
 * The view of a page is its URL: whoever has the address sees the same. Everything that is chosen (range, period, split,
 * filters) is a parameter, and what is the default is left out.
 */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSearch, useSearchParams } from 'wouter';
import { useSession } from '../session/session.ts';
import { type Preset, type Range, readRange, type Span, spanOf, writeRange } from './range.ts';

/** Parameters that go along from page to page. */
const SHARED = ['range', 'from', 'to'];

/** The place of a page in a list. It is of that list alone: whatever else is changed begins at the first page. */
export const PLACE = 'after';

export type Changes = Readonly<Record<string, string | null | undefined>>;

export function withChanges(parameters: URLSearchParams, changes: Changes): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

export interface View {
  /** The value of a parameter; null where it is not there. */
  get(name: string): string | null;
  /** One of some values; the first where there is none of them. */
  choice<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value;
  /** Changes parameters, as a step that goes back; null takes one out. */
  set(changes: Changes): void;
}

export function useView(): View {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (changes: Changes) => setParameters((current) => withChanges(current, { [PLACE]: null, ...changes })),
    [setParameters],
  );
  return useMemo(
    () => ({
      get: (name) => parameters.get(name),
      choice: (name, values) => values.find((value) => value === parameters.get(name)) ?? values[0],
      set,
    }),
    [parameters, set],
  );
}

export interface RangeView {
  readonly range: Range;
  /** For a request. */
  readonly span: Span;
  setRange(range: Range): void;
}

/** The range of the page, and its ends now. */
export function useRange(fallback?: Preset): RangeView {
  const view = useView();
  const [parameters] = useSearchParams();
  const { zone } = useSession();
  const now = useNow(30_000);
  const range = readRange(parameters, fallback);
  const { from, to } = spanOf(range, now, zone);
  const { set } = view;
  return {
    range,
    span: useMemo(() => ({ from, to }), [from, to]),
    setRange: useCallback((next: Range) => set(writeRange(next)), [set]),
  };
}

export interface OptionalRangeView {
  /** Null where no time is left out. */
  readonly range: Range | null;
  readonly span: { readonly from: string | undefined; readonly to: string | undefined };
  setRange(range: Range | null): void;
}

const NO_RANGE = { range: null, from: null, to: null } as const;

/** The range of a page that looks at all time unless the URL says otherwise. */
export function useOptionalRange(): OptionalRangeView {
  const { range, span, setRange } = useRange();
  const [parameters] = useSearchParams();
  const { set } = useView();
  const isAny = !parameters.has('range') && !parameters.has('from');
  return {
    range: isAny ? null : range,
    span: isAny ? { from: undefined, to: undefined } : span,
    setRange: useCallback(
      (next: Range | null) => (next === null ? set(NO_RANGE) : setRange(next)),
      [set, setRange],
    ),
  };
}

/** An address on another page that looks at the same range. */
export function useHref(): (path: string) => string {
  const search = useSearch();
  return (path) => {
    const parameters = new URLSearchParams(search);
    for (const name of [...parameters.keys()]) if (!SHARED.includes(name)) parameters.delete(name);
    const text = parameters.toString();
    return text === '' ? path : `${path}?${text}`;
  };
}

/** Milliseconds since 1970, anew every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
