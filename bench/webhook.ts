/** Webhook to durable, side by side in one run: Farelog, the source's way and no store, on each database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { standardSecret } from '../dist/bytemark/signature.js';
import { type LoadResult, sendLoad } from './load.js';

export type Kind = 'farelog' | 'source' | 'storeless';

const CONNECTIONS = 64;
const METHODS = ['credit_card', 'debit_card', 'apple_pay', 'google_pay', 'transit_card', 'digital_wallet'];

/** Payments of 20,000 riders in the last ten minutes, as webhooks tell of payments that have just been made. */
export function bodies(count: number): string[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => body(index, now));
}

/** The body of payment `index`, made in the ten minutes before `now`. */
export function body(index: number, now: number): string {
  return JSON.stringify({
    payment_id: index + 1,
    user_id: `rider-${(index * 7919) % 20_000}`,
    order_id: index + 1,
    payment_method: METHODS[index % METHODS.length],
    amount: ((125 + (index % 40) * 25) / 100).toFixed(2),
    timestamp: new Date(now - ((index * 104_729) % 600) * 1000).toISOString(),
    event_id: `evt_${index}`,
  });
}

/** Starts a server as a process of its own. */
export async function startServer(
  kind: Kind,
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', new URL('./server.ts', import.meta.url).pathname, kind],
    {
      env: { ...process.env, FARELOG_LOG_LEVEL: 'warn', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return { child, port: Number(line) };
  throw new Error(`the ${kind} server ended before it listened`);
}

/** Starts a server on a fresh database, warms it up, loads it and stops it. */
export async function measure(
  kind: Kind,
  requests: number,
  databaseUrl: string,
  dataDir: string,
): Promise<LoadResult> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const { child, port } = await startServer(kind, {
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_DATA_DIR: dataDir,
    FARELOG_WEBHOOK_SECRETS: secret,
  });
  try {
    const key = standardSecret(secret) ?? Buffer.alloc(0);
    const all = bodies(requests);
    const options = { host: '127.0.0.1', port, secret: key, connections: CONNECTIONS };
    const warmUp = Math.min(5_000, Math.floor(requests / 5));
    await sendLoad({ ...options, bodies: all.slice(0, warmUp) });
    const result = await sendLoad({ ...options, bodies: all.slice(warmUp) });
    const { 201: recorded = 0 } = result.statuses;
    if (recorded !== result.requests) throw new Error(`${kind} answered ${JSON.stringify(result.statuses)}`);
    return result;
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
  }
}
