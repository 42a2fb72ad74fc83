/** `farelog import`: files of payments. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { App } from '../app.js';
import { AppError } from '../domain/errors.js';
import type { MoneyUnit } from '../domain/money.js';
import { type TimeFormat, Zone } from '../domain/time.js';
import { type ImportOptions, type ImportProgress, type ImportReport, importFile } from '../ingest/import.js';
import { CLAIM_FIELDS, type ClaimField } from '../ingest/import-columns.js';
import { type CommonOptions, EXIT, newCommand, printJson, progressLine, withApp } from './command.js';

interface Options extends CommonOptions {
  readonly format?: 'csv' | 'jsonl';
  readonly map: Partial<Record<ClaimField, string>>;
  readonly unit: MoneyUnit;
  readonly time: TimeFormat;
  readonly zone?: string;
  readonly delimiter?: string;
  readonly riders: 'pseudonymise' | 'as-is';
  readonly dryRun?: boolean;
  readonly refused?: string;
}

/** Batches in flight: one is checked while the other commits, even where the database takes one at a time. */
const BATCHES_IN_FLIGHT = 2;

function isClaimField(name: string): name is ClaimField {
  return CLAIM_FIELDS.some((field) => field === name);
}

/** Adds one `--map field=column`. */
export function addMapping(text: string, mapping: Options['map']): Options['map'] {
  const [field = '', ...column] = text.split('=');
  if (!isClaimField(field) || column.length === 0) {
    throw new InvalidArgumentError(`must be FIELD=COLUMN with a field of ${CLAIM_FIELDS.join(', ')}.`);
  }
  return { ...mapping, [field]: column.join('=') };
}

export function importCommand(): Command {
  return newCommand(
    'import',
    'Record payments from CSV or JSON Lines files. Running it again records nothing twice.',
    'farelog import payments.csv --map total_price=Amount --zone America/Chicago --dry-run',
  )
    .argument('<file...>', 'files, .csv, .jsonl or .ndjson')
    .addOption(new Option('--format <format>', 'where the ending does not tell').choices(['csv', 'jsonl']))
    .option('--map <field=column>', "the file's name for a field; may be given again", addMapping, {})
    .addOption(new Option('--unit <unit>', 'what prices count').choices(['major', 'minor']).default('major'))
    .addOption(
      new Option('--time <format>', 'how instants are written')
        .choices(['iso', 'epoch_s', 'epoch_ms'])
        .default('iso'),
    )
    .option('--zone <zone>', 'the IANA zone of local times without offset')
    .option('--delimiter <character>', 'CSV only, where the header does not tell')
    .addOption(
      new Option('--riders <how>', 'whether rider ids are the provider’s, or stored ids already')
        .choices(['pseudonymise', 'as-is'])
        .default('pseudonymise'),
    )
    .option('--refused <file>', 'where refused rows go, instead of beside the input')
    .option('--dry-run', 'check every row and record nothing')
    .action((files: string[], options: Options) => withApp(options, (app) => importAll(app, files, options)));
}

async function importAll(app: App, files: readonly string[], options: Options): Promise<void> {
  if (options.refused !== undefined && files.length > 1)
    throw new AppError('usage', '--refused goes with one file.');
  const zone = options.zone === undefined ? null : Zone.of(options.zone);
  if (zone === undefined) throw new AppError('usage', `--zone ${options.zone} is not an IANA time zone.`);
  const reports: (ImportReport & { file: string })[] = [];
  for (const file of files) {
    const report = await importOne(
      app,
      { ...options, file, columns: options.map, zone, refusedFile: options.refused },
      options,
    );
    reports.push({ file, ...report });
    if (!options.json) printReport(file, report);
  }
  if (!options.dryRun) await postImported(app);
  if (options.json) printJson(files.length === 1 ? reports[0] : { rows: reports });
  if (reports.some(({ refusedFile }) => refusedFile !== null)) process.exitCode = EXIT.problems;
}

async function importOne(app: App, importOptions: ImportOptions, options: Options): Promise<ImportReport> {
  const { commit, nameRider } = await app.writeSide();
  const progress = progressLine();
  try {
    return await importFile(importOptions, {
      commit,
      writers: Math.max(BATCHES_IN_FLIGHT, app.store.writers),
      dialect: app.store.dialect,
      rules: app.rules,
      nameRider: options.riders === 'as-is' ? (id) => id : nameRider,
      clock: app.clock,
      history: await app.figures.averagePrices(),
      onProgress: (state) => progress.show(progressText(importOptions.file, state)),
      onWarning: (warning) => app.logger.warn(warning),
    });
  } finally {
    progress.done();
  }
}

/** Adds what was imported to the ledger, so that the next reader need not. */
async function postImported(app: App): Promise<void> {
  const progress = progressLine();
  await app.post((payments) =>
    progress.show(`${payments.toLocaleString('en-US')} payments added to the ledger`),
  );
  progress.done();
}

function progressText(file: string, state: ImportProgress): string {
  const share = state.totalBytes === 0 ? 1 : state.bytesRead / state.totalBytes;
  const seconds = state.elapsedMs / 1000;
  const rate = seconds === 0 ? 0 : Math.round(state.rows / seconds);
  const left = share === 0 ? '' : `, ${Math.ceil((seconds / share) * (1 - share))} s left`;
  const rows = state.rows.toLocaleString('en-US');
  return `${file}: ${Math.floor(share * 100)}%, ${rows} rows, ${rate.toLocaleString('en-US')} rows/s${left}`;
}

function printReport(file: string, report: ImportReport): void {
  const count = (value: number): string => value.toLocaleString('en-US');
  console.log(`${file}: ${count(report.rows)} rows`);
  const recorded = report.dryRun ? 'valid, not recorded (dry run)' : 'recorded';
  console.log(`  ${count(report.recorded)} ${recorded}`);
  if (!report.dryRun) console.log(`  ${count(report.duplicates)} duplicates of recorded payments`);
  if (report.conflicts > 0) console.log(`  ${count(report.conflicts)} in conflict with recorded payments`);
  if (report.invalid > 0) console.log(`  ${count(report.invalid)} invalid`);
  for (const { line, problems } of report.firstProblems) {
    console.log(`    line ${line}: ${problems.map(({ message }) => message).join('; ')}`);
  }
  if (report.refusedFile !== null) console.log(`  refused rows, with their problems: ${report.refusedFile}`);
}
