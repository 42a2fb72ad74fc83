/**
 * The client of Bytemark's API: payments by windows of time, page by page, so that memory holds a page whatever the span.
 * Nothing of it writes anything; pull records what it brings, and reconciliation compares it.
 */
import type { Span } from '../domain/time.js';
import { toIso } from '../domain/time.js';
import { Connection, type ProviderAnswer } from './connection.js';
import { errorsIn, type ProviderItem, type ProviderPage, readPage } from './envelope.js';
import { type PassingTime, realTime } from './passing-time.js';
import { parseJson } from './payload.js';
import { ProviderError } from './provider-error.js';
import { asksForSpans, type ProviderSettings } from './provider-settings.js';
import { TokenKeeper } from './token.js';
import { readWindow, type WindowPage, type WindowSummary } from './window.js';

export class BytemarkClient {
  readonly settings: ProviderSettings;
  readonly #connection: Connection;
  readonly #tokens: TokenKeeper;

  constructor(settings: ProviderSettings, time: PassingTime = realTime) {
    this.settings = settings;
    this.#connection = new Connection(settings, time);
    this.#tokens = new TokenKeeper(settings, this.#connection, time);
  }

  /** The span in windows of `windowS`, the oldest first; in one where the API cannot be asked for a span. */
  windowsOf({ from, to }: Span, windowS: number): Span[] {
    if (!asksForSpans(this.settings)) return from < to ? [{ from, to }] : [];
    const windows: Span[] = [];
    for (let start = from; start < to; start += windowS)
      windows.push({ from: start, to: Math.min(to, start + windowS) });
    return windows;
  }

  /** Reads one window; the generator's result says whether it came whole. @throws ProviderError */
  readWindow(window: Span, signal?: AbortSignal): AsyncGenerator<WindowPage, WindowSummary, undefined> {
    return readWindow(window, () => this.#pages(window, signal), this.settings.trustTotals);
  }

  /**
   * All rows of a span, as a stream; rows that are listed twice with the same content come once.
   * @param onWindow told after each window, also of what did not come whole
   * @throws ProviderError
   */
  async *payments(
    span: Span,
    windowS: number,
    onWindow: (summary: WindowSummary) => void,
    signal?: AbortSignal,
  ): AsyncGenerator<ProviderItem, void, undefined> {
    for (const window of this.windowsOf(span, windowS)) {
      const reading = this.readWindow(window, signal);
      for (;;) {
        const step = await reading.next();
        if (step.done === true) {
          onWindow(step.value);
          break;
        }
        yield* step.value.items;
      }
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async *#pages(window: Span, signal: AbortSignal | undefined): AsyncGenerator<ProviderPage> {
    const { windowPages } = this.settings.limits;
    let path = this.#pathOf(window, 1);
    for (let page = 1; page <= windowPages; page++) {
      const answer = await this.#page(path, page, signal);
      yield answer;
      if (answer.next === null) return;
      if (typeof answer.next === 'number') page = answer.next - 1;
      path =
        typeof answer.next === 'number' ? this.#pathOf(window, answer.next) : this.#pathWithin(answer.next);
    }
    const message = `The window from ${toIso(window.from)} has more than ${windowPages} pages. Lower FARELOG_PULL_WINDOW_HOURS, or raise FARELOG_BYTEMARK_PAGE_ROWS or FARELOG_BYTEMARK_WINDOW_PAGES.`;
    throw new ProviderError('refused', message);
  }

  async #page(path: string, page: number, signal: AbortSignal | undefined): Promise<ProviderPage> {
    const { status, bytes } = await this.#get(path, signal);
    const parsed = parseJson(bytes);
    if (status !== 200) throw this.#refused(status, parsed.ok ? parsed.value : undefined);
    if (parsed.ok) return readPage(parsed.value, page, this.settings);
    throw new ProviderError('malformed', `The provider's answer cannot be read: ${parsed.problem.message}.`);
  }

  /** With the token; once more with a new one where that is refused. */
  async #get(path: string, signal: AbortSignal | undefined): Promise<ProviderAnswer> {
    const ask = (token: string): Promise<ProviderAnswer> =>
      this.#connection.request(
        { method: 'GET', path, headers: { authorization: `Bearer ${token}` } },
        signal,
      );
    const token = await this.#tokens.current();
    const answer = await ask(token);
    if (answer.status !== 401) return answer;
    return ask(await this.#tokens.insteadOf(token));
  }

  #refused(status: number, value: unknown): ProviderError {
    const told = errorsIn(value);
    const why = told === undefined ? '' : ` (${told})`;
    if (status === 401 || status === 403) {
      const message = `The provider refuses its own token with ${status}${why}. May this client read payments?`;
      return new ProviderError('auth', message);
    }
    const where = status < 400 ? 'FARELOG_BYTEMARK_URL' : 'FARELOG_BYTEMARK_PAYMENTS_PATH';
    return new ProviderError('refused', `The provider answered ${status}${why}. Is ${where} right?`);
  }

  #pathOf(window: Span, page: number): string {
    const values: Readonly<Record<string, string>> = {
      from: toIso(window.from),
      to: toIso(window.to),
      from_s: String(window.from),
      to_s: String(window.to),
      page: String(page),
      per_page: String(this.settings.limits.pageRows),
    };
    return this.settings.paymentsPath.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      encodeURIComponent(values[name] ?? placeholder),
    );
  }

  /** An address that the provider gives for the next page; the token goes to no other machine. */
  #pathWithin(address: string): string {
    const base = new URL(`${this.settings.url}/`);
    const prefix = base.pathname.slice(0, -1);
    const url = URL.canParse(address, base.href) ? new URL(address, base) : undefined;
    if (url === undefined || url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) {
      const message = `The provider's answer leads elsewhere: data.pagination.next is not below ${this.settings.url}.`;
      throw new ProviderError('malformed', message);
    }
    return url.pathname.slice(prefix.length) + url.search;
  }
}
