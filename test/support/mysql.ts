/**
 * A private MySQL out of a Debian system in a folder, which `test/compat/mysql.sh` makes; the folder's name is in
 * `FARELOG_TEST_MYSQL`. The server runs by the loader and with the libraries of that folder, so nothing has to be
 * mounted and no root is needed.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AS_ROOT, type PrivateServer, type ServerOptions, startPrivateServer } from './private-server.js';

/** Starts the server of the folder. */
export async function startMysql(system: string, options: ServerOptions = {}): Promise<PrivateServer> {
  const command = commandOf(system);
  const base = [`--basedir=${join(system, 'usr')}`, '--secure-file-priv=NULL'];
  return startPrivateServer(
    {
      name: 'MySQL',
      command,
      settings: [...base, '--mysqlx=OFF'],
      install: async (folder) => {
        if (existsSync(join(folder, 'data', 'mysql'))) return;
        const [program, ...first] = command;
        const made = ['--no-defaults', '--initialize-insecure', `--datadir=${join(folder, 'data')}`];
        // Without names root@localhost is not whoever comes from 127.0.0.1.
        const users = join(folder, 'users.sql');
        writeFileSync(
          users,
          "CREATE USER root@'127.0.0.1';\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n",
        );
        await promisify(execFile)(program, [...first, ...made, `--init-file=${users}`, ...base, ...AS_ROOT]);
      },
    },
    options,
  );
}

function commandOf(system: string): [string, ...string[]] {
  const server = join(system, 'usr/sbin/mysqld');
  const loaders = existsSync(join(system, 'lib64')) ? join(system, 'lib64') : join(system, 'lib');
  const loader = existsSync(loaders)
    ? readdirSync(loaders).find((name) => name.startsWith('ld-linux'))
    : undefined;
  if (loader === undefined || !existsSync(server)) {
    throw new Error(
      `FARELOG_TEST_MYSQL=${system} holds no MySQL; make one with \`test/compat/mysql.sh ${system}\``,
    );
  }
  const libraries = readdirSync(join(system, 'usr/lib'))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(system, 'usr/lib', name));
  return [join(loaders, loader), '--library-path', libraries.join(':'), server];
}
