/**
 * Sends signed webhooks as a provider does, and keeps count of the answers.
 *
 * As many deliveries are under way as there are connections. One is taken from the plan when a connection is free and
 * it is due; it is sent, and sent again while that can help: with a new timestamp and signature, and the same message
 * id. Due times count from the start, so the rate does not drift; after a stall the backlog is caught up as fast as the
 * receiver allows. A conflict waits until the payment that it contradicts has been answered, so that the
 * outcome does not hang on a race. Aborting takes no new delivery and tries none again; those under way are awaited.
 */
import { Pool } from 'undici';
import { AppError, messageOf } from '../domain/errors.js';
import { OUTCOMES, type Outcome } from '../domain/outcome.js';
import type { DeliveryKind, PlannedDelivery } from './disturbance.js';
import { Latencies, type LatencySummary } from './latency.js';
import { type PassingTime, realTime, retryAfter } from './passing-time.js';
import { readReceiver } from './receiver.js';
import { type SignatureScheme, signHmac, signStandard } from './signature.js';

export interface SendOptions {
  readonly url: string;
  /** Signed with its first secret. */
  readonly scheme: SignatureScheme;
  /** Taken one by one, each just before it is sent. */
  readonly deliveries: Iterable<PlannedDelivery>;
  /**
   * Deliveries per second, or what tells it anew for each; without it, as fast as the receiver answers. Sending ends an
   * interval after the last delivery.
   */
  readonly ratePerS?: number | (() => number);
  /** Deliveries under way at once, each on a connection of its own; by default 16. */
  readonly concurrency?: number;
  /** How often one delivery is sent at most; by default 8. */
  readonly maxTries?: number;
  /** How long an answer may take, in milliseconds; by default 15 s. */
  readonly answerTimeoutMs?: number;
  /** A load sender must not be pointed at strangers by accident: other hosts than this one need this. */
  readonly allowRemote?: boolean;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: SendResult) => void;
  readonly time?: PassingTime;
}

export interface SendResult {
  readonly delivery: PlannedDelivery;
  /** Of the last answer; null where none came. */
  readonly status: number | null;
  /** The answer's text, or what the connection failed with. */
  readonly text: string;
  /** What the receiver says became of it; null where it does not say. */
  readonly outcome: Outcome | null;
  readonly tries: number;
  /** From sending to the whole answer, of the last try. */
  readonly latencyMs: number;
}

export interface SendTotals {
  readonly deliveries: number;
  readonly requests: number;
  /** Deliveries with an answer of 2xx: the receiver's now. */
  readonly accepted: number;
  /** Deliveries by their last answer's status; `none` where none came. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly kinds: Readonly<Record<DeliveryKind, number>>;
  readonly aborted: boolean;
  readonly seconds: number;
  readonly latency: LatencySummary;
}

const DEFAULT_CONCURRENCY = 16;
const DEFAULT_TRIES = 8;
const DEFAULT_ANSWER_TIMEOUT_MS = 15_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 30_000;
const MAX_ANSWER_BYTES = 1_048_576;

/** Too many requests, and everything that is the receiver's own trouble, may go better next time. */
function canRetryHelp(status: number | null): boolean {
  return status === null || status === 429 || status >= 500;
}

/**
 * Sends every delivery and returns the totals.
 * @throws AppError `usage` where the URL is none, or is another machine's without `allowRemote`, or no secret is given
 */
export async function send(options: SendOptions): Promise<SendTotals> {
  const { concurrency = DEFAULT_CONCURRENCY, allowRemote = false } = options;
  const url = readReceiver(options.url, allowRemote);
  const [secret] = options.scheme.secrets;
  if (secret === undefined) throw new AppError('usage', 'A secret to sign with is needed.');
  const timeout = options.answerTimeoutMs ?? DEFAULT_ANSWER_TIMEOUT_MS;
  const pool = new Pool(url.origin, {
    connections: concurrency,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: { timeout },
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  try {
    return await new Sender(pool, `${url.pathname}${url.search}`, options, secret).run(concurrency);
  } finally {
    await pool.destroy();
  }
}

interface Answer {
  readonly status: number | null;
  readonly text: string;
  readonly retryAfterMs: number | null;
  readonly latencyMs: number;
}

class Sender {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #options: SendOptions;
  readonly #secret: Buffer;
  readonly #time: PassingTime;
  readonly #latencies = new Latencies();
  readonly #statuses: Record<string, number> = {};
  readonly #outcomes: Record<Outcome, number> = { recorded: 0, duplicate: 0, conflict: 0, invalid: 0 };
  readonly #kinds: Record<DeliveryKind, number> = { new: 0, duplicate: 0, conflict: 0, invalid: 0 };
  /** New payments that are not answered yet. */
  readonly #unanswered = new Map<number, Promise<void>>();
  #dueMs = 0;
  #underWay = 0;
  #onFreed: (() => void) | undefined;
  /** What ended the sending before its time: an error of `deliveries`, `onResult` or `ratePerS`. */
  #failure: { readonly error: unknown } | undefined;
  #requests = 0;
  #accepted = 0;

  constructor(pool: Pool, path: string, options: SendOptions, secret: Buffer) {
    this.#pool = pool;
    this.#path = path;
    this.#options = options;
    this.#secret = secret;
    this.#time = options.time ?? realTime;
  }

  async run(concurrency: number): Promise<SendTotals> {
    const startMs = this.#time.elapsed();
    this.#dueMs = startMs;
    try {
      await this.#sendAll(concurrency);
    } finally {
      while (this.#underWay > 0) await this.#freed();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return {
      deliveries: Object.values(this.#kinds).reduce((sum, count) => sum + count, 0),
      requests: this.#requests,
      accepted: this.#accepted,
      statuses: this.#statuses,
      outcomes: this.#outcomes,
      kinds: this.#kinds,
      aborted: this.#isAborted(),
      seconds: (this.#time.elapsed() - startMs) / 1000,
      latency: this.#latencies.summary(),
    };
  }

  async #sendAll(concurrency: number): Promise<void> {
    const source = this.#options.deliveries[Symbol.iterator]();
    try {
      for (;;) {
        while (this.#underWay >= concurrency) await this.#freed();
        await this.#untilDue();
        if (this.#isStopped()) return;
        const next = source.next();
        if (next.done === true) return;
        this.#start(next.value);
      }
    } finally {
      source.return?.();
    }
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  #isStopped(): boolean {
    return this.#isAborted() || this.#failure !== undefined;
  }

  /** Resolves when the next of those under way is done. */
  #freed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFreed = resolve;
    });
  }

  async #untilDue(): Promise<void> {
    const { ratePerS, signal } = this.#options;
    if (ratePerS === undefined) return;
    const rate = typeof ratePerS === 'number' ? ratePerS : ratePerS();
    if (!(rate > 0)) throw new AppError('usage', 'The rate must be over 0 deliveries per second.');
    const waitMs = this.#dueMs - this.#time.elapsed();
    this.#dueMs += 1000 / rate;
    if (waitMs > 0) await this.#time.sleep(waitMs, signal);
  }

  #start(delivery: PlannedDelivery): void {
    this.#underWay++;
    this.#kinds[delivery.kind]++;
    const { payment_id: paymentId, kind } = delivery;
    const before = kind === 'conflict' && paymentId !== null ? this.#unanswered.get(paymentId) : undefined;
    const sending = this.#deliver(delivery, before)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        if (kind === 'new' && paymentId !== null) this.#unanswered.delete(paymentId);
        this.#underWay--;
        this.#onFreed?.();
      });
    if (kind === 'new' && paymentId !== null) this.#unanswered.set(paymentId, sending);
  }

