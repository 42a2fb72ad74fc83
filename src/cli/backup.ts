/** `farelog backup`: a copy of the embedded database while the service runs. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../config.js';
import { AppError } from '../domain/errors.js';
import { SECRETS_FOLDER } from '../secrets.js';
import { sqliteFile } from '../store/open.js';
import { backUpSqlite } from '../store/sqlite-backup.js';
import { type CommonOptions, loadDotEnv, newCommand, printJson } from './command.js';

export function backupCommand(): Command {
  return newCommand(
    'backup',
    'Copy an SQLite database while it is in use; the copy is checked.',
    'farelog backup /backup/farelog-2026-11-25.db',
  )
    .argument('<file>', 'where the copy goes; nothing may be there yet')
    .action(backup);
}

function backup(target: string, options: CommonOptions): void {
  loadDotEnv();
  const { database } = options;
  const environment =
    database === undefined ? process.env : { ...process.env, FARELOG_DATABASE_URL: database };
  const config = loadConfig(environment);
  const file = sqliteFile(config.databaseUrl);
  if (file === undefined) {
    throw new AppError(
      'usage',
      'This copies SQLite files. On MySQL use `mysqldump --single-transaction`; docs/backup.md has the whole command.',
    );
  }
  const done = backUpSqlite(file, resolve(target));
  if (options.json) {
    printJson(done);
    return;
  }
  console.log(
    `${done.file}: ${done.bytes.toLocaleString('en-US')} bytes, checked.\n` +
      `Secrets are not in it. Keep those of ${config.dataDir}/${SECRETS_FOLDER} elsewhere: without the pseudonym key ` +
      'every rider becomes a new one.',
  );
}
