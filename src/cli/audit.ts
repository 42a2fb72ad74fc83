/** `farelog audit`: who read rider-level data, and whether that record is whole. */
import { type Command, Option } from 'commander';
import { auditPage, verifyAudit } from '../analytics/audit.js';
import { parseMoment } from '../analytics/range.js';
import { AUDIT_ACTIONS, type AuditLink } from '../domain/audit.js';
import { AppError } from '../domain/errors.js';
import {
  type CommonOptions,
  EXIT,
  newCommand,
  newGroup,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

interface ListOptions extends CommonOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

function listCommand(): Command {
  return newCommand(
    'list',
    'List who read or changed what, newest first.',
    'farelog audit list --action riders.read --from 2026-03-01',
  )
    .option('--actor <actor>', 'a key id, command:USER or service')
    .addOption(new Option('--action <action>', 'only this').choices(AUDIT_ACTIONS))
    .option('--from <when>', 'from this date (reporting zone) or instant, inclusive')
    .option('--to <when>', 'up to this date or instant, exclusive')
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .action((options: ListOptions) =>
      withApp(options, async (app) => {
        const { zone } = app.config;
        const { actor, action, from, to, limit } = options;
        const fromMs = from === undefined ? undefined : parseMoment('--from', from, zone) * 1000;
        const toMs = to === undefined ? undefined : parseMoment('--to', to, zone) * 1000;
        const { rows } = await auditPage(app.store, { actor, action, fromMs, toMs }, limit);
        if (options.json) return printJson({ rows });
        printTable(
          ['row', 'at (UTC)', 'actor', 'action', 'operation', 'filter'],
          rows.map((row) => [
            String(row.sequence),
            row.at,
            row.actor,
            row.action,
            row.operation,
            JSON.stringify(row.filter),
          ]),
        );
      }),
    );
}

function parseNoted(text: string | undefined): AuditLink | undefined {
  if (text === undefined) return undefined;
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash };
  throw new AppError('usage', '--noted must be ROW:HASH, as an earlier `farelog audit verify` told it.');
}

function verifyCommand(): Command {
  return newCommand(
    'verify',
    'Follow the chain from its first row; a changed or missing row breaks it.',
    'farelog audit verify',
  )
    .option('--noted <row:hash>', 'a newest row that was noted earlier, which must still stand')
    .action((options: CommonOptions & { noted?: string }) =>
      withApp(options, async (app) => {
        const check = await verifyAudit(app.store, parseNoted(options.noted));
        if (!check.ok) process.exitCode = EXIT.problems;
        if (options.json) return printJson(check);
        const { rows, head, breaks, first_breaks } = check;
        const counted = `${rows.toLocaleString('en-US')} rows, the newest ${head.sequence}:${head.hash}`;
        if (check.ok) return console.log(`The chain is whole: ${counted}.`);
        console.log(`The chain is broken in ${breaks.toLocaleString('en-US')} places (${counted}):`);
        for (const broken of first_breaks) console.log(`  ${broken}`);
      }),
    );
}

export function auditLogCommand(): Command {
  const command = newGroup('audit', 'Who read rider-level data, and when.', 'farelog audit list');
  for (const sub of [listCommand(), verifyCommand()]) command.addCommand(sub);
  return command;
}
