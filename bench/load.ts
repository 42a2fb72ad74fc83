/**
 * A load of signed webhooks over raw keep-alive sockets, each with one request under way. Requests are signed and
 * laid out before the clock starts, so that as little as possible of what is measured is the sender's own work.
 */
import { connect, type Socket } from 'node:net';
import { signStandard } from '../dist/bytemark/signature.js';

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Where to send to, and with which secret. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly secret: Buffer;
}

export interface LoadOptions extends Target {
  readonly connections: number;
  readonly bodies: readonly string[];
}

/** A signed request, ready to be written. */
export function layOut({ host, port, secret }: Target, body: string, index: number): Buffer {
  const headers = signStandard(secret, `msg_${index}`, Math.floor(Date.now() / 1000), body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `POST /webhooks/bytemark HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n${body}`,
  );
}

/** Length of the first whole response in `text`; 0 where it is not whole yet. */
export function responseLength(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  const total = end + 4 + Number(length ?? 0);
  return text.length >= total ? total : 0;
}

export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const requests = options.bodies.map((body, index) => layOut(options, body, index));
  const latencies = new Float64Array(requests.length);
  const statuses: Record<string, number> = {};
  let next = 0;
  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let received = '';
      let sent = 0;
      let current = 0;
      const send = (): void => {
        const request = requests[next];
        if (request === undefined) {
          socket.end();
          resolve();
          return;
        }
        current = next++;
        sent = performance.now();
        socket.write(request);
      };
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        const length = responseLength(received);
        if (length === 0) return;
        latencies[current] = performance.now() - sent;
        const status = received.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        received = received.slice(length);
        send();
      });
      socket.on('error', reject);
      send();
    });
  const sockets = await Promise.all(Array.from({ length: options.connections }, () => open(options)));
  const started = performance.now();
  await Promise.all(sockets.map(drive));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort();
  const at = (share: number): number => latencies[Math.floor(share * (latencies.length - 1))] ?? 0;
  const perSecond = requests.length / seconds;
  return { requests: requests.length, seconds, perSecond, p50Ms: at(0.5), p99Ms: at(0.99), statuses };
}

export function open({ host, port }: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}
