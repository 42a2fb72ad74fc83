/** `farelog calendar`: what was changed for riders, and when. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { csvText } from '../analytics/csv.js';
import type { App } from '../app.js';
import { CALENDAR_KINDS, type CalendarEntry, type CalendarKind } from '../domain/calendar.js';
import { CALENDAR_FIELDS, type CalendarClaim, isDate } from '../domain/calendar-entry.js';
import { AppError } from '../domain/errors.js';
import { type Currency, formatMinor, parsePrice } from '../domain/money.js';
import type { ChangedBy } from '../ingest/calendar.js';
import { calendarRows } from '../ingest/calendar-file.js';
import {
  type CommonOptions,
  commandActor,
  newCommand,
  newGroup,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

interface EntryOptions extends CommonOptions {
  readonly kind?: CalendarKind;
  readonly name?: string;
  readonly starts?: string;
  readonly endsBefore?: string;
  readonly type?: string;
  readonly priceBefore?: string;
  readonly priceAfter?: string;
  readonly note?: string;
}

const MAX_FILE_BYTES = 4 * 1024 * 1024;

const byOf = (name: string): ChangedBy => ({ actor: commandActor(), operation: `farelog calendar ${name}` });

function dateArgument(text: string): string {
  if (isDate(text)) return text;
  throw new InvalidArgumentError('must be a date such as 2026-03-01.');
}

function withFields(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'what it is').choices(CALENDAR_KINDS))
    .option('--name <text>', 'what happened, in a few words')
    .option('--starts <date>', 'the first date, in the reporting zone')
    .option(
      '--ends-before <date>',
      'the date after the last one; without it, until another entry says otherwise',
    )
    .option('--type <payment_type>', 'the payment type that it is about; without it, all')
    .option('--price-before <amount>', 'the price before, in units of the currency: 1.25')
    .option('--price-after <amount>', 'the price from then on')
    .option('--note <text>', 'more of it');
}

/** What the options say; what they leave out is absent. */
function claimOf(options: EntryOptions, currency: Currency): CalendarClaim {
  const { kind, name, starts, endsBefore, type, priceBefore, priceAfter, note } = options;
  const given = {
    ...{ kind, name, starts_on: starts, ends_before: endsBefore, payment_type: type, note },
    price_before_minor: minorOf('--price-before', priceBefore, currency),
    price_after_minor: minorOf('--price-after', priceAfter, currency),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function minorOf(option: string, text: string | undefined, currency: Currency): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === '') return null;
  const price = parsePrice(text, 'major', currency);
  if (price.ok) return price.minor;
  throw new AppError('usage', `${option} ${price.message}.`);
}

function addCommand(): Command {
  const example =
    'farelog calendar add --kind fare --name "Single fare" --starts 2026-03-01 --price-before 1.25 --price-after 1.50';
  return withFields(newCommand('add', 'Add an entry.', example)).action((options: EntryOptions) =>
    withApp(options, async (app) => {
      const claim = claimOf(options, app.config.currency);
      tell(app, await app.calendar.add(claim, byOf('add')), options);
    }),
  );
}

function changeCommand(): Command {
  return withFields(
    newCommand(
      'change',
      'Change what is given of an entry; an empty text takes a value away.',
      'farelog calendar change 12 --price-after 1.60',
    ),
  )
    .argument('<id>', 'its id', wholeNumber)
    .action((id: number, options: EntryOptions) =>
      withApp(options, async (app) => {
        const before = (await app.calendar.entries()).find(({ entry_id }) => entry_id === id);
        if (before === undefined) throw new AppError('not_found', `The calendar has no entry ${id}.`);
        const claim = { ...before, ...claimOf(options, app.config.currency) };
        tell(app, await app.calendar.change(id, claim, byOf('change')), options);
      }),
    );
}

function endCommand(): Command {
  return newCommand('end', 'Let an entry end.', 'farelog calendar end 12 --before 2026-06-01')
    .argument('<id>', 'its id', wholeNumber)
    .requiredOption('--before <date>', 'the date after its last one', dateArgument)
    .action((id: number, options: CommonOptions & { before: string }) =>
      withApp(options, async (app) => {
        tell(app, await app.calendar.end(id, options.before, byOf('end')), options);
      }),
    );
}

