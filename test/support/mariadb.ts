/**
 * A private MariaDB for one test run: its own folder, a free loopback port, no configuration of the machine's.
 *
 * Its zone is three hours east of UTC and its time-zone tables are empty, so that any dependence on the server's zone
 * shows as a failure.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';

export const MARIADB_MISSING = 'MariaDB tests skipped: install it with `apt-get install mariadb-server`';

const START_WITHIN_MS = 60_000;

export interface Mariadb {
  /** Address of the server as root, with the database `mysql`. */
  readonly adminUrl: string;
  readonly pid: number;
  /** Settles when the server is gone, whatever ended it. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, and wait until it is gone; its folder stays if it was named to be kept. */
  kill(): Promise<void>;
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/**
 * Starts the server, with further settings where given; undefined where it is not installed. Its folder goes when it
 * stops, except one that was named to be kept, which the next start finds as it was; so too its port, where one is given.
 */
export async function startMariadb(
  settings: readonly string[] = [],
  kept?: string,
  givenPort?: number,
): Promise<Mariadb | undefined> {
  const server = findProgram('mariadbd');
  const installer = findProgram('mariadb-install-db');
  if (server === undefined || installer === undefined) return undefined;
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'farelog-mariadb-'));
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  if (!existsSync(join(folder, 'data', 'mysql'))) {
    await promisify(execFile)(installer, [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      `--tmpdir=${join(folder, 'tmp')}`,
      ...asRoot,
    ]);
  }
  const port = givenPort ?? (await freePort());
  const logFile = join(folder, 'server.log');
  const child = spawn(
    server,
    [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--socket=${join(folder, 'server.sock')}`,
      // Of its own: a server that starts removes the temporary tables it finds, other servers' too.
      `--tmpdir=${join(folder, 'tmp')}`,
      `--pid-file=${join(folder, 'server.pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-networking=OFF',
      '--skip-name-resolve',
      '--innodb-buffer-pool-size=256M',
      '--innodb-flush-log-at-trx-commit=1',
      '--default-time-zone=+03:00',
      ...settings,
      ...asRoot,
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
    await untilReady(adminUrl, child, logFile);
  } catch (error) {
    await end(child);
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

async function untilReady(adminUrl: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    try {
      const connection = await createConnection(adminUrl);
      await connection.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`MariaDB did not start:\n${readFileSync(logFile, 'utf8')}`, { cause: error });
      }
    }
    await pause(50);
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(child.pid, signal);
  await exited;
}
