/**
 * A client of the live stream: it reads server-sent events as the HTML Standard says. On one connection of its own,
 * since fetch keeps a spare one, which a server that closes would wait for.
 */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
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
  readonly response: IncomingMessage;
  readonly #events: LiveEvent[] = [];
  readonly #ended: Promise<void>;
  #isOver = false;
  #arrived: () => void = () => {};

  private constructor(response: IncomingMessage) {
    this.response = response;
    this.#ended = this.#readAll()
      .catch(() => {})
      .then(() => this.#over());
  }

  /** Connects to `http://…` with a key, or as what headers say; the answer may be a refusal. Left after the test at the latest. */
  static async connect(
    url: string,
    caller: string | Readonly<Record<string, string>>,
    lastEventId?: string | null,
  ): Promise<LiveClient> {
    const headers = {
      ...(typeof caller === 'string' ? { authorization: `Bearer ${caller}` } : caller),
      ...(lastEventId === undefined || lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    };
    // Would keep the connection, as browsers do.
    const agent = new Agent({ keepAlive: true });
    const asked = request(`${url}/api/v1/live`, { headers, agent }).end();
    const [response]: IncomingMessage[] = await once(asked, 'response');
    if (response === undefined) throw new Error('there was no answer');
    onTestFinished(() => {
      response.destroy();
      agent.destroy();
    });
    return new LiveClient(response);
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
    this.response.destroy();
    await this.#ended;
  }

  async #readAll(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.response) {
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