function removeCommand(): Command {
  return newCommand(
    'remove',
    'Take out an entry that was never true; what was true and is over is ended.',
    'farelog calendar remove 12',
  )
    .argument('<id>', 'its id', wholeNumber)
    .action((id: number, options: CommonOptions) =>
      withApp(options, async (app) => {
        tell(app, await app.calendar.remove(id, byOf('remove')), options);
      }),
    );
}

function listCommand(): Command {
  return newCommand(
    'list',
    'List what holds on some day of a range.',
    'farelog calendar list --from 2026-01-01 --kind fare',
  )
    .option('--from <date>', 'only what holds on this date or later', dateArgument)
    .option('--to <date>', 'only what begins before this date', dateArgument)
    .addOption(new Option('--kind <kind>', 'only this kind').choices(CALENDAR_KINDS))
    .action((options: CommonOptions & { from?: string; to?: string; kind?: CalendarKind }) =>
      withApp(options, async (app) => {
        const { from, to, kind } = options;
        const span = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
        const rows = await app.calendar.entries(span, kind === undefined ? undefined : [kind]);
        const { currency } = app.config;
        if (options.json) return printJson({ rows, zone: app.config.zone.name, currency: currency.code });
        printEntries(rows, currency);
      }),
    );
}

function importCommand(): Command {
  return newCommand(
    'import',
    'Add entries from a CSV file: all of its rows, or none where one has a problem. Those that are here are passed over.',
    'farelog calendar import calendar.csv',
  )
    .argument('<file>', `CSV with a header: ${CALENDAR_FIELDS.join(', ')}`)
    .action((file: string, options: CommonOptions) =>
      withApp(options, async (app) => {
        const report = await app.calendar.import(calendarRows(readText(file)), byOf('import'));
        if (options.json) printJson(report);
        else console.log(`${report.added} entries added, ${report.unchanged} were here already.`);
      }),
    );
}

function exportCommand(): Command {
  return newCommand(
    'export',
    'Write the whole calendar as CSV.',
    'farelog calendar export --output calendar.csv',
  )
    .option('--output <file>', 'instead of standard output')
    .action((options: CommonOptions & { output?: string }) =>
      withApp(options, async (app) => {
        const rows = await app.calendar.entries();
        if (options.json) return printJson({ rows });
        const text = csvText({ columns: ['entry_id', ...CALENDAR_FIELDS], rows });
        if (options.output === undefined) process.stdout.write(text);
        else writeFileSync(options.output, text);
      }),
    );
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES)
      throw new AppError('usage', `${file} has ${size} bytes; a calendar may have ${MAX_FILE_BYTES}.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('usage', `${file} cannot be read as a file of UTF-8 text.`, { cause: error });
  }
}

function printEntries(rows: readonly CalendarEntry[], currency: Currency): void {
  const price = (minor: number | null): string => (minor === null ? '' : formatMinor(minor, currency));
  printTable(
    ['id', 'kind', 'name', 'starts on', 'ends before', 'payment type', 'before', 'after', 'note'],
    rows.map((row) => [
      ...[String(row.entry_id), row.kind, row.name, row.starts_on, row.ends_before, row.payment_type],
      ...[price(row.price_before_minor), price(row.price_after_minor), row.note],
    ]),
  );
}

function tell({ config }: App, entry: CalendarEntry, options: CommonOptions): void {
  if (options.json) printJson(entry);
  else printEntries([entry], config.currency);
}

export function calendarCommand(): Command {
  const command = newGroup(
    'calendar',
    'The fare and policy calendar: prices, promotions, free days, policies, events.',
    'farelog calendar list',
  );
  const subs = [listCommand(), addCommand(), changeCommand(), endCommand(), removeCommand()];
  for (const sub of [...subs, importCommand(), exportCommand()]) command.addCommand(sub);
  return command;
}
