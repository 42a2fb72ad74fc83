/** `farelog pull`: what the provider lists and webhooks have missed. */
import type { Command } from 'commander';
import { parseMoment } from '../analytics/range.js';
import type { App } from '../app.js';
import type { PullProgress, PullReport } from '../ingest/pull-report.js';
import { pullNow } from '../jobs.js';
import { type CommonOptions, EXIT, newCommand, printJson, progressLine, withApp } from './command.js';

interface Options extends CommonOptions {
  readonly since?: string;
  readonly dryRun?: boolean;
}

export function pullCommand(): Command {
  return newCommand(
    'pull',
    'Fetch payments from the provider and record those that webhooks have missed. Running it again records nothing twice.',
    'farelog pull --since 2026-01-01 --dry-run',
  )
    .option(
      '--since <moment>',
      'from when on (default: an overlap before the place where the last pull ended)',
    )
    .option('--dry-run', 'fetch and compare everything, and record nothing')
    .action((options: Options) => withApp(options, (app) => pullAll(app, options)));
}

async function pullAll(app: App, options: Options): Promise<void> {
  const { zone } = app.config;
  const since = options.since === undefined ? null : parseMoment('--since', options.since, zone);
  const progress = progressLine();
  let report: PullReport;
  try {
    report = await pullNow(
      app,
      { since, dryRun: options.dryRun === true },
      {
        onProgress: (state) => progress.show(progressText(state)),
        onWarning: (warning) => {
          progress.done();
          app.logger.warn(warning);
        },
      },
    );
    if (report.recorded + report.adjustments > 0 && !report.dryRun) await app.post();
  } finally {
    progress.done();
  }
  if (options.json) printJson(report);
  else printReport(report);
  if (report.needsAttention) process.exitCode = EXIT.problems;
}

const count = (value: number): string => value.toLocaleString('en-US');

function progressText({ windowsDone, windows, fetched, recorded }: PullProgress): string {
  return `Pulling: window ${windowsDone} of ${windows}, ${count(fetched)} fetched, ${count(recorded)} recorded`;
}

function printReport(report: PullReport): void {
  const { dryRun, conflicts, invalid } = report;
  console.log(`${report.from} to ${report.to}: ${count(report.fetched)} fetched`);
  console.log(`  ${count(report.recorded)} ${dryRun ? 'missing here, not recorded (dry run)' : 'recorded'}`);
  if (report.adjustments > 0) console.log(`  ${count(report.adjustments)} of their adjustments recorded`);
  console.log(`  ${count(report.duplicates)} were here already`);
  const kept = dryRun ? '' : ', kept in quarantine';
  if (conflicts > 0) console.log(`  ${count(conflicts)} in conflict with recorded payments${kept}`);
  if (invalid > 0) console.log(`  ${count(invalid)} invalid${kept}`);
  if (report.listedTwice > 0) console.log(`  ${count(report.listedTwice)} listed again by the provider`);
  if (report.moved > 0) console.log(`  pages of ${count(report.moved)} windows moved while they were read`);
  for (const { payment_id, problems } of report.firstProblems) {
    const text = problems.map(({ message }) => message).join('; ');
    console.log(`    payment ${payment_id ?? 'without id'}: ${text}`);
  }
  console.log(`  everything up to ${report.watermark ?? 'no moment yet'} is here`);
}
