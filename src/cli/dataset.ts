/** `farelog dataset`: frozen datasets for research. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../app.js';
import { type Currency, formatMinor } from '../domain/money.js';
import type { BuiltDataset } from '../research/dataset/build.js';
import type { Manifest } from '../research/dataset/manifest.js';
import type { AsOf, DatasetRequest } from '../research/dataset/request.js';
import {
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

interface BuildOptions extends CommonOptions {
  readonly study: string;
  readonly from: string;
  readonly to: string;
  readonly out?: string;
  readonly asOf?: AsOf;
  readonly author?: string[];
  readonly passes?: boolean;
  readonly tides?: boolean;
  readonly tidesRiders?: boolean;
  readonly serviceDayStarts?: string;
}

const count = (value: number): string => value.toLocaleString('en-US');

function asOfArgument(text: string): AsOf {
  const [, captures, adjustments] = /^(\d{1,15})(?:,(\d{1,15}))?$/.exec(text) ?? [];
  if (captures === undefined) throw new InvalidArgumentError('must be a capture such as 1200, or 1200,35.');
  return {
    captures: Number(captures),
    adjustments: adjustments === undefined ? undefined : Number(adjustments),
  };
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

function buildCommand(): Command {
  return newCommand(
    'build',
    'Freeze payments of a period as a folder of Parquet and CSV files with a codebook and checksums.',
    'farelog dataset build --from 2026-01-01 --to 2026-07-01 --study fares-2026',
  )
    .requiredOption('--study <name>', "the study; its riders' pseudonyms are its own")
    .requiredOption('--from <date>', 'the first date, in the reporting zone')
    .requiredOption('--to <date>', 'the date after the last one')
    .option('--out <dir>', 'the folder that is made (default: in the folder datasets of the data folder)')
    .option(
      '--as-of <number>',
      'only what had come in up to a capture, or up to a capture and an adjustment (1200,35), as an earlier dataset tells them',
      asOfArgument,
    )
    .option('--author <name>', 'an author of the dataset, for its citation; again for each', collect)
    .option('--passes', "also uses of passes, from the platform's table in this database")
    .option('--tides', 'also make a package after the standard TIDES 1.0')
    .option('--tides-riders', "name riders in it, by the study's pseudonyms")
    .option('--service-day-starts <time>', 'when its service days begin, such as 03:00 (default: 00:00)')
    .action((options: BuildOptions) => withApp(options, (app) => build(app, options)));
}

function requestOf({ config }: App, options: BuildOptions): DatasetRequest {
  const { study, from, to, asOf, author, passes, tides, tidesRiders, serviceDayStarts } = options;
  const wantsTides = tides === true || tidesRiders === true || serviceDayStarts !== undefined;
  return {
    ...{ study, from, to, asOf, authors: author, passes },
    folder: options.out ?? join(config.dataDir, 'datasets', `${study}_${from}_${to}`),
    ...(wantsTides && { tides: { riders: tidesRiders, serviceDayStarts } }),
  };
}

async function build(app: App, options: BuildOptions): Promise<void> {
  const { buildDatasetNow } = await import('../datasets.js');
  const progress = progressLine();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error('stopped; nothing is left of the dataset'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  try {
    const by = { actor: commandActor(), operation: 'farelog dataset build' };
    const onProgress = (payments: number): void => progress.show(`${count(payments)} payments read`);
    const built = await buildDatasetNow(app, requestOf(app, options), by, {
      onProgress,
      signal: stop.signal,
    });
    progress.done();
    if (options.json) printJson(built);
    else tellBuilt(built);
  } finally {
    progress.done();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
}

function tellContents(manifest: Manifest): void {
  const { payments, riders, revenue_minor, adjustments, adjusted_minor, currency } = manifest;
  console.log(
    `  ${count(payments)} payments of ${count(riders)} riders, ${moneyText(revenue_minor, currency)}`,
  );
  console.log(`  ${count(adjustments)} adjustments, ${moneyText(adjusted_minor, currency)}`);
  console.log(`  as of capture ${manifest.sequence}, adjustment ${manifest.adjustment_sequence}`);
}

const moneyText = (minor: string, currency: Currency): string =>
  `${formatMinor(BigInt(minor), currency)} ${currency.code}`;

function tellBuilt({ folder, version, manifest, left_out }: BuiltDataset): void {
  const money = (minor: string): string => moneyText(minor, manifest.currency);
  console.log(`${folder}\n  version ${version}`);
  tellContents(manifest);
  const { erased_payments, withdrawn_riders, withdrawn_payments } = left_out;
  console.log(
    `  left out: ${count(withdrawn_payments)} payments (${money(left_out.withdrawn_revenue_minor)}) of ` +
      `${count(withdrawn_riders)} riders who have withdrawn, ${count(erased_payments)} ` +
      `(${money(left_out.erased_revenue_minor)}) of erased ones`,
  );
  if (left_out.uses_of_others > 0)
    console.log(`  left out: ${count(left_out.uses_of_others)} uses of passes by others than these riders`);
}

/** A command about a folder: it needs no database. */
function folderCommand(name: string, description: string, example: string): Command {
  return newGroup(name, description, example)
    .argument('<folder>', 'the folder of a dataset')
    .option('--json', 'print JSON, for machines');
}

