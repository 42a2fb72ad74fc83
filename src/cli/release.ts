/** `farelog release`: attacking releases, and the log of what has left. */
import type { Command } from 'commander';
import { AppError, messageOf } from '../domain/errors.js';
import { type AttackReport, attackReleases } from '../research/attack/attack.js';
import { releasesPage } from '../research/release/log.js';
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

function attackCommand(): Command {
  return newCommand(
    'attack',
    'Try to find hidden cells of releases by what they tell; several are put together.',
    'farelog release attack ./data/releases/fares-2025-q1',
  )
    .argument('<folder...>', 'releases')
    .action(async (folders: string[], options: CommonOptions) => {
      const report = await attackOrRefuse(folders);
      if (report.recovered.length > 0) process.exitCode = EXIT.problems;
      if (options.json) return printJson(report);
      console.log(
        `${report.equations} sums over ${report.unknowns} unknowns; ${report.hidden} cells are hidden, ${report.between} lie between tables.`,
      );
      if (report.recovered.length === 0)
        return console.log(`No cell of fewer than ${report.k} riders was found.`);
      printTable(
        ['release', 'file', 'time', 'type', 'price from', 'how', 'what', 'low', 'high'],
        report.recovered.map((one) => [
          ...[one.release, one.file, one.time, one.payment_type, one.price_from],
          ...[one.how, one.what, one.low, one.high],
        ]),
      );
    });
}

async function attackOrRefuse(folders: readonly string[]): Promise<AttackReport> {
  try {
    return await attackReleases(folders);
  } catch (error) {
    throw new AppError('invalid', `The releases cannot be attacked: ${messageOf(error)}`, { cause: error });
  }
}

function logCommand(): Command {
  return newCommand('log', 'List what was released, newest first.', 'farelog release log --limit 20')
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .action((options: CommonOptions & { limit: number }) =>
      withApp(options, async (app) => {
        const { rows } = await releasesPage(app.store, options.limit);
        if (options.json) return printJson({ rows });
        printTable(
          ['release', 'at (UTC)', 'actor', 'recipient', 'study', 'from', 'to', 'SHA-256'],
          rows.map((row) => [
            ...[row.release, row.released_at, row.actor, row.recipient, row.study],
            ...[row.from, row.to, row.sha256],
          ]),
        );
      }),
    );
}

export function releaseCommand(): Command {
  const command = newGroup(
    'release',
    'Give data away without giving a rider away.',
    'farelog release attack ./data/releases/fares-2025-q1',
  );
  for (const sub of [attackCommand(), logCommand()]) command.addCommand(sub);
  return command;
}
