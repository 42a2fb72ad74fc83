/** Backing up and restoring as docs/backup.md tells it, on either database, with the programs it names. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished } from 'vitest';
import { run } from './command.js';
import { freshMariadbUrl } from './databases.js';

/** Backs up a database that may be in use; returns the file. */
export async function backUp(databaseUrl: string, folder: string): Promise<string> {
  const file = join(folder, `backup-${randomBytes(4).toString('hex')}`);
  if (databaseUrl.startsWith('sqlite:')) {
    const ran = await run(['backup', file], { FARELOG_DATABASE_URL: databaseUrl }, folder);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    return file;
  }
  await dumpMariadb(databaseUrl, file, ['--single-transaction']);
  return file;
}

/** Adds a dump to a file, of some tables or of all. */
export async function dumpMariadb(
  databaseUrl: string,
  file: string,
  options: readonly string[],
  tables: readonly string[] = [],
): Promise<void> {
  const dump = client('mariadb-dump', databaseUrl, [...options, ...DUMP_OPTIONS], tables);
  await Promise.all([pipeline(dump.stdout, createWriteStream(file, { flags: 'a' })), succeeded(dump)]);
}

const DUMP_OPTIONS = ['--quick', '--hex-blob', '--skip-lock-tables'] as const;

/** Restores a backup into a database of its own; returns its address. It is gone after the test. */
export async function restore(file: string, like: string, folder: string): Promise<string> {
  if (like.startsWith('sqlite:')) {
    const restored = join(folder, `restored-${randomBytes(4).toString('hex')}.db`);
    copyFileSync(file, restored);
    return `sqlite:${restored}`;
  }
  const url = await freshMariadbUrl();
  const load = client('mariadb', url, []);
  await Promise.all([pipeline(createReadStream(file), load.stdin), succeeded(load)]);
  return url;
}

function client(
  program: string,
  databaseUrl: string,
  options: readonly string[],
  tables: readonly string[] = [],
) {
  const { hostname, port, username, pathname } = new URL(databaseUrl);
  const server = [
    '--no-defaults',
    `--host=${hostname}`,
    `--port=${port}`,
    `--user=${username}`,
    '--protocol=tcp',
  ];
  const child = spawn(program, [...server, ...options, pathname.slice(1), ...tables], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function succeeded(child: ReturnType<typeof client>): Promise<void> {
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}
