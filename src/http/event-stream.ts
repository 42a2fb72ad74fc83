/**
 * Server-sent events (HTML Standard, section 9.2) as a stream. What the client has not taken yet waits here, up to a
 * limit: one that is slower than that is cut off, and comes back with the id of the last event it got.
 */
import { Readable } from 'node:stream';

/** How long a client waits before it comes back. */
const RETRY_MS = 2_000;

export interface ServerEvent {
  readonly name: string;
  readonly id?: string;
  readonly data: object;
}

export class EventStream extends Readable {
  readonly #maxBytes: number;
  #ended = false;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
    this.push(`retry: ${RETRY_MS}\n\n`);
  }

  override _read(): void {
    // Events come when they come.
  }

  send({ name, id, data }: ServerEvent): void {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
  }

  /** A line that clients ignore, so that nothing on the way takes the connection for a dead one. */
  keep(): void {
    this.#write(': keep\n\n');
  }

  /** Ends after what was sent. */
  end(): void {
    if (!this.#ended) this.push(null);
    this.#ended = true;
  }

  #write(text: string): void {
    if (this.#ended || this.destroyed) return;
    this.push(text);
    if (this.readableLength > this.#maxBytes) this.destroy();
  }
}
