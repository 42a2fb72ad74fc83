/** The service as a process of its own, as `farelog start` runs it, and a sender of signed webhooks to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { onTestFinished } from 'vitest';
import { signStandard } from '../../src/bytemark/signature.js';

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export const SECRET = randomBytes(32);
export const ADMIN_KEY = `test-${randomBytes(16).toString('hex')}`;

interface Announcement {
  readonly url: string;
  /** Told at the very first start only. */
  readonly admin_key: string | null;
  /** The sandbox's: what leads Farelog to it. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ServiceProcess extends Announcement {
  readonly pid: number;
  /** Settles when the process is gone, whatever ended it. */
  readonly exited: Promise<void>;
  /** The lines that it has written to its standard error so far. */
  errorLines(): readonly string[];
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; returns the exit code. */
  stop(): Promise<number | null>;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Starts `farelog start`, or another script with its manners, on a free port; `under` is a program that runs it and
 * leaves it this process's child, such as `strace -D`.
 */
export async function startProcess(
  environment: Readonly<Record<string, string>>,
  command: readonly string[] = [COMMAND, 'start', '--json'],
  under: readonly string[] = [],
): Promise<ServiceProcess> {
  const [program = process.execPath, ...words] = [...under, process.execPath, ...command];
  const child = spawn(program, words, {
    cwd: environment.FARELOG_DATA_DIR,
    env: {
      PATH: process.env.PATH,
      FARELOG_PORT: '0',
      FARELOG_LOG_LEVEL: 'error',
      FARELOG_WEBHOOK_SECRETS: `whsec_${SECRET.toString('base64')}`,
      FARELOG_ADMIN_KEY: ADMIN_KEY,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
    process.stderr.write(chunk);
  });
  const exited = once(child, 'exit').then(() => {});
  onTestFinished(async () => {
    if (isRunning(child)) await signal(child, 'SIGKILL');
  });
  const announced: Announcement = JSON.parse(await readAnnouncement(child));
  return {
    ...announced,
    pid: child.pid ?? 0,
    exited,
    errorLines: () => errors.split('\n').filter(Boolean),
    kill: async () => {
      await signal(child, 'SIGKILL');
    },
    stop: () => signal(child, 'SIGTERM'),
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function signal(child: ChildProcess, name: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill(name);
  await exited;
  return child.exitCode;
}

async function readAnnouncement(child: ChildProcess): Promise<string> {
  let text = '';
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const closed = once(child, 'close');
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.trimEnd().endsWith('}')) return text;
  }
  await closed;
  throw new Error(`the service ended before it was ready:\n${text}${errors}`);
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Its header, where it has one. */
  readonly retryAfter: string | null;
}

/** Sends signed webhooks over a pool of connections. */
export class Sender {
  readonly #pool: Pool;
  readonly #secret: () => Buffer;
  #messages = 0;
  /** Codes of the connections' failures, such as ECONNREFUSED. */
  readonly failures: string[] = [];

  constructor(url: string, connections = 32, secret: () => Buffer = () => SECRET) {
    this.#pool = new Pool(url, { connections });
    this.#secret = secret;
  }

  /** The answer; undefined where the connection broke before there was one. */
  async send(body: string): Promise<Answer | undefined> {
    const id = `msg_${this.#messages++}`;
    const headers = signStandard(this.#secret(), id, Math.floor(Date.now() / 1000), body);
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: '/webhooks/bytemark',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      const { 'retry-after': retryAfter } = response.headers;
      return {
        status: response.statusCode,
        body: await response.body.text(),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
      };
    } catch (error) {
      this.failures.push(error instanceof Error && 'code' in error ? String(error.code) : String(error));
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** A signed payment's body; the same id always gives the same bytes. */
export function paymentBody(paymentId: number): string {
  const second = Math.floor(Date.UTC(2026, 0, 1) / 1000) + ((paymentId * 7919) % (300 * 86_400));
  return JSON.stringify({
    payment_id: paymentId,
    user_id: `rider-${paymentId % 97}`,
    order_id: paymentId,
    payment_method: ['credit_card', 'apple_pay', 'coins'][paymentId % 3],
    amount: ((125 + (paymentId % 50) * 5) / 100).toFixed(2),
    timestamp: new Date(second * 1000).toISOString(),
  });
}
