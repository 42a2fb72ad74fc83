/**
 * A TCP proxy that understands MySQL's protocol well enough to meddle with single statements: it cuts the connection
 * before a statement arrives or before its answer comes back, or answers with an error in the server's place.
 *
 * A driver sends one command and waits for its answer, so a connection is passing on, or in the middle of one
 * injection: `cut after` waits for the server's first byte, `error` for the answer to what it sent instead. Replacing an
 * answer assumes that it fits one packet, as those of ROLLBACK and DO do.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type Injection =
  /** The statement never arrives. */
  | { readonly kind: 'cut before' }
  /** The statement is run, and its answer is lost. */
  | { readonly kind: 'cut after' }
  /** The server runs `instead`, and the client is told the error. */
  | { readonly kind: 'error'; readonly number: number; readonly instead: 'ROLLBACK' | 'DO 0' };

export interface MysqlProxy {
  /** The database's address through the proxy. */
  readonly url: string;
  /** Asked about every statement; undefined lets it pass. */
  decide: (sql: string) => Injection | undefined;
  /** Injections so far. */
  readonly injected: number;
  /** Connections that were made so far. */
  readonly connections: number;
}

const COM_QUERY = 3;
const HEADER_BYTES = 4;

/** Whole packets of the bytes so far, and what is left. */
function packetsOf(bytes: Buffer): { readonly packets: readonly Buffer[]; readonly rest: Buffer } {
  const packets: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + HEADER_BYTES + bytes.readUIntLE(at, 3);
    if (end > bytes.length) break;
    packets.push(bytes.subarray(at, end));
    at = end;
  }
  return { packets, rest: bytes.subarray(at) };
}

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence, 3);
  return Buffer.concat([header, payload]);
}

function queryPacket(sql: string): Buffer {
  return packet(0, Buffer.concat([Buffer.from([COM_QUERY]), Buffer.from(sql)]));
}

function errorPacket(number: number): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(0xff, 0);
  head.writeUInt16LE(number, 1);
  return packet(1, Buffer.concat([head, Buffer.from('#HY000injected by the test')]));
}

function meddle(client: Socket, server: Socket, decide: (sql: string) => Injection | undefined): void {
  let fromClient = Buffer.alloc(0);
  let fromServer = Buffer.alloc(0);
  let injection: Injection | undefined;
  const cut = (): void => {
    client.resetAndDestroy();
    server.destroy();
  };
  client.on('data', (chunk) => {
    const { packets, rest } = packetsOf(Buffer.concat([fromClient, chunk]));
    fromClient = Buffer.from(rest);
    for (const one of packets) {
      const isQuery = one[3] === 0 && one[HEADER_BYTES] === COM_QUERY;
      injection = isQuery ? decide(one.toString('utf8', HEADER_BYTES + 1)) : undefined;
      if (injection?.kind === 'cut before') return cut();
      server.write(injection?.kind === 'error' ? queryPacket(injection.instead) : one);
    }
  });
  server.on('data', (chunk) => {
    if (injection === undefined) client.write(chunk);
    else if (injection.kind !== 'error') cut();
    else {
      const { packets, rest } = packetsOf(Buffer.concat([fromServer, chunk]));
      fromServer = Buffer.from(rest);
      if (packets.length === 0) return;
      client.write(errorPacket(injection.number));
      injection = undefined;
    }
  });
  client.on('error', () => server.destroy()).on('close', () => server.destroy());
  server.on('error', () => client.destroy()).on('close', () => client.destroy());
}

/** Starts a proxy before the database, which lets everything pass until `decide` is set; it ends with the test. */
export async function startMysqlProxy(databaseUrl: string): Promise<MysqlProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let [injected, connections] = [0, 0];
  const listener = createServer((client) => {
    connections++;
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server]) sockets.add(socket.setNoDelay());
    meddle(client, server, (sql) => {
      const injection = proxy.decide(sql);
      if (injection !== undefined) injected++;
      return injection;
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const proxy: MysqlProxy = {
    url: url.href,
    decide: () => undefined,
    get injected() {
      return injected;
    },
    get connections() {
      return connections;
    },
  };
  return proxy;
}
