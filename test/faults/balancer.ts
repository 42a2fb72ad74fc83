/**
 * A TCP proxy before several servers: a load balancer before services, or the address that an operator moves from one
 * database server to another. Connections go to the targets in turn, past those that refuse them.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Balancer {
  readonly port: number;
  /** New connections go to these ports; connections that are there stay where they are. */
  use(ports: readonly number[]): void;
  /** As `use`, and breaks the connections that are there. */
  switchTo(ports: readonly number[]): void;
}

/** Connects to the first target that takes the connection; undefined where none does. */
async function connectToOne(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = connect(port, '127.0.0.1');
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (connected) return socket;
  }
  return undefined;
}

export async function startBalancer(targets: readonly number[]): Promise<Balancer> {
  let ports = targets;
  let turn = 0;
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer(async (client) => {
    hold(client);
    const first = turn++ % Math.max(1, ports.length);
    const upstream = await connectToOne([...ports.slice(first), ...ports.slice(0, first)]);
    if (upstream === undefined || client.destroyed) {
      upstream?.destroy();
      client.destroy();
      return;
    }
    hold(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    server.close();
    breakAll();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return {
    port: address.port,
    use(next) {
      ports = next;
    },
    switchTo(next) {
      ports = next;
      breakAll();
    },
  };
}
