/**
 * A long run at a steady rate: does memory stay flat, do answers stay fast, is the ledger exact in the end?
 *
 * The load is open: each request has a time at which it is due, whatever became of those before, and its latency counts
 * from then. A server that stops for a moment is charged for all that had to wait, as a sender would be.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from '../dist/app.js';
import { standardSecret } from '../dist/bytemark/signature.js';
import { layOut, open, responseLength, type Target } from './load.js';
import { body, startServer } from './webhook.js';

const CONNECTIONS = 64;
const TICK_MS = 2;
/** The first part of the run, in which caches fill and code is compiled, is shown and not judged. */
const WARM_UP_MINUTES = 1;

export interface SoakOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly perSecond: number;
  readonly minutes: number;
}

export interface Memory {
  readonly residentMb: number;
  /** Its own pages; what else is resident are files that it maps, such as the index of SQLite's log. */
  readonly ownMb: number;
}

export interface Minute {
  readonly minute: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Memory of the service at the minute's end; undefined where the system does not tell. */
  readonly memory: Memory | undefined;
}

export interface SoakResult {
  readonly minutes: readonly Minute[];
  readonly payments: number;
  /** 99 of 100 answers of the whole run, but for the warm-up, came within this. */
  readonly p99Ms: number;
  readonly exact: boolean;
}

/** Runs the load against a service of its own, prints a line a minute, and holds the ledger against the rows. */
export async function soak(options: SoakOptions, onMinute: (minute: Minute) => void): Promise<SoakResult> {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const environment = {
    FARELOG_DATABASE_URL: options.databaseUrl,
    FARELOG_DATA_DIR: options.dataDir,
    FARELOG_WEBHOOK_SECRETS: secret,
  };
  const { child, port } = await startServer('farelog', environment);
  const minutes: Minute[] = [];
  const latencies: (readonly number[])[] = [];
  try {
    const key = standardSecret(secret) ?? Buffer.alloc(0);
    const load = await OpenLoad.start({ host: '127.0.0.1', port, secret: key }, options.perSecond);
    for (let minute = 1; minute <= options.minutes; minute++) {
      const ofMinute = await load.run(60_000);
      if (minute > WARM_UP_MINUTES) latencies.push(ofMinute);
      const found = { minute, ...summaryOf(ofMinute), memory: memoryOf(child.pid) };
      minutes.push(found);
      onMinute(found);
    }
    await load.end();
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  const app = await openApp({ environment: { ...environment, FARELOG_LOG_LEVEL: 'warn' } });
  const { ok, payments } = await app.verify();
  await app.close();
  const sent = minutes.reduce((sum, { perSecond }) => sum + perSecond * 60, 0);
  const exact = ok && payments >= Math.floor(sent);
  return { minutes, payments, p99Ms: summaryOf(latencies.flat()).p99Ms, exact };
}

function summaryOf(latencies: readonly number[]): Omit<Minute, 'minute' | 'memory'> {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { perSecond: sorted.length / 60, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** Linux tells it. */
function memoryOf(pid: number | undefined): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mb = (name: string): number =>
      Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    return { residentMb: mb('VmRSS'), ownMb: mb('RssAnon') };
  } catch {
    return undefined;
  }
}

interface Lane {
  readonly socket: Socket;
  received: string;
  /** When the request under way was due; undefined where none is. */
  dueMs: number | undefined;
}

class OpenLoad {
  readonly #lanes: Lane[] = [];
  readonly #idle: Lane[] = [];
  /** When each request that found no idle connection was due. */
  readonly #waiting: number[] = [];
  #latencies: number[] = [];
  #sent = 0;
  #failure: Error | undefined;

  private constructor(
    readonly target: Target,
    readonly perSecond: number,
  ) {}

  static async start(target: Target, perSecond: number): Promise<OpenLoad> {
    const load = new OpenLoad(target, perSecond);
    for (let lanes = 0; lanes < CONNECTIONS; lanes++) {
      const lane: Lane = { socket: await open(target), received: '', dueMs: undefined };
      lane.socket.on('data', (chunk) => load.#receive(lane, chunk));
      lane.socket.on('error', (error) => {
        load.#failure = error;
      });
      load.#lanes.push(lane);
      load.#idle.push(lane);
    }
    return load;
  }

  /** Latencies of what was answered within the next so many milliseconds. */
  async run(ms: number): Promise<readonly number[]> {
    this.#latencies = [];
    const started = performance.now();
    let due = 0;
    for (;;) {
      const elapsed = performance.now() - started;
      if (this.#failure !== undefined) throw this.#failure;
      if (elapsed >= ms) return this.#latencies;
      for (; due < (elapsed * this.perSecond) / 1000; due++) {
        this.#waiting.push(started + (due * 1000) / this.perSecond);
      }
      this.#sendWaiting();
      await sleep(TICK_MS);
    }
  }

  async end(): Promise<void> {
    while (this.#idle.length < this.#lanes.length) await sleep(TICK_MS);
    for (const { socket } of this.#lanes) socket.destroy();
  }

  #sendWaiting(): void {
    let taken = 0;
    for (const dueMs of this.#waiting) {
      const lane = this.#idle.pop();
      if (lane === undefined) break;
      taken++;
      lane.dueMs = dueMs;
      lane.socket.write(layOut(this.target, body(this.#sent, Date.now()), this.#sent));
      this.#sent++;
    }
    this.#waiting.splice(0, taken);
  }

  #receive(lane: Lane, chunk: Buffer): void {
    lane.received += chunk.toString('latin1');
    const length = responseLength(lane.received);
    if (length === 0 || lane.dueMs === undefined) return;
    const status = lane.received.slice(9, 12);
    if (status !== '201') this.#failure = new Error(`a payment was answered ${status}: ${lane.received}`);
    this.#latencies.push(performance.now() - lane.dueMs);
    lane.received = lane.received.slice(length);
    lane.dueMs = undefined;
    this.#idle.push(lane);
    this.#sendWaiting();
  }
}
