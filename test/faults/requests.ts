/** Requests of a test's own making: any bytes under any headers, signed by code that is none of Farelog's. */
import { createHmac } from 'node:crypto';
import { Pool } from 'undici';

export type Headers = Readonly<Record<string, string | string[]>>;

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | null;
}

export const JSON_TYPE: Headers = { 'content-type': 'application/json' };

export class Requests {
  readonly #pool: Pool;

  constructor(url: string, connections = 32) {
    this.#pool = new Pool(url, { connections });
  }

  /** The answer; undefined where the connection broke before there was one. */
  async post(path: string, body: string | Buffer, headers: Headers): Promise<Reply | undefined> {
    try {
      const {
        statusCode,
        headers: answered,
        body: stream,
      } = await this.#pool.request({
        method: 'POST',
        path,
        headers: { ...JSON_TYPE, ...headers },
        body,
      });
      const { 'retry-after': retryAfter } = answered;
      const told = typeof retryAfter === 'string' ? retryAfter : null;
      return { status: statusCode, body: await stream.text(), retryAfter: told };
    } catch {
      return undefined;
    }
  }

  /** To the webhook's route. */
  deliver(body: string | Buffer, headers: Headers): Promise<Reply | undefined> {
    return this.post('/webhooks/bytemark', body, headers);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** A signing sender: the id, second and secret of one message. */
export interface Message {
  readonly secret: Buffer;
  readonly id: string;
  readonly second: number;
}

/** What the scheme `standard` signs, as its specification says. */
export function standardHeaders(
  { secret, id, second }: Message,
  body: string | Buffer,
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${second}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(second), 'webhook-signature': `v1,${signature}` };
}

/** The header of the time that services of the scheme `hmac` are given here. */
export const HMAC_TIME_HEADER = 'x-bytemark-timestamp';

/** What the scheme `hmac` signs, with a time. */
export function hmacHeaders({ secret, second }: Message, body: string | Buffer): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${second}.`).update(body).digest('hex');
  return { [HMAC_TIME_HEADER]: String(second), 'x-bytemark-signature': `sha256=${signature}` };
}

/** Runs over all items, so many at once. */
export async function overAll<T>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const drive = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, drive));
}

/** The value that a share of the values is not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
