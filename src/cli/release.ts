/** `farelog release`: making releases, attacking them, and the log of what has left. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { App } from '../app.js';
import { AppError, messageOf } from '../domain/errors.js';
import type { AttackReport } from '../research/attack/attack.js';
import type { BuiltRelease } from '../research/release/build.js';
import { type Declaration, parseDeclaration } from '../research/release/declaration.js';
import { releasesPage } from '../research/release/log.js';
import {
  type CommonOptions,
  commandActor,
  EXIT,
  newCommand,
  newGroup,
  printJson,
  printTable,
  progressLine,
  wholeNumber,
  withApp,
} from './command.js';

interface BuildOptions extends CommonOptions {
  readonly dataset?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: number;
}

function buildCommand(): Command {
  return newCommand(
    'build',
    'Make a release as a declaration says, attack it, write it down, and refuse it where it gives a rider away.',
    'farelog release build declaration.json --dataset ./data/datasets/fares_2025-01-01_2025-04-01',
  )
    .argument('<declaration>', 'JSON: what is released, to whom, and by which rules')
    .addOption(
      new Option(
        '--dataset <folder>',
        'of a frozen dataset of this database (default: of the payments as they are)',
      ).conflicts(['from', 'to', 'asOf']),
    )
    .option('--from <date>', 'from this date of the reporting zone, inclusive (default: the first payment’s)')
    .option('--to <date>', 'up to this date, exclusive (default: today, or after the last payment)')
    .option('--as-of <sequence>', 'payments up to this capture alone', wholeNumber)
    .action(async (file: string, options: BuildOptions) => {
      const declaration = await declarationIn(file);
      await withApp(options, async (app) => {
        const built = await build(app, declaration, options);
        if (options.json) printJson(built);
        else tellBuilt(built, declaration);
      });
    });
}

async function declarationIn(file: string): Promise<Declaration> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('usage', `The declaration ${file} cannot be read: ${messageOf(error)}`);
  });
  return parseDeclaration(text);
}

async function build(app: App, declaration: Declaration, options: BuildOptions): Promise<BuiltRelease> {
  const { buildReleaseNow } = await import('../releases.js');
  const progress = progressLine();
  const by = { actor: commandActor(), operation: 'farelog release build' };
  return buildReleaseNow(app, declaration, options, by, progress.show).finally(progress.done);
}

function tellBuilt(built: BuiltRelease, { k, unicity: { limit } }: Declaration): void {
  const count = (number: number): string => number.toLocaleString('en-US');
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  const { few, dominated, complementary } = built;
  console.log(`Released ${built.release} to ${built.folder}`);
  if (built.tables > 0)
    console.log(
      `${built.tables} tables: ${count(built.shown)} cells are shown, ${count(built.hidden)} hidden.`,
    );
  console.log(
    `${count(few)} ${few === 1 ? 'cell has' : 'cells have'} fewer than ${k} riders; in ${count(dominated)} one rider outweighs the others; ` +
      `${count(complementary)} more are hidden for their sake.`,
  );
  if (built.records !== null) console.log(`${count(built.records)} rows of single payments.`);
  for (const { payments, riders_tried, share } of built.unicity ?? [])
    if (share !== null)
      console.log(
        `${payments} of their payments single out ${percent(share)} of ${count(riders_tried)} riders (limit ${percent(limit)}).`,
      );
  console.log(`Attacked before it left: no cell of fewer than ${k} riders was found.`);
  console.log(`SHA-256 of its SHA256SUMS: ${built.sha256}`);
  const before = built.over_the_same_days;
  if (before.length > 0)
    console.error(
      `warning: ${before.join(', ')} ${before.length === 1 ? 'is' : 'are'} of some of the same days. Whoever has more than one ` +
        'can put them together: attack them together, farelog release attack FOLDER FOLDER.',
    );
}

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
  const { attackReleases } = await import('../research/attack/attack.js');
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
          ['release', 'at (UTC)', 'actor', 'recipient', 'made of', 'from', 'to', 'SHA-256'],
          rows.map((row) => [
            ...[
              row.release,
              row.released_at,
              row.actor,
              row.recipient,
              row.study === '' ? 'the database' : row.study,
            ],
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
    'farelog release build declaration.json --from 2025-01-01 --to 2025-04-01',
  );
  for (const sub of [buildCommand(), attackCommand(), logCommand()]) command.addCommand(sub);
  return command;
}
