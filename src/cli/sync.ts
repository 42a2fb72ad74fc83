/** `farelog sync`: the payments of the platform's portal. */
import { type Command, Option } from 'commander';
import type { App } from '../app.js';
import { AppError } from '../domain/errors.js';
import type { MoneyUnit } from '../domain/money.js';
import { Zone } from '../domain/time.js';
import type { SyncProgress, SyncReport } from '../ingest/sync-report.js';
import { syncNow } from '../jobs.js';
import { PORTAL_PAYMENTS, Portal } from '../store/portal.js';
import {
  type CommonOptions,
  EXIT,
  newCommand,
  printJson,
  progressLine,
  wholeNumber,
  withApp,
} from './command.js';

interface Options extends CommonOptions {
  readonly from?: string;
  readonly unit: MoneyUnit;
  readonly zone: string;
  readonly users?: string;
  readonly usersFile?: string;
  readonly testAccounts?: string;
  readonly overlapHours?: number;
  readonly full?: boolean;
  readonly dryRun?: boolean;
}

export function syncCommand(): Command {
  return newCommand(
    'sync',
    `Record the payments of the portal's ${PORTAL_PAYMENTS}. Running it again records nothing twice.`,
    'farelog sync --unit minor --users users --test-accounts test-accounts.csv --dry-run',
  )
    .option('--from <url>', "the portal's database, mysql://…; better in FARELOG_PORTAL_URL, or …_FILE")
    .addOption(
      new Option('--unit <unit>', 'what its prices count: dollars or cents')
        .choices(['major', 'minor'])
        .makeOptionMandatory(),
    )
    .option('--zone <zone>', 'the IANA zone of its times', 'UTC')
    .option('--users <table[:column]>', "only the users in a table of the portal's (column: id)")
    .option('--users-file <file>', 'only the users of a CSV file with the column user_id')
    .option('--test-accounts <file>', 'leave out those of a CSV file user_id,from,to')
    .option('--overlap-hours <n>', 'what is read again (default: FARELOG_SYNC_OVERLAP_HOURS)', wholeNumber)
    .option('--full', 'read everything again, for older rows that came late or were edited')
    .option('--dry-run', 'read and compare everything, and record nothing')
    .action((options: Options) => withApp(options, (app) => syncAll(app, options)));
}

async function syncAll(app: App, options: Options): Promise<void> {
  const zone = Zone.of(options.zone);
  if (zone === undefined) throw new AppError('usage', `--zone ${options.zone} is not an IANA time zone.`);
  if (options.users !== undefined && options.usersFile !== undefined)
    throw new AppError('usage', 'Give either --users or --users-file.');
  const portal = openPortal(app, options);
  const progress = progressLine();
  let report: SyncReport;
  try {
    report = await syncNow(
      app,
      {
        portal,
        zone,
        unit: options.unit,
        overlapS: options.overlapHours === undefined ? app.config.syncOverlapS : options.overlapHours * 3600,
        full: options.full === true,
        dryRun: options.dryRun === true,
        users: options.users ?? null,
        usersFile: options.usersFile ?? null,
        testAccounts: options.testAccounts ?? null,
      },
      {
        onProgress: (state) => progress.show(progressText(state)),
        onWarning: (warning) => {
          progress.done();
          app.logger.warn(warning);
        },
      },
    );
    if (report.recorded > 0 && !report.dryRun) await app.post();
  } finally {
    progress.done();
  }
  if (options.json) printJson(report);
  else printReport(report);
  if (report.needsAttention) process.exitCode = EXIT.problems;
}

function openPortal(app: App, { from }: Options): Portal {
  const url = from ?? app.config.portalUrl;
  if (url === null) {
    const message = 'There is no portal to sync from: set FARELOG_PORTAL_URL, or FARELOG_PORTAL_URL_FILE.';
    throw new AppError('settings', message);
  }
  if (from !== undefined && URL.canParse(from) && new URL(from).password !== '')
    app.logger.warn(
      'The password in --from can be seen by everyone on this machine. Put the address into FARELOG_PORTAL_URL_FILE.',
    );
  return new Portal(url, from === undefined ? 'FARELOG_PORTAL_URL' : '--from');
}

const count = (value: number): string => value.toLocaleString('en-US');

function progressText({ read, id, newestId, recorded }: SyncProgress): string {
  return `Syncing: row ${count(id)} of ${count(newestId)}, ${count(read)} read, ${count(recorded)} recorded`;
}

function printReport(report: SyncReport): void {
  const { dryRun, conflicts, invalid } = report;
  const what = report.overlapFrom === null ? '' : `, with what was created since ${report.overlapFrom}`;
  console.log(`${report.portal}: ${count(report.read)} rows read${what}`);
  console.log(`  ${count(report.recorded)} ${dryRun ? 'missing here, not recorded (dry run)' : 'recorded'}`);
  if (report.late > 0) console.log(`    ${count(report.late)} of them stand before the last sync's place`);
  console.log(`  ${count(report.duplicates)} were here already`);
  const kept = dryRun ? '' : ', kept in quarantine';
  if (conflicts > 0) console.log(`  ${count(conflicts)} differ from what is recorded${kept}`);
  if (invalid > 0) console.log(`  ${count(invalid)} invalid${kept}`);
  if (report.otherUsers > 0) console.log(`  ${count(report.otherUsers)} left out: of other users`);
  if (report.testAccounts > 0) console.log(`  ${count(report.testAccounts)} left out: of test accounts`);
  for (const [word, rows] of Object.entries(report.zeroFares))
    console.log(`  ${count(rows)} left out: paid in ${word}, at no price`);
  for (const { payment_id, problems } of report.firstProblems) {
    const text = problems.map(({ message }) => message).join('; ');
    console.log(`    payment ${payment_id ?? 'without id'}: ${text}`);
  }
  if (report.watermark !== null) console.log(`  everything up to row ${report.watermark} was read`);
}
