/**
 * Paging through a list that is read onward alone: the server gives the place of the next page and of no earlier one. The
 * URL holds the place of the page (`after`), so that it can be shared; the places before it lie in the browser's history,
 * where a reload leaves them. Who was sent an address has no such way back, and begins at the first page.
 */
import { useSearchParams } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { PLACE, withChanges } from './view.ts';

export interface Paging {
  /** The place of this page; undefined on the first one. */
  readonly cursor: string | undefined;
  /** From 1; undefined where the way here is not known. */
  readonly number: number | undefined;
  readonly next: (cursor: string) => void;
  /** Undefined where there is none, or the way back is not known. */
  readonly previous: (() => void) | undefined;
  readonly first: () => void;
}

/** The places of the pages before this one, as the history keeps them; the first page's is the empty text. */
export function readTrail(state: unknown): readonly string[] {
  if (typeof state !== 'object' || state === null || !('trail' in state)) return [];
  const { trail } = state;
  return Array.isArray(trail) ? trail.filter((place) => typeof place === 'string') : [];
}

export function usePaging(): Paging {
  const [parameters, setParameters] = useSearchParams();
  const trail = readTrail(useHistoryState<unknown>());
  const cursor = parameters.get(PLACE) ?? undefined;
  const go = (place: string, before: readonly string[]): void =>
    setParameters((current) => withChanges(current, { [PLACE]: place }), { state: { trail: before } });
  const back = trail.at(-1);
  return {
    cursor,
    number: cursor === undefined ? 1 : back === undefined ? undefined : trail.length + 1,
    next: (place) => go(place, cursor === undefined ? [''] : [...trail, cursor]),
    previous: cursor === undefined || back === undefined ? undefined : () => go(back, trail.slice(0, -1)),
    first: () => go('', []),
  };
}
