/** A private MariaDB of the machine's own package. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { AS_ROOT, type PrivateServer, startPrivateServer } from './private-server.js';

export const MARIADB_MISSING = 'MariaDB tests skipped: install it with `apt-get install mariadb-server`';

export type Mariadb = PrivateServer;

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

/**
 * Starts the server, with further settings where given; undefined where it is not installed. Its folder goes when it
 * stops, except one that was named to be kept, which the next start finds as it was; so too its port, where one is given.
 */
export async function startMariadb(
  settings: readonly string[] = [],
  kept?: string,
  port?: number,
): Promise<Mariadb | undefined> {
  const server = findProgram('mariadbd');
  const installer = findProgram('mariadb-install-db');
  if (server === undefined || installer === undefined) return undefined;
  return startPrivateServer(
    {
      name: 'MariaDB',
      command: [server],
      settings: ['--skip-networking=OFF'],
      install: async (folder) => {
        if (existsSync(join(folder, 'data', 'mysql'))) return;
        // Of its own for the installer too: it starts a server, and two that share a folder remove each other's tables.
        const temporary = join(folder, 'tmp');
        const options = [
          '--no-defaults',
          `--datadir=${join(folder, 'data')}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          `--tmpdir=${temporary}`,
          ...AS_ROOT,
        ];
        await promisify(execFile)(installer, options, { env: { ...process.env, TMPDIR: temporary } });
      },
    },
    { settings, kept, port },
  );
}
