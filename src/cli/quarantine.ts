/** `farelog quarantine`: signed deliveries that could not become payments. */
import { type Command, Option } from 'commander';
import {
  discardQuarantined,
  listQuarantined,
  type QuarantinedItem,
  replayQuarantined,
  showQuarantined,
} from '../ingest/quarantine.js';
import { isKept } from '../ingest/record.js';
import { QUARANTINE_STATUSES, type QuarantineStatus } from '../store/quarantine.js';
import {
  auditCommand,
  type CommonOptions,
  EXIT,
  newCommand,
  newGroup,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

function printItem(item: QuarantinedItem): void {
  console.log(`${item.id}: ${item.reason}, ${item.status}, from ${item.source}`);
  console.log(
    `  first seen ${item.first_seen}, last seen ${item.last_seen}, ${item.attempts} times, kept until ${item.expires}`,
  );
  for (const { message } of item.problems) console.log(`  - ${message}`);
}

function listCommand(): Command {
  return newCommand(
    'list',
    'List what is in quarantine, newest first.',
    'farelog quarantine list --status open',
  )
    .addOption(new Option('--status <status>', 'only these').choices(QUARANTINE_STATUSES))
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .action((options: CommonOptions & { status?: QuarantineStatus; limit: number }) =>
      withApp(options, async (app) => {
        const { rows } = await listQuarantined(app.store, { status: options.status }, options.limit);
        if (options.json) return printJson({ rows });
        printTable(
          ['id', 'status', 'reason', 'seen', 'last seen', 'problems'],
          rows.map((row) => [
            String(row.id),
            row.status,
            row.reason,
            row.attempts,
            row.last_seen,
            row.problems.map(({ message }) => message).join('; '),
          ]),
        );
      }),
    );
}

function showCommand(): Command {
  return newCommand(
    'show',
    'Show one delivery with its payload, which names the rider.',
    'farelog quarantine show 7',
  )
    .argument('<id>', 'its id', wholeNumber)
    .action((id: number, options: CommonOptions) =>
      withApp(options, async (app) => {
        const { sealKey } = await app.writeSide();
        await auditCommand(app, 'quarantine.read', 'farelog quarantine show', { id });
        const item = await showQuarantined(app.store, sealKey, id);
        if (options.json) return printJson(item);
        printItem(item);
        console.log(item.payload ?? '  (the payload is no longer kept)');
      }),
    );
}

function replayCommand(): Command {
  return newCommand(
    'replay',
    'Record a delivery again, now that its cause is mended.',
    'farelog quarantine replay 7',
  )
    .argument('<id>', 'its id', wholeNumber)
    .action((id: number, options: CommonOptions) =>
      withApp(options, async (app) => {
        const { recorder, sealKey } = await app.writeSide();
        await auditCommand(app, 'quarantine.replay', 'farelog quarantine replay', { id });
        const answer = await replayQuarantined(app.store, recorder, sealKey, id);
        if (options.json) printJson({ id, ...answer });
        else if ('payment' in answer) console.log(`${answer.outcome}: payment ${answer.payment.payment_id}`);
        else if ('adjustment' in answer)
          console.log(`${answer.outcome}: adjustment ${answer.adjustment.adjustment_id}`);
        else for (const { message } of answer.problems) console.log(`still ${answer.outcome}: ${message}`);
        if (!isKept(answer)) process.exitCode = EXIT.problems;
      }),
    );
}

function discardCommand(): Command {
  return newCommand('discard', 'Give a delivery up and erase its payload.', 'farelog quarantine discard 7')
    .argument('<id>', 'its id', wholeNumber)
    .action((id: number, options: CommonOptions) =>
      withApp(options, async (app) => {
        await auditCommand(app, 'quarantine.discard', 'farelog quarantine discard', { id });
        await discardQuarantined(app.store, id);
        if (options.json) printJson({ id, status: 'discarded' });
        else console.log(`discarded ${id}`);
      }),
    );
}

export function quarantineCommand(): Command {
  const command = newGroup(
    'quarantine',
    'Deliveries that could not become payments.',
    'farelog quarantine list',
  );
  for (const sub of [listCommand(), showCommand(), replayCommand(), discardCommand()])
    command.addCommand(sub);
  return command;
}