  async #deliver(delivery: PlannedDelivery, before: Promise<void> | undefined): Promise<void> {
    await before;
    const { maxTries = DEFAULT_TRIES, signal, onResult } = this.#options;
    let tries = 0;
    let answer: Answer;
    for (;;) {
      answer = await this.#request(delivery);
      tries++;
      if (!canRetryHelp(answer.status) || tries >= maxTries || this.#isStopped()) break;
      const backoff = FIRST_BACKOFF_MS * 2 ** (tries - 1) * (0.5 + Math.random());
      await this.#time.sleep(Math.min(MAX_BACKOFF_MS, answer.retryAfterMs ?? backoff), signal);
      if (this.#isStopped()) break;
    }
    const { status, text, latencyMs } = answer;
    const outcome = status === null ? null : outcomeIn(text);
    const key = status === null ? 'none' : String(status);
    this.#statuses[key] = (this.#statuses[key] ?? 0) + 1;
    if (outcome !== null) this.#outcomes[outcome]++;
    if (status !== null && status >= 200 && status < 300) this.#accepted++;
    onResult?.({ delivery, status, text, outcome, tries, latencyMs });
  }

  async #request({ id, body }: PlannedDelivery): Promise<Answer> {
    const { scheme } = this.#options;
    const second = Math.floor(this.#time.now() / 1000);
    const signed =
      scheme.kind === 'standard'
        ? signStandard(this.#secret, id, second, body)
        : signHmac(scheme, second, body);
    const headers = { 'content-type': 'application/json', ...signed };
    const sentMs = this.#time.elapsed();
    this.#requests++;
    try {
      const response = await this.#pool.request({ method: 'POST', path: this.#path, headers, body });
      const text = await response.body.text();
      const latencyMs = this.#time.elapsed() - sentMs;
      this.#latencies.add(latencyMs);
      const retryAfterMs = retryAfter(response.headers['retry-after'], this.#time.now());
      return { status: response.statusCode, text, retryAfterMs, latencyMs };
    } catch (error) {
      // No answer: it may have arrived or not, which is why the receiver keeps each payment once only.
      const latencyMs = this.#time.elapsed() - sentMs;
      return { status: null, text: messageOf(error), retryAfterMs: null, latencyMs };
    }
  }
}

function outcomeIn(text: string): Outcome | null {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('outcome' in answer)) return null;
    return OUTCOMES.find((outcome) => outcome === answer.outcome) ?? null;
  } catch {
    return null;
  }
}
