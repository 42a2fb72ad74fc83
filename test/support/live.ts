/** A client of the live stream, on plain fetch: it reads server-sent events as the HTML Standard says. */
import { onTestFinished } from 'vitest';

export interface LiveEvent {
  readonly name: string;
  readonly id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export class LiveClient {
  /** Everything that was received. */
  text = '';
  /** Of the last event that was taken by `next` and had one. */
  lastId: string | null = null;
  readonly response: Response;
  readonly #events: LiveEvent[] = [];
  readonly #abort: AbortController;
  readonly #ended: Promise<void>;
  #isOver = false;
  #arrived: () => void = () => {};

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#ended = this.#readAll()
      .catch(() => {})
      .then(() => this.#over());
  }

  /** Connects to `http://…`; the answer may be a refusal. Left after the test at the latest. */
  static async connect(url: string, key: string, lastEventId?: string | null): Promise<LiveClient> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const headers = {
      authorization: `Bearer ${key}`,
      ...(lastEventId === undefined || lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    };
    const response = await fetch(`${url}/api/v1/live`, { headers, signal: abort.signal });
    return new LiveClient(response, abort);
  }

  /** The next event; waits for it. */
  async next(): Promise<LiveEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        this.lastId = event.id ?? this.lastId;
        return event;
      }
      if (this.#isOver) throw new Error(`the stream ended:\n${this.text}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** Settles when the server has ended the stream, or this client has. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  async leave(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #readAll(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.response.body ?? []) {
      const text = decoder.decode(chunk, { stream: true });
      this.text += text;
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block
        .split('\n')
        .filter((line) => !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const data = fields.get('data');
    if (data === undefined) return;
    this.#events.push({
      name: fields.get('event') ?? 'message',
      id: fields.get('id') ?? null,
      data: JSON.parse(data),
    });
    this.#arrived();
  }

  #over(): void {
    this.#isOver = true;
    this.#arrived();
  }
}
