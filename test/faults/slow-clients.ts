/** Clients that open a connection and send a byte now and then. */
import { connect, type Socket } from 'node:net';
import { deliveryOf } from './deliveries.js';

const BYTE_EVERY_MS = 10_000;

export interface SlowClients {
  /** Milliseconds after which each was cut, of those that were. */
  readonly cutAfterMs: readonly number[];
  readonly open: number;
  /** What they were told last, by status; `none` where the connection just ended. */
  readonly told: Readonly<Record<string, number>>;
  close(): void;
}

const { body } = deliveryOf(1);
const HEAD = 'POST /webhooks/bytemark HTTP/1.1\r\nHost: farelog\r\nContent-Type: application/json\r\n';
const GOOD_REQUEST = 'GET /healthz HTTP/1.1\r\nHost: farelog\r\n\r\n';

/** What each kind sends at once, what it goes on with byte by byte, and what it is told in the end. */
const KINDS = [
  { at: '', slowly: '', told: 408 },
  { at: '', slowly: HEAD, told: 408 },
  { at: `${HEAD}Webhook-Id: `, slowly: 'msg_1\r\n', told: 408 },
  { at: `${HEAD}Content-Length: ${body.length}\r\n\r\n`, slowly: body, told: 408 },
  { at: `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, slowly: `1\r\n{\r\n1\r\n"\r\n`, told: 408 },
  { at: `${HEAD}Content-Length: 10000000\r\n\r\n`, slowly: body, told: 413 },
  // A client that was good once.
  { at: GOOD_REQUEST, slowly: HEAD, told: 408 },
] as const;

/** What so many of them must be told. */
export function toldTo(count: number): Record<string, number> {
  const statuses: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    const { told } = KINDS[index % KINDS.length] ?? KINDS[0];
    statuses[told] = (statuses[told] ?? 0) + 1;
  }
  return statuses;
}

/** Opens so many of them, of each kind in turn. */
export function openSlowClients(url: string, count: number): SlowClients {
  const { hostname, port } = new URL(url);
  const cutAfterMs: number[] = [];
  const told: Record<string, number> = {};
  const open = new Set<Socket>();
  let given = false;
  for (let index = 0; index < count; index++) {
    const { at, slowly } = KINDS[index % KINDS.length] ?? KINDS[0];
    const began = performance.now();
    const socket = connect(Number(port), hostname);
    let [answer, sent] = ['', 0];
    socket.write(at + slowly.charAt(sent++));
    const timer = setInterval(() => socket.write(slowly.charAt(sent++)), BYTE_EVERY_MS);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    // A byte that crosses the cut; the close that follows is what counts.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      open.delete(socket);
      if (given) return;
      cutAfterMs.push(performance.now() - began);
      const status = answer.match(/(?<=HTTP\/1\.1 )\d+/g)?.at(-1) ?? 'none';
      told[status] = (told[status] ?? 0) + 1;
    });
    open.add(socket);
  }
  return {
    cutAfterMs,
    told,
    get open() {
      return open.size;
    },
    close: () => {
      given = true;
      for (const socket of open) socket.destroy();
    },
  };
}
