/** `farelog keys`: API keys. */
import { type Command, Option } from 'commander';
import { AppError } from '../domain/errors.js';
import { toIso } from '../domain/time.js';
import { createApiKey, ROLES, type Role, revokeKey } from '../http/api-keys.js';
import { listApiKeys } from '../store/api-keys.js';
import {
  type CommonOptions,
  commandActor,
  newCommand,
  newGroup,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

const iso = (ms: number | null): string | null => (ms === null ? null : toIso(Math.floor(ms / 1000)));

function createCommand(): Command {
  return newCommand(
    'create',
    'Make a key. It is shown once.',
    'farelog keys create --role ingest --name "fare gates"',
  )
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .requiredOption('--name <name>', 'what it is for')
    .option('--expires-days <n>', 'for how many days it is valid', wholeNumber)
    .action((options: CommonOptions & { role: Role; name: string; expiresDays?: number }) =>
      withApp(options, async (app) => {
        const now = app.clock();
        const { role, name, expiresDays } = options;
        const expiresMs = expiresDays === undefined ? undefined : now + expiresDays * 86_400_000;
        const by = { actor: commandActor(), operation: 'farelog keys create' };
        const { id, key } = await createApiKey(app.store, { role, name, expiresMs, by }, now);
        if (options.json) return printJson({ id, key, role, name, expires: iso(expiresMs ?? null) });
        console.log(key);
        console.error(`Key ${id} with the role ${role}. It is shown only now: Farelog keeps its hash alone.`);
      }),
    );
}

function listCommand(): Command {
  return newCommand('list', 'List keys.', 'farelog keys list').action((options: CommonOptions) =>
    withApp(options, async (app) => {
      const rows = (await listApiKeys(app.store.knex)).map((row) => ({
        id: row.id,
        name: row.name,
        role: row.role,
        created: iso(row.created_ms),
        expires: iso(row.expires_ms),
        revoked: iso(row.revoked_ms),
      }));
      if (options.json) return printJson({ rows });
      printTable(
        ['id', 'name', 'role', 'created', 'expires', 'revoked'],
        rows.map((row) => [row.id, row.name, row.role, row.created, row.expires, row.revoked]),
      );
    }),
  );
}

function revokeCommand(): Command {
  return newCommand(
    'revoke',
    'Revoke a key; it is refused within two seconds.',
    'farelog keys revoke 3f2a9c41d07b',
  )
    .argument('<id>', 'its id')
    .action((id: string, options: CommonOptions) =>
      withApp(options, async (app) => {
        const by = { actor: commandActor(), operation: 'farelog keys revoke' };
        const revoked = await revokeKey(app.store, id, by, app.clock());
        if (!revoked) throw new AppError('not_found', `No key that is still valid has the id ${id}.`);
        if (options.json) printJson({ id, revoked: true });
        else console.log(`revoked ${id}`);
      }),
    );
}

export function keysCommand(): Command {
  const command = newGroup('keys', 'API keys.', 'farelog keys list');
  for (const sub of [createCommand(), listCommand(), revokeCommand()]) command.addCommand(sub);
  return command;
}
