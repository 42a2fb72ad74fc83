/**
 * The effects of `live-state.ts`: one stream at most, one timer, and what they ask for. A stream that failed is closed and
 * a new one opened, where EventSource would come back by itself with the last event's id: it gives up on answers that are
 * no streams, and what was missed is in the figures, which are loaded anew.
 */
import {
  beginLive,
  type LiveEvent,
  type LiveState,
  nextDue,
  nextLive,
  type SeenCommit,
} from './live-state.ts';

export interface LiveEffects {
  /** The sequence of the newest capture, asked for without a stream. */
  readonly poll: () => Promise<number>;
  /** Loads what is on the screen anew. */
  readonly refresh: () => void;
  readonly now: () => number;
}

const STREAM = '/api/v1/live';

interface CommitData {
  readonly as_of: number;
  readonly payments: number;
  readonly revenue: number;
  readonly by_type: SeenCommit['byType'];
}

export class LiveConnection {
  readonly #effects: LiveEffects;
  readonly #listeners = new Set<() => void>();
  #state: LiveState;
  #stream: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPolling = false;
  #isRunning = false;

  constructor(effects: LiveEffects) {
    this.#effects = effects;
    this.#state = beginLive(effects.now());
  }

  get state(): LiveState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#isRunning = true;
    window.addEventListener('offline', this.#drop);
    window.addEventListener('online', this.#back);
    this.#doWhatIsDue();
  }

  stop(): void {
    this.#isRunning = false;
    window.removeEventListener('offline', this.#drop);
    window.removeEventListener('online', this.#back);
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = null;
  }

  #tell(event: LiveEvent): void {
    if (!this.#isRunning) return;
    this.#state = nextLive(this.#state, event, this.#effects.now());
    for (const listener of this.#listeners) listener();
    this.#doWhatIsDue();
  }

  #doWhatIsDue(): void {
    clearTimeout(this.#timer);
    const now = this.#effects.now();
    const { retryAt, pollAt, refreshAt } = this.#state;
    if (refreshAt !== null && refreshAt <= now) {
      this.#effects.refresh();
      // What is due beside it is done by what follows from this.
      this.#tell({ kind: 'refreshed' });
      return;
    }
    if (retryAt !== null && retryAt <= now) {
      this.#open();
      return;
    }
    if (pollAt !== null && pollAt <= now && !this.#isPolling) this.#poll();
    const due = nextDue({ ...this.#state, pollAt: this.#isPolling ? null : pollAt });
    if (due !== null) this.#timer = setTimeout(() => this.#doWhatIsDue(), Math.max(0, due - now));
  }

  readonly #drop = (): void => {
    if (this.#stream === null) return;
    this.#stream.close();
    this.#stream = null;
    this.#tell({ kind: 'lost' });
  };

  readonly #back = (): void => {
    if (this.#stream === null) this.#open();
  };

  #open(): void {
    const stream = new EventSource(STREAM);
    this.#stream = stream;
    const on = (name: string, told: (data: CommitData) => LiveEvent): void =>
      stream.addEventListener(name, ({ data }) => {
        if (stream === this.#stream) this.#tell(told(JSON.parse(data)));
      });
    on('hello', ({ as_of }) => ({ kind: 'hello', asOf: as_of }));
    on('reset', ({ as_of }) => ({ kind: 'reset', asOf: as_of ?? null }));
    on('commit', ({ as_of, payments, revenue, by_type }) => ({
      kind: 'commit',
      asOf: as_of,
      commit: { payments, revenue, byType: by_type },
    }));
    stream.addEventListener('error', () => {
      if (stream === this.#stream) this.#drop();
    });
    this.#tell({ kind: 'opening' });
  }

  #poll(): void {
    this.#isPolling = true;
    this.#effects
      .poll()
      .then(
        (asOf): LiveEvent => ({ kind: 'polled', asOf }),
        (): LiveEvent => ({ kind: 'poll failed' }),
      )
      .then((event) => {
        this.#isPolling = false;
        this.#tell(event);
      });
  }
}
