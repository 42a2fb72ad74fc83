/** `farelog adjustments list` and `farelog adjust`: refunds, voids and corrections of payments. */
import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseMoment } from '../analytics/range.js';
import type { App } from '../app.js';
import {
  ADJUSTMENT_FIELDS,
  type AdjustmentFields,
  isAdjustmentField,
} from '../bytemark/adjustment-payload.js';
import { ADJUSTMENT_KINDS, type AdjustmentKind } from '../domain/adjustment.js';
import { AppError } from '../domain/errors.js';
import { formatMinor, type MoneyUnit } from '../domain/money.js';
import { type TimeFormat, toIso, Zone } from '../domain/time.js';
import { type AdjustmentsImport, importAdjustments } from '../ingest/import-adjustments.js';
import { IMPORT_FORMATS, type ImportFormat } from '../ingest/import-file.js';
import { listAdjustments, toListedAdjustment } from '../store/adjustment-list.js';
import { paymentStanding } from '../store/adjustments.js';
import {
  auditCommand,
  type CommonOptions,
  EXIT,
  money,
  newCommand,
  newGroup,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

interface ListOptions extends CommonOptions {
  readonly payment?: number;
  readonly kind?: AdjustmentKind;
  readonly from?: string;
  readonly to?: string;
  readonly waiting?: boolean;
  readonly limit: number;
}

function listCommand(): Command {
  return newCommand('list', 'List adjustments, newest first.', 'farelog adjustments list --kind refund')
    .option('--payment <id>', 'only those of this payment', wholeNumber)
    .addOption(new Option('--kind <kind>', 'only this kind').choices(ADJUSTMENT_KINDS))
    .option('--from <when>', 'from this date (reporting zone) or instant, inclusive')
    .option('--to <when>', 'up to this date or instant, exclusive')
    .option('--waiting', 'only those whose payment is not here')
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .action((options: ListOptions) =>
      withApp(options, async (app) => {
        const { zone, currency } = app.config;
        const { payment, kind, from, to, waiting, limit } = options;
        const filter = {
          ...{ paymentId: payment, kind, waiting },
          from: from === undefined ? undefined : parseMoment('--from', from, zone),
          to: to === undefined ? undefined : parseMoment('--to', to, zone),
        };
        const found = await listAdjustments(app.store, filter, limit);
        const rows = found.map((one) => toListedAdjustment(one, currency));
        const asked = { payment, kind, from, to, waiting, limit };
        await auditCommand(app, 'riders.read', 'farelog adjustments list', asked);
        if (options.json) return printJson({ rows, currency: currency.code });
        printTable(
          ['adjustment', 'payment', 'kind', `amount ${currency.code}`, 'at (UTC)', 'counts', 'reason'],
          rows.map((row) => [
            row.adjustment_id,
            String(row.payment_id),
            row.kind,
            money(row.amount, currency.digits),
            row.adjusted_on,
            row.counted ? 'yes' : 'waits for its payment',
            row.reason,
          ]),
        );
      }),
    );
}

interface ImportOptions extends CommonOptions {
  readonly format?: ImportFormat;
  readonly map: AdjustmentFields;
  readonly unit: MoneyUnit;
  readonly time: TimeFormat;
  readonly zone?: string;
  readonly delimiter?: string;
}

function addColumn(text: string, columns: AdjustmentFields): AdjustmentFields {
  const [field = '', ...column] = text.split('=');
  if (isAdjustmentField(field) && column.length > 0) return { ...columns, [field]: column.join('=') };
  throw new InvalidArgumentError(`must be FIELD=COLUMN with a field of ${ADJUSTMENT_FIELDS.join(', ')}.`);
}

function importCommand(): Command {
  return newCommand(
    'import',
    'Record adjustments from CSV or JSON Lines files. Running it again records nothing twice.',
    'farelog adjustments import refunds.csv --map adjustment_id=Refund --zone America/Chicago',
  )
    .argument('<file...>', 'files, .csv, .jsonl or .ndjson')
    .addOption(new Option('--format <format>', 'where the ending does not tell').choices(IMPORT_FORMATS))
    .option('--map <field=column>', "the file's name for a field; may be given again", addColumn, {})
    .addOption(new Option('--unit <unit>', 'what amounts count').choices(['major', 'minor']).default('major'))
    .addOption(
      new Option('--time <format>', 'how instants are written')
        .choices(['iso', 'epoch_s', 'epoch_ms'])
        .default('iso'),
    )
    .option('--zone <zone>', 'the IANA zone of local times without offset')
    .option('--delimiter <character>', 'CSV only, where the header does not tell')
    .action((files: string[], options: ImportOptions) =>
      withApp(options, (app) => importAll(app, files, options)),
    );
}

async function importAll(app: App, files: readonly string[], options: ImportOptions): Promise<void> {
  const zone = options.zone === undefined ? null : Zone.of(options.zone);
  if (zone === undefined) throw new AppError('usage', `--zone ${options.zone} is not an IANA time zone.`);
  const { commit } = await app.writeSide();
  const { unit, time, format, map: columns, delimiter } = options;
  const rules = { ...app.rules, unit, time: { format: time, zone } };
  const { adjustmentKinds } = app.config;
  const reports: (AdjustmentsImport & { file: string })[] = [];
  for (const file of files) {
    const effects = { commit, rules, adjustmentKinds, clock: app.clock };
    const report = await importAdjustments({ file, format, columns, delimiter }, effects);
    reports.push({ file, ...report });
    if (!options.json) printImport(file, report);
  }
  await app.post();
  if (options.json) printJson(files.length === 1 ? reports[0] : { rows: reports });
  if (reports.some(({ refused }) => refused > 0)) process.exitCode = EXIT.problems;
}

function printImport(file: string, report: AdjustmentsImport): void {
  console.log(`${file}: ${report.rows} rows`);
  console.log(`  ${report.recorded} recorded, ${report.duplicates} duplicates, ${report.refused} refused`);
  for (const { line, problems } of report.firstProblems)
    console.log(`    line ${line}: ${problems.map(({ message }) => message).join('; ')}`);
}

export function adjustmentsCommand(): Command {
  const command = newGroup(
    'adjustments',
    'Refunds, voids and corrections of payments.',
    'farelog adjustments list',
  );
  for (const sub of [listCommand(), importCommand()]) command.addCommand(sub);
  return command;
}

interface AdjustOptions extends CommonOptions {
  readonly kind: AdjustmentKind;
  readonly amount?: string;
  readonly reason: string;
  readonly id?: string;
  readonly at?: string;
}

export function adjustCommand(): Command {
  return newCommand(
    'adjust',
    'Record a refund, void or correction of a payment.',
    'farelog adjust 1001 --kind refund --amount 2.50 --reason "charged twice"',
  )
    .argument('<payment-id>', 'the payment', wholeNumber)
    .addOption(new Option('--kind <kind>', 'what it is').choices(ADJUSTMENT_KINDS).makeOptionMandatory(true))
    .option(
      '--amount <amount>',
      'how much goes back; of a correction the change, with its sign. A void without it takes back the price',
    )
    .requiredOption('--reason <text>', 'why; it must not name a rider')
    .option('--id <name>', 'its name, by which a repetition is known; by default a new one')
    .option('--at <when>', 'when it came about: an instant, or a date of the reporting zone; by default now')
    .action((paymentId: number, options: AdjustOptions) =>
      withApp(options, async (app) => {
        const { zone, currency } = app.config;
        const { kind, reason, id = `manual-${randomUUID()}`, at } = options;
        const now = Math.floor(app.clock() / 1000);
        const amount = options.amount ?? (await wholePrice(paymentId, kind));
        const adjusted = at === undefined ? now : parseMoment('--at', at, zone);
        const value = {
          ...{ adjustment_id: id, payment_id: paymentId, kind, amount, reason },
          adjusted_on: toIso(adjusted),
        };
        await auditCommand(app, 'adjustments.create', 'farelog adjust', value);
        const { recorder } = await app.writeSide();
        const answer = await recorder.recordAdjustment(value, 'api');
        if ('problems' in answer) {
          const message = answer.problems.map((problem) => problem.message).join('; ');
          throw new AppError(answer.outcome, message);
        }
        if (options.json) printJson(answer);
        else printKept(answer.outcome, answer.adjustment.adjustment_id, answer);
        if (!answer.counted || answer.over_adjusted) process.exitCode = EXIT.problems;

        async function wholePrice(payment: number, of: AdjustmentKind): Promise<string> {
          const standing =
            of === 'void' ? await paymentStanding(app.store.knex, payment, currency) : undefined;
          if (standing !== undefined) return formatMinor(standing.price_minor, currency);
          throw new AppError(
            'usage',
            'Give --amount; only a void of a payment that is here has one of its own.',
          );
        }
      }),
    );
}

function printKept(
  outcome: string,
  id: string,
  { counted, over_adjusted }: { readonly counted: boolean; readonly over_adjusted: boolean },
): void {
  console.log(`${outcome}: adjustment ${id}`);
  if (!counted) console.log('  Its payment is not here; it counts as soon as that is.');
  if (over_adjusted) console.log('  More is now taken back of the payment than it had cost.');
}
