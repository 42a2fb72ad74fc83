/**
 * Requests to the provider, one after the other as fast as the rate allows.
 *
 * A request is tried again where that can help: no answer, 429 and 5xx; every request here may be repeated. The wait is
 * the one that `Retry-After` asks for, else it doubles with jitter; a longer one than allowed is an error at once, which
 * tells how long. After so many failures in a row the circuit opens: for a while nothing is asked, and every
 * request fails at once; then one is let through, and closes it or opens it anew. The breaker is cockatiel's and knows the
 * system's clock only; retries and the rate wait by the time that is given, and end when they are aborted.
 */
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { errors, Pool } from 'undici';
import { messageOf } from '../domain/errors.js';
import { type PassingTime, retryAfter } from './passing-time.js';
import { ProviderError } from './provider-error.js';
import type { ProviderSettings } from './provider-settings.js';

export interface ProviderRequest {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer below 500 that is not 429. */
export interface ProviderAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 30_000;

export class Connection {
  readonly #settings: ProviderSettings;
  readonly #time: PassingTime;
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #closing = new AbortController();
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(settings: ProviderSettings, time: PassingTime) {
    const { limits } = settings;
    const { origin, pathname } = new URL(settings.url);
    this.#settings = settings;
    this.#time = time;
    this.#prefix = pathname === '/' ? '' : pathname;
    this.#pool = new Pool(origin, {
      connections: 4,
      headersTimeout: limits.answerTimeoutMs,
      bodyTimeout: limits.answerTimeoutMs,
      connect: { timeout: limits.answerTimeoutMs },
      maxResponseSize: limits.answerBytes,
    });
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof ProviderError && error.kind === 'unavailable'),
      { halfOpenAfter: limits.breakMs, breaker: new ConsecutiveBreaker(limits.failures) },
    );
  }

  /** @throws ProviderError `unavailable`, `rate_limited`, or `malformed` where the answer is too long */
  async request(request: ProviderRequest, ended?: AbortSignal): Promise<ProviderAnswer> {
    const { tries, waitMs } = this.#settings.limits;
    const closed = this.#closing.signal;
    const signal = ended === undefined ? closed : AbortSignal.any([closed, ended]);
    for (let tried = 1; ; tried++) {
      await this.#untilDue(signal);
      try {
        return await this.#breaker.execute(() => this.#once(request, signal));
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw this.#leftAlone(error);
        const mayRetry =
          error instanceof ProviderError && (error.kind === 'unavailable' || error.kind === 'rate_limited');
        if (!mayRetry || tried >= tries) throw error;
        const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tried - 1));
        const wait = error.retryAfterMs ?? backoff * (0.5 + Math.random());
        if (wait > waitMs) throw error;
        await this.#time.sleep(wait, signal);
        signal.throwIfAborted();
      }
    }
  }

  /** Ends what is under way and what waits to be tried again, a token's request too, which nobody else can end. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pool.destroy();
  }

  async #untilDue(signal: AbortSignal): Promise<void> {
    const now = this.#time.elapsed();
    const dueMs = Math.max(this.#nextMs, now);
    this.#nextMs = dueMs + 1000 / this.#settings.limits.requestsPerS;
    if (dueMs > now) await this.#time.sleep(dueMs - now, signal);
    signal.throwIfAborted();
  }

  async #once(request: ProviderRequest, signal: AbortSignal): Promise<ProviderAnswer> {
    const { method, path, headers, body } = request;
    const deadline = AbortSignal.timeout(this.#settings.limits.answerTimeoutMs);
    try {
      const response = await this.#pool.request({
        method,
        path: this.#prefix + path,
        headers: { accept: 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([deadline, signal]),
      });
      const bytes = Buffer.from(await response.body.arrayBuffer());
      this.#refuseTrouble(response.statusCode, response.headers['retry-after']);
      return { status: response.statusCode, bytes };
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ProviderError ? error : this.#failed(error);
    }
  }

  #refuseTrouble(status: number, header: string | string[] | undefined): void {
    if (status !== 429 && status < 500) return;
    const retryAfterMs = retryAfter(header, this.#time.now());
    const wait = retryAfterMs === null ? '' : ` and asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
    const message = `The provider answered ${status}${wait}. Try again later.`;
    throw new ProviderError(status === 429 ? 'rate_limited' : 'unavailable', message, { retryAfterMs });
  }

  #failed(error: unknown): ProviderError {
    const { answerBytes, answerTimeoutMs } = this.#settings.limits;
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      const message = `The provider's answer is longer than ${answerBytes} bytes. Lower FARELOG_BYTEMARK_PAGE_ROWS, or raise FARELOG_BYTEMARK_ANSWER_LIMIT_BYTES.`;
      return new ProviderError('malformed', message, { cause: error });
    }
    const late = error instanceof Error && error.name === 'TimeoutError';
    const why = late
      ? `did not answer within ${answerTimeoutMs} ms`
      : `cannot be reached: ${messageOf(error)}`;
    const message = `The provider ${why}. Is FARELOG_BYTEMARK_URL (${this.#settings.url}) right, and is it up?`;
    return new ProviderError('unavailable', message, { cause: error });
  }

  #leftAlone(cause: unknown): ProviderError {
    const { failures, breakMs } = this.#settings.limits;
    const message = `The provider failed ${failures} times in a row and is left alone for ${breakMs / 1000} s. Try again later.`;
    return new ProviderError('unavailable', message, { cause });
  }
}
