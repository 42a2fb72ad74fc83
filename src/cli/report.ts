/** `farelog report`: the whole report of a period, for people, machines and finance directors. */
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { PaymentReport } from '../analytics/report.js';
import type { App } from '../app.js';
import { AppError } from '../domain/errors.js';
import { auditCommand, newCommand, wholeNumber, withApp } from './command.js';
import { type RangeOptions, requestOf, withRange } from './figure-command.js';

const FORMATS = ['table', 'json', 'csv', 'html', 'pdf'] as const;
type Format = (typeof FORMATS)[number];

interface Options extends RangeOptions {
  readonly since?: string;
  readonly riders: number | false;
  readonly cursor?: string;
  readonly format: Format;
  readonly paper: 'A4' | 'Letter';
  readonly output?: string;
}

export function reportCommand(): Command {
  const command = newCommand(
    'report',
    'The whole report of a period: headline figures, days, methods, riders, what was left out.',
    'farelog report --from 2026-10-01 --to 2026-11-01 --format html --output october.html',
  );
  return withRange(command, 30)
    .addOption(new Option('--format <format>', 'how it is written').choices(FORMATS).default('table'))
    .option('--output <file>', 'write it to this file instead of standard output')
    .option('--since <capture>', 'also what changed since: the sequence of a capture, or an instant')
    .option('--riders <n>', 'riders by spend, so many', wholeNumber, 100)
    .option('--no-riders', 'without riders, to be handed on')
    .option('--cursor <cursor>', 'riders from the next_cursor of an earlier page')
    .addOption(new Option('--paper <paper>', 'of a PDF').choices(['A4', 'Letter']).default('Letter'))
    .action((options: Options) => withApp(options, (app) => report(app, options)));
}

async function report(app: App, options: Options): Promise<void> {
  const { since, riders, cursor, output } = options;
  const format = options.json ? 'json' : options.format;
  if (format === 'pdf' && output === undefined && process.stdout.isTTY) {
    throw new AppError('usage', 'A PDF is no text for a terminal: name a file with --output report.pdf.');
  }
  const { database, json, ...asked } = options;
  if (riders !== false) await auditCommand(app, 'riders.read', 'farelog report', asked);
  const made = await app.figures.report({
    ...requestOf(options),
    since,
    riders: riders === false ? null : { limit: riders, cursor },
  });
  const written = await WRITERS[format](made, app, options);
  if (output === undefined) process.stdout.write(written);
  else await writeFile(output, written);
}

/** Documents are loaded where they are written: the charts' library takes a while to read. */
const WRITERS: Readonly<
  Record<Format, (report: PaymentReport, app: App, options: Options) => Promise<string | Uint8Array>>
> = {
  table: async (made) => (await import('../documents/text.js')).reportText(made),
  json: async (made) => `${JSON.stringify(made, null, 2)}\n`,
  csv: async (made) => (await import('../documents/csv.js')).reportCsv(made),
  html: async (made) => (await import('../documents/html.js')).reportHtml(made),
  pdf: async (made, { config }, { paper }) =>
    (await import('../documents/pdf.js')).reportPdf(made, { chromium: config.chromium, paper }),
};
