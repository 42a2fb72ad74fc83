/**
 * `farelog sync` of a portal of a million rows: undisturbed, and killed at random moments until it is through. What is
 * recorded is then held against the portal by plain SQL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { readRawState } from '../test/support/raw-database.js';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const CHUNK = 5_000;
const RIDERS = 200_000;
const FARES = 40;

/** Fills an empty database with a portal's table of payments, ten seconds apart. */
export async function fillPortal(url: string, rows: number): Promise<void> {
  const connection = await createConnection(url);
  await connection.query(`CREATE TABLE bytemark_order_payments (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id INT, order_id INT, order_uuid CHAR(36), payment_id INT, payment_type VARCHAR(64), total_price DOUBLE,
    created_on DATETIME, f_token_id INT)`);
  const start = Date.UTC(2025, 0, 1);
  for (let at = 0; at < rows; at += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, rows - at) }, (_, index) => {
      const id = at + index + 1;
      const created = new Date(start + id * 10_000).toISOString().slice(0, 19).replace('T', ' ');
      const rider = (id * 7919) % RIDERS;
      return [id, rider, id, null, id % 5, id % 4 === 0 ? 'card' : 'credit_card', priceOf(id), created, null];
    });
    await connection.query('INSERT INTO bytemark_order_payments VALUES ?', [chunk]);
  }
  await connection.end();
}

function priceOf(id: number): number {
  return (125 + (id % FARES) * 25) / 100;
}

interface Where {
  readonly portalUrl: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
}

function start({ portalUrl, databaseUrl, dataDir }: Where): ChildProcess {
  const environment = {
    PATH: process.env.PATH,
    FARELOG_PORTAL_URL: portalUrl,
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_DATA_DIR: dataDir,
  };
  return spawn(process.execPath, [COMMAND, 'sync', '--unit', 'major'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Seconds of one undisturbed sync. */
export async function measureSync(where: Where): Promise<number> {
  const started = performance.now();
  const [code] = await once(start(where), 'close');
  if (code !== 0) throw new Error(`the sync ended with ${code}`);
  return (performance.now() - started) / 1000;
}

/** Kills each sync after some of `longestMs` until one comes to its end; returns how many were killed. */
export async function syncKilledAtRandom(where: Where, longestMs: number): Promise<number> {
  for (let kills = 0; ; kills++) {
    const child = start(where);
    const closed = once(child, 'close');
    // Ever more patient, so that it ends even where opening takes longer than it is given.
    await Promise.race([closed, pause(Math.random() * longestMs * (1 + kills / 20))]);
    child.kill('SIGKILL');
    await closed;
    if (child.signalCode === null && child.exitCode === 0) return kills;
    if (child.signalCode === null) throw new Error(`the sync ended with ${child.exitCode}`);
  }
}

/** Whether every row of the portal is recorded once, under its id and to the cent, nothing else is, and all is counted so. */
export async function isExact({ portalUrl, databaseUrl }: Where): Promise<boolean> {
  const connection = await createConnection(portalUrl);
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT id, ROUND(total_price * 100) AS minor FROM bytemark_order_payments',
  );
  await connection.end();
  const state = await readRawState(databaseUrl);
  let total = 0;
  for (const { id, minor } of rows) {
    if (state.payments.get(id) !== Number(minor)) return false;
    total += Number(minor);
  }
  return (
    state.payments.size === rows.length &&
    state.captures === rows.length &&
    [state.revenue, state.riders].every((sums) => sums.payments === rows.length && sums.minor === total)
  );
}