function verifyCommand(): Command {
  return folderCommand(
    'verify',
    'Check that a dataset is what was built: its files, its columns, its rows and their sums.',
    'farelog dataset verify data/datasets/fares-2026_2026-01-01_2026-07-01',
  )
    .option('--expect <version>', 'the version that it must have, as it was noted or cited')
    .action(async (folder: string, options: { json?: boolean; expect?: string }) => {
      const { verifyDataset } = await import('../research/dataset/verify.js');
      const progress = progressLine();
      const onProgress = (done: string): void => progress.show(`${done} checked`);
      const found = await verifyDataset(folder, { expected: options.expect, onProgress }).finally(
        progress.done,
      );
      if (!found.ok) process.exitCode = EXIT.problems;
      if (options.json === true) return printJson(found);
      const what = `${count(found.files)} files, ${count(found.payments)} payments, version ${found.version}`;
      if (found.ok) return console.log(`The dataset is what was built: ${what}.`);
      console.log(`The dataset is NOT what was built (${what}):`);
      for (const { path, detail } of found.problems.slice(0, SHOWN_PROBLEMS))
        console.log(`  ${path === '' ? '' : `${path}: `}${detail}`);
      const more = found.problems.length - SHOWN_PROBLEMS;
      if (more > 0) console.log(`  and ${count(more)} more (--json shows all)`);
      console.log('Take it from where it came from again, or build it anew.');
    });
}

const SHOWN_PROBLEMS = 20;

function describeCommand(): Command {
  return folderCommand(
    'describe',
    'Tell what a dataset is; its files are believed.',
    'farelog dataset describe data/datasets/fares-2026_2026-01-01_2026-07-01',
  ).action(async (folder: string, options: { json?: boolean }) => {
    const { readFolder } = await import('../research/dataset/folder.js');
    const { manifest, version } = await readFolder(folder);
    if (options.json === true) return printJson({ folder, version, ...manifest });
    const { study, from, to, zone, tides, riders_key } = manifest;
    console.log(`Study ${study}: ${from} to before ${to}, ${zone}`);
    console.log(`  version ${version}, riders named under key ${riders_key}`);
    tellContents(manifest);
    if (tides !== null) console.log(`  with a package after TIDES 1.0, ${count(tides.rows)} transactions`);
    printTable(
      ['table', 'months', 'rows'],
      [...new Set(manifest.tables.map(({ table }) => table))].map((name) => {
        const parts = manifest.tables.filter(({ table }) => table === name);
        const months = parts.filter(({ month }) => month !== null).length;
        return [name, months === 0 ? null : months, parts.reduce((sum, { rows }) => sum + rows, 0)];
      }),
    );
  });
}

export function datasetCommand(): Command {
  const command = newGroup(
    'dataset',
    'Frozen datasets for research: built, checked, described.',
    'farelog dataset build --from 2026-01-01 --to 2026-07-01 --study fares-2026',
  );
  for (const sub of [buildCommand(), verifyCommand(), describeCommand()]) command.addCommand(sub);
  return command;
}
