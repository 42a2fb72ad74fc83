/**
 * A private database server: its own folder, a free loopback port, no configuration of the machine's, gone with the
 * process that started it.
 *
 * Its zone is three hours east of UTC and its time-zone tables are empty, so that any dependence on the server's zone
 * shows as a failure.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';

const START_WITHIN_MS = 60_000;

export interface PrivateServer {
  /** Address of the server as root, with the database `mysql`. */
  readonly adminUrl: string;
  readonly pid: number;
  /** Settles when the server is gone, whatever ended it. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, and wait until it is gone; its folder stays if it was named to be kept. */
  kill(): Promise<void>;
}

/** How the programs of one maker are called. */
export interface ServerProgram {
  readonly name: string;
  /** Makes the data of an empty server, unless it is there. */
  install(folder: string): Promise<void>;
  /** Program and arguments that come before all others. */
  readonly command: readonly [string, ...string[]];
  /** What this maker's server needs besides. */
  readonly settings: readonly string[];
}

export interface ServerOptions {
  /** Further settings, as on the command line. */
  readonly settings?: readonly string[];
  /** A folder that stays when the server stops, and which the next start finds as it was. */
  readonly kept?: string | undefined;
  readonly port?: number | undefined;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/** Root must say so to the server. */
export const AS_ROOT: readonly string[] = process.getuid?.() === 0 ? ['--user=root'] : [];

export async function startPrivateServer(
  program: ServerProgram,
  { settings = [], kept, port: given }: ServerOptions,
): Promise<PrivateServer> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'farelog-server-'));
  // Of its own: a server that starts removes the temporary tables it finds, other servers' too.
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  await program.install(folder);
  const port = given ?? (await freePort());
  const logFile = join(folder, 'server.log');
  const [command, ...first] = program.command;
  const child = spawn(
    command,
    [
      ...first,
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--socket=${join(folder, 'server.sock')}`,
      `--tmpdir=${join(folder, 'tmp')}`,
      `--pid-file=${join(folder, 'server.pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-name-resolve',
      '--innodb-buffer-pool-size=256M',
      '--innodb-flush-log-at-trx-commit=1',
      '--default-time-zone=+03:00',
      ...program.settings,
      ...settings,
      ...AS_ROOT,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  endWithThisProcess(child);
  const exited = once(child, 'exit').then(() => {});
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const adminUrl = `mysql://root@127.0.0.1:${port}/mysql`;
  try {
    await untilReady(adminUrl, child, `${program.name} did not start`, logFile);
  } catch (error) {
    await end(child, 'SIGTERM');
    throw error;
  }
  const ended = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    await end(child, signal);
    log.end();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return {
    adminUrl,
    pid: child.pid ?? 0,
    exited,
    stop: () => ended('SIGTERM'),
    kill: () => ended('SIGKILL'),
  };
}

/** A run that is broken off leaves no server behind. */
function endWithThisProcess(child: ChildProcess): void {
  process.once('exit', () => child.kill());
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    process.once(signal, () => {
      child.kill();
      process.kill(process.pid, signal);
    });
  }
}

async function untilReady(
  adminUrl: string,
  child: ChildProcess,
  failed: string,
  logFile: string,
): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    try {
      const connection = await createConnection(adminUrl);
      await connection.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${failed}:\n${readFileSync(logFile, 'utf8')}`, { cause: error });
      }
    }
    await pause(50);
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(child.pid, signal);
  await exited;
}
