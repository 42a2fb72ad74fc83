/** `farelog reconcile`: the provider's records held against the payments here, and what a person decides of the differences. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseMoment } from '../analytics/range.js';
import type { App } from '../app.js';
import { AppError } from '../domain/errors.js';
import type { MoneyUnit } from '../domain/money.js';
import { CATEGORIES, CATEGORY_SENTENCES, EXCEPTION_KINDS } from '../domain/reconciliation.js';
import { ITEM_STATUSES } from '../domain/reconciliation-item.js';
import { type TimeFormat, Zone } from '../domain/time.js';
import type { ColumnMapping } from '../ingest/import-columns.js';
import type { ReconciliationReport } from '../ingest/reconcile-report.js';
import {
  type DecisionKind,
  decide,
  itemsPage,
  type ReconciliationItem,
  showItem,
} from '../ingest/reconciliation-items.js';
import {
  auditCommand,
  type CommonOptions,
  commandActor,
  EXIT,
  money,
  newCommand,
  printJson,
  printTable,
  progressLine,
  wholeNumber,
  withApp,
} from './command.js';
import { addMapping } from './import.js';

interface Options extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly pendingHours: number;
  readonly file?: string;
  readonly format?: 'csv' | 'jsonl';
  readonly map: ColumnMapping;
  readonly unit: MoneyUnit;
  readonly time: TimeFormat;
  readonly zone?: string;
  readonly delimiter?: string;
  readonly dryRun?: boolean;
}

export function reconcileCommand(): Command {
  const command = newCommand(
    'reconcile',
    'Hold the provider’s records against the payments here, and record what is missing here.',
    'farelog reconcile --from 2026-01-01 --to 2026-02-01',
  )
    .option('--from <moment>', 'inclusive: a date of the reporting zone, or an instant')
    .option('--to <moment>', 'exclusive')
    .option('--pending-hours <n>', 'how long one side may be behind the other', wholeNumber, 24)
    .option('--file <file>', 'a settlement file instead of the provider’s API: CSV or JSON Lines')
    .addOption(new Option('--format <format>', 'where the ending does not tell').choices(['csv', 'jsonl']))
    .option('--map <field=column>', "the file's name for a field; may be given again", addMapping, {})
    .addOption(
      new Option('--unit <unit>', "what the file's amounts count")
        .choices(['major', 'minor'])
        .default('major'),
    )
    .addOption(
      new Option('--time <format>', 'how instants are written in the file')
        .choices(['iso', 'epoch_s', 'epoch_ms'])
        .default('iso'),
    )
    .option('--zone <zone>', 'the IANA zone of local times without offset in the file')
    .option('--delimiter <character>', 'CSV only, where the header does not tell')
    .option('--dry-run', 'compare everything, and neither record nor keep anything')
    .action((options: Options) => withApp(options, (app) => reconcileSpan(app, options)));
  // As the program itself: options belong to the command that they stand after.
  command.enablePositionalOptions();
  const deciding = [acceptCommand(), ignoreCommand(), correctCommand()];
  for (const sub of [listCommand(), showCommand(), ...deciding]) command.addCommand(sub);
  return command;
}

async function reconcileSpan(app: App, options: Options): Promise<void> {
  const { zone } = app.config;
  if (options.from === undefined || options.to === undefined)
    throw new AppError('usage', 'Say which time: --from 2026-01-01 --to 2026-02-01.');
  const span = { from: parseMoment('--from', options.from, zone), to: parseMoment('--to', options.to, zone) };
  const side = await app.writeSide();
  const progress = progressLine();
  const { pendingHours, dryRun } = options;
  const settlement = settlementOf(options);
  let report: ReconciliationReport;
  try {
    report = await side.reconcile(
      { span, settlement, pendingHours, dryRun },
      {
        onProgress: ({ read, compared, exceptions }) =>
          progress.show(
            `Reconciling: ${count(read)} read, ${count(compared)} compared, ${count(exceptions)} exceptions`,
          ),
        onWarning: (warning) => {
          progress.done();
          app.logger.warn(warning);
        },
      },
    );
    if (report.recorded + report.adjustments_recorded > 0) await app.post();
  } finally {
    progress.done();
  }
  if (report.exceptions.some(({ fields }) => fields.some(({ field }) => field === 'user_id')))
    await auditCommand(app, 'riders.read', 'farelog reconcile', { from: options.from, to: options.to });
  if (options.json) printJson(report);
  else printReport(report, app.config.currency.digits);
  if (report.needs_attention) process.exitCode = EXIT.problems;
}

function settlementOf({ file, map, ...options }: Options) {
  if (file === undefined) {
    const given =
      Object.keys(map).length > 0 || options.zone !== undefined || options.delimiter !== undefined;
    if (given) throw new AppError('usage', '--map, --zone and --delimiter go with --file.');
    return undefined;
  }
  const zone = options.zone === undefined ? null : Zone.of(options.zone);
  if (zone === undefined) throw new AppError('usage', `--zone ${options.zone} is not an IANA time zone.`);
  const { format, unit, time, delimiter } = options;
  return { file, format, columns: map, unit, time, zone, delimiter };
}

const count = (value: number): string => value.toLocaleString('en-US');
const SHOWN = 20;

function printReport(report: ReconciliationReport, digits: number): void {
  const { counts, totals, days, exceptions } = report;
  console.log(`${report.from} to ${report.to}, against ${report.name}`);
  for (const category of CATEGORIES) {
    if (counts[category] > 0)
      console.log(`  ${count(counts[category])} ${category}: ${CATEGORY_SENTENCES[category]}`);
  }
  const recorded = report.dry_run ? 'nothing was recorded (dry run)' : `${count(report.recorded)} recorded`;
  console.log(`  of what is missing here, ${recorded}`);
  if (report.adjustments_recorded > 0)
    console.log(
      `  ${count(report.adjustments_recorded)} adjustments recorded that are listed and were missing here`,
    );
  if (report.closed > 0) console.log(`  ${count(report.closed)} earlier exceptions are gone`);
  const sums = [totals.total_here, totals.total_there, totals.difference].map((one) => money(one, digits));
  console.log(`  here ${sums[0]}, there ${sums[1]}, difference ${sums[2]}`);
  const apart = days.filter(({ difference }) => difference !== 0);
  if (apart.length > 0)
    printTable(
      ['date', 'payment_type', 'here', 'there', 'difference', 'explained'],
      apart.map((day) => [
        day.date,
        day.payment_type,
        money(day.total_here, digits),
        money(day.total_there, digits),
        money(day.difference, digits),
        Object.entries(day.explained)
          .map(([category, amount]) => `${category} ${money(amount, digits)}`)
          .join(', '),
      ]),
    );
  const open = exceptions.filter(({ status }) => status === 'open');
  for (const { payment_id, sentence } of open.slice(0, SHOWN))
    console.log(`  payment ${payment_id ?? 'without id'}: ${sentence}`);
  if (open.length > SHOWN) console.log('  and more: farelog reconcile list --status open');
  console.log(`  ${count(report.open)} open`);
}

function printItems(rows: readonly ReconciliationItem[]): void {
  printTable(
    ['id', 'status', 'kind', 'payment', 'at', 'what'],
    rows.map(({ id, status, kind, payment_id, at, sentence }) => [
      String(id),
      status,
      kind,
      payment_id === null ? '' : String(payment_id),
      at,
      sentence,
    ]),
  );
}

interface ListOptions extends CommonOptions {
  readonly status?: string;
  readonly kind?: string;
  readonly payment?: number;
  readonly run?: number;
  readonly limit: number;
}

function listCommand(): Command {
  return newCommand('list', 'List exceptions, newest first.', 'farelog reconcile list --status open')
    .addOption(new Option('--status <status>', 'only these').choices(ITEM_STATUSES))
    .addOption(new Option('--kind <kind>', 'only these').choices(EXCEPTION_KINDS))
    .option('--payment <id>', 'of this payment', wholeNumber)
    .option('--run <id>', 'seen by this run last', wholeNumber)
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .action((options: ListOptions) =>
      withApp(options, async (app) => {
        const { status, kind, payment: paymentId, run, limit } = options;
        const { rows } = await itemsPage(app.store, { status, kind, paymentId, run }, limit);
        if (options.json) printJson({ rows });
        else printItems(rows);
      }),
    );
}

function showCommand(): Command {
  return newCommand('show', 'Show one exception.', 'farelog reconcile show 7')
    .argument('<id>', 'its id', wholeNumber)
    .action((id: number, options: CommonOptions) =>
      withApp(options, async (app) => {
        const item = await showItem(app.store, id);
        if (options.json) return printJson(item);
        console.log(`${item.id}: ${item.kind}, ${item.status}, payment ${item.payment_id ?? 'without id'}`);
        console.log(`  ${item.sentence}`);
        console.log(
          `  first seen ${item.first_seen} by run ${item.first_run}, last ${item.last_seen} by run ${item.last_run}`,
        );
        if (item.decided !== null) {
          const until = item.until === null ? '' : ` until ${item.until}`;
          console.log(`  ${item.status}${until} by ${item.decided_by} on ${item.decided}: ${item.reason}`);
        }
      }),
    );
}

function ids(text: string, before: readonly number[] | undefined): number[] {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be whole numbers.');
  return [...(before ?? []), Number(text)];
}

interface DecideOptions extends CommonOptions {
  readonly reason: string;
  readonly until?: string;
}

function acceptCommand(): Command {
  return newCommand(
    'accept',
    'Accept differences that are known and stay.',
    'farelog reconcile accept 7 8 --reason "fare dispute 41, settled by hand"',
  )
    .argument('<id...>', 'their ids', ids)
    .requiredOption('--reason <text>', 'why; it is kept')
    .action((items: number[], options: DecideOptions) =>
      withApp(options, (app) => decideAll(app, 'accept', items, options)),
    );
}

function ignoreCommand(): Command {
  return newCommand(
    'ignore',
    'Leave differences alone until a day.',
    'farelog reconcile ignore 7 --until 2026-02-01 --reason "Bytemark looks at it, ticket 17"',
  )
    .argument('<id...>', 'their ids', ids)
    .requiredOption('--until <moment>', 'when they are open again, if they are still there')
    .requiredOption('--reason <text>', 'why; it is kept')
    .action((items: number[], options: DecideOptions) =>
      withApp(options, (app) => decideAll(app, 'ignore', items, options)),
    );
}

function correctCommand(): Command {
  return newCommand(
    'correct',
    'Record adjustments that bring payments to what the provider says.',
    'farelog reconcile correct 7 8 --reason "Bytemark confirms the price, ticket 17"',
  )
    .argument('<id...>', 'their ids', ids)
    .requiredOption('--reason <text>', 'why; it is kept')
    .action((items: number[], options: DecideOptions) =>
      withApp(options, (app) => decideAll(app, 'correct', items, options)),
    );
}

async function decideAll(
  app: App,
  decision: DecisionKind,
  items: readonly number[],
  { until, reason, json }: DecideOptions,
): Promise<void> {
  const untilMs = until === undefined ? undefined : parseMoment('--until', until, app.config.zone) * 1000;
  const by = { actor: commandActor(), operation: `farelog reconcile ${decision}` };
  const decided = await decide(
    app.store,
    { decision, ids: items, reason, untilMs },
    by,
    app.auditName,
    app.clock(),
    { commit: (await app.writeSide()).commit, currency: app.config.currency },
  );
  if (json) printJson({ rows: decided });
  else printItems(decided);
}
