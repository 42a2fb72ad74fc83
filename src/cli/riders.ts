/** `farelog riders`: erasing riders, and withdrawing them from research. Ids come from a file or stdin, never from argv. */
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { AppError, messageOf } from '../domain/errors.js';
import type { AskedBy, ErasureReport, RiderRequest } from '../ingest/erasure.js';
import type { Riders } from '../ingest/riders.js';
import type { WithdrawalReport, WithdrawnPage } from '../ingest/withdrawal.js';
import {
  auditCommand,
  type CommonOptions,
  commandActor,
  EXIT,
  newCommand,
  newGroup,
  printJson,
  printTable,
  progressLine,
  withApp,
} from './command.js';

interface FileOptions extends CommonOptions {
  readonly file: string;
  readonly stored?: boolean;
}

/** A command that is told riders in a file: argv can be seen by everyone on the machine. */
function ridersFromFile(name: string, description: string): Command {
  return newCommand(name, description, `farelog riders ${name} --file - < ids.txt`)
    .requiredOption('--file <file>', "riders' ids, one a line; - is stdin")
    .option('--stored', 'the ids are stored ids (pseudonyms), not those of the provider');
}

async function requestOf({ file, stored }: FileOptions): Promise<RiderRequest> {
  const ids = (await readText(file))
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '');
  return stored === true ? { pseudonyms: ids } : { userIds: ids };
}

async function readText(file: string): Promise<string> {
  try {
    return await text(file === '-' ? process.stdin : createReadStream(file));
  } catch (error) {
    throw new AppError('usage', `--file ${file} cannot be read: ${messageOf(error)}`);
  }
}

const byOf = (name: string): AskedBy => ({ actor: commandActor(), operation: `farelog riders ${name}` });

function eraseCommand(): Command {
  return ridersFromFile(
    'erase',
    'Erase riders from everything that is stored, for good; payments and totals stay.',
  )
    .option('--dry-run', 'only tell how many payments it would change')
    .action((options: FileOptions & { dryRun?: boolean }) =>
      withApp(options, async (app) => {
        const request = await requestOf(options);
        const { riders } = await app.writeSide();
        if (options.dryRun === true) {
          const count = (request.userIds ?? request.pseudonyms ?? []).length;
          await auditCommand(app, 'riders.read', 'farelog riders erase --dry-run', { riders: count });
          return tellErasure(await riders.countErasure(request), options);
        }
        const progress = progressLine();
        const report = await riders.erase(request, byOf('erase'), (done) =>
          progress.show(`${done.toLocaleString('en-US')} riders erased`),
        );
        progress.done();
        tellErasure(report, options);
      }),
    );
}

function tellErasure(report: ErasureReport, options: CommonOptions): void {
  const isLeft = !report.dry_run && (!report.scrubbed || report.quarantine_unopened > 0);
  if (isLeft) process.exitCode = EXIT.problems;
  if (options.json) printJson(report);
  else tellInWords(report);
}

function tellInWords(report: ErasureReport): void {
  const count = (number: number): string => number.toLocaleString('en-US');
  const verb = report.dry_run ? 'would lose' : 'lost';
  console.log(
    `${count(report.riders)} riders, ${count(report.newly_erased)} of them not erased before: ` +
      `${count(report.payments)} payments ${verb} their rider.`,
  );
  if (report.dry_run) return;
  console.log(`${count(report.quarantined)} deliveries in quarantine lost theirs.`);
  if (report.quarantine_unopened > 0) {
    console.log(
      `${count(report.quarantine_unopened)} deliveries in quarantine were sealed with another FARELOG_SEAL_KEY and could not be searched. Erase again with that key, or discard them.`,
    );
  }
  if (!report.scrubbed) {
    console.log(
      'Others were using the database file, so deleted bytes may lie in it still. Run the same command again when it is quiet.',
    );
  }
}

function changeCommand(
  name: 'withdraw' | 'restore',
  description: string,
  act: (riders: Riders, request: RiderRequest, by: AskedBy) => Promise<WithdrawalReport>,
): Command {
  return ridersFromFile(name, description).action((options: FileOptions) =>
    withApp(options, async (app) => {
      const request = await requestOf(options);
      const { riders } = await app.writeSide();
      const report = await act(riders, request, byOf(name));
      if (options.json) return printJson(report);
      console.log(`${report.riders} riders, ${report.changed} changed.`);
    }),
  );
}

function withdrawnCommand(): Command {
  return newCommand('withdrawn', 'List who has withdrawn from research.', 'farelog riders withdrawn').action(
    (options: CommonOptions) =>
      withApp(options, async (app) => {
        const { riders } = await app.writeSide();
        await auditCommand(app, 'riders.read', 'farelog riders withdrawn', {});
        const rows = await allWithdrawn(riders);
        if (options.json) return printJson({ rows });
        printTable(
          ['rider', 'withdrawn'],
          rows.map((row) => [row.user_id, row.withdrawn_at]),
        );
      }),
  );
}

const PAGE_ROWS = 1_000;

async function allWithdrawn(riders: Riders): Promise<WithdrawnPage['rows']> {
  const all: WithdrawnPage['rows'][number][] = [];
  for (let after: string | undefined; ; ) {
    const { rows, next } = await riders.withdrawn(PAGE_ROWS, after);
    all.push(...rows);
    if (next === null) return all;
    after = next;
  }
}

export function ridersCommand(): Command {
  const command = newGroup(
    'riders',
    'Erase riders, or withdraw them from research.',
    'farelog riders erase --file ids.txt --dry-run',
  );
  command.addCommand(eraseCommand());
  command.addCommand(
    changeCommand(
      'withdraw',
      'Leave riders out of research that is released from now on; operational figures keep them.',
      (riders, request, by) => riders.withdraw(request, by),
    ),
  );
  command.addCommand(
    changeCommand('restore', 'Take a withdrawal back.', (riders, request, by) => riders.restore(request, by)),
  );
  command.addCommand(withdrawnCommand());
  return command;
}
