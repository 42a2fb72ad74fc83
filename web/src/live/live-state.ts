/**
 * Whether what is on the screen is live: a state machine without effects, time passed in.
 *
 * connecting ── hello ──> live ── lost ──> stale ── hello ──> live
 *                                            │ again and again
 *                                            └─ polled ──> polling ── poll failed ──> stale
 *
 * 1. Figures are loaded anew at most every `REFRESH_MS`, however fast payments come.
 * 2. Whatever was missed is loaded: after a stream that was lost, its first word makes figures load anew.
 * 3. A lost stream is opened again, each time later, up to `MAX_RETRY_MS`; polling never stops these attempts.
 * 4. `since` of a state that is not live is when figures were last known to be right.
 */
export const REFRESH_MS = 2_000;
export const POLL_MS = 15_000;
export const MIN_RETRY_MS = 1_000;
export const MAX_RETRY_MS = 30_000;
/** After so many streams that failed, something on the way does not let them through. */
export const POLL_AFTER_FAILURES = 2;
/** How long commits are kept for the strip. */
export const SHOWN_MS = 5 * 60_000;
const MAX_COMMITS = 2_000;

/** What the feed tells of commits, and when it was heard. */
export interface SeenCommit {
  readonly at: number;
  readonly payments: number;
  readonly revenue: number;
  readonly byType: readonly {
    readonly payment_type: string;
    readonly payments: number;
    readonly revenue: number;
  }[];
}

export interface LiveState {
  readonly status: 'connecting' | 'live' | 'polling' | 'stale';
  /** Milliseconds since 1970, as all times here. */
  readonly since: number;
  readonly failures: number;
  /** When the stream is opened again; null while one is open or opening. */
  readonly retryAt: number | null;
  /** When figures are asked for without a stream; null where that is not needed. */
  readonly pollAt: number | null;
  /** When figures are to be loaded anew; null where they are right. */
  readonly refreshAt: number | null;
  readonly refreshedAt: number;
  /** The newest capture that was told of; null before the first word. */
  readonly asOf: number | null;
  /** The newest last. */
  readonly commits: readonly SeenCommit[];
}

export type LiveEvent =
  | { readonly kind: 'hello'; readonly asOf: number }
  | { readonly kind: 'commit'; readonly asOf: number; readonly commit: Omit<SeenCommit, 'at'> }
  /** Too much was missed for it to be told. */
  | { readonly kind: 'reset'; readonly asOf: number | null }
  | { readonly kind: 'opening' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'polled'; readonly asOf: number }
  | { readonly kind: 'poll failed' }
  | { readonly kind: 'refreshed' };

export function beginLive(now: number): LiveState {
  return {
    status: 'connecting',
    since: now,
    failures: 0,
    retryAt: now,
    pollAt: null,
    refreshAt: null,
    // The first payment shows at once.
    refreshedAt: Number.NEGATIVE_INFINITY,
    asOf: null,
    commits: [],
  };
}

export function retryDelayMs(failures: number): number {
  return Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** Math.max(0, failures - 1));
}

export function nextLive(state: LiveState, event: LiveEvent, now: number): LiveState {
  switch (event.kind) {
    case 'opening':
      return { ...state, retryAt: null };
    case 'hello':
      return { ...heard(state, now), asOf: event.asOf, refreshAt: afterGap(state, event.asOf, now) };
    case 'reset':
      return { ...heard(state, now), asOf: event.asOf ?? state.asOf, refreshAt: now };
    case 'commit':
      return {
        ...heard(state, now),
        asOf: event.asOf,
        refreshAt: state.refreshAt ?? nextRefresh(state, now),
        commits: shownCommits([...state.commits, { ...event.commit, at: now }], now),
      };
    case 'lost':
      return lost(state, now);
    case 'polled':
      return polled(state, event.asOf, now);
    case 'poll failed':
      return {
        ...state,
        status: 'stale',
        since: state.status === 'stale' ? state.since : now,
        pollAt: state.pollAt === null ? null : now + POLL_MS,
      };
    case 'refreshed':
      return { ...state, refreshAt: null, refreshedAt: now };
  }
}

/** The stream speaks. */
function heard(state: LiveState, now: number): LiveState {
  const since = state.status === 'live' ? state.since : now;
  return { ...state, status: 'live', since, failures: 0, retryAt: null, pollAt: null };
}

function lost(state: LiveState, now: number): LiveState {
  const failures = state.failures + 1;
  const isPolling = state.status === 'polling';
  return {
    ...state,
    status: isPolling ? 'polling' : 'stale',
    since: state.status === 'live' || state.status === 'connecting' ? now : state.since,
    failures,
    retryAt: now + retryDelayMs(failures),
    pollAt: state.pollAt ?? (failures >= POLL_AFTER_FAILURES ? now : null),
  };
}

function polled(state: LiveState, asOf: number, now: number): LiveState {
  if (state.status === 'live') return state;
  const refreshAt = asOf === state.asOf ? state.refreshAt : (state.refreshAt ?? nextRefresh(state, now));
  return { ...state, status: 'polling', since: now, asOf, pollAt: now + POLL_MS, refreshAt };
}

/** The first word of the first stream finds figures that are just being loaded; that of a later one may not. */
function afterGap(state: LiveState, asOf: number, now: number): number | null {
  if (state.asOf === null || state.asOf === asOf) return state.refreshAt;
  return state.refreshAt ?? nextRefresh(state, now);
}

function nextRefresh({ refreshedAt }: LiveState, now: number): number {
  return Math.max(now, refreshedAt + REFRESH_MS);
}

function shownCommits(commits: readonly SeenCommit[], now: number): readonly SeenCommit[] {
  return commits.filter(({ at }) => at > now - SHOWN_MS).slice(-MAX_COMMITS);
}

/** What is due first, for one timer. */
export function nextDue({ retryAt, pollAt, refreshAt }: LiveState): number | null {
  const due = [retryAt, pollAt, refreshAt].filter((at) => at !== null);
  return due.length === 0 ? null : Math.min(...due);
}

export interface Slot {
  readonly payments: number;
  readonly revenue: number;
}

/** Payments of the last `count` stretches of `slotMs`, the newest last. Stretches end on round times, so that none changes but the last. */
export function slotsOf(commits: readonly SeenCommit[], slotMs: number, count: number, now: number): Slot[] {
  const newest = Math.floor(now / slotMs);
  const slots = Array.from({ length: count }, () => ({ payments: 0, revenue: 0 }));
  for (const { at, payments, revenue } of commits) {
    const slot = slots[count - 1 - (newest - Math.floor(at / slotMs))];
    if (slot === undefined) continue;
    slot.payments += payments;
    slot.revenue += revenue;
  }
  return slots;
}
