/** What all commands share: options, opening Farelog, printing, and the exit code of what went wrong. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { type App, type AppOptions, openApp } from '../app.js';
import { type AuditAction, filterText } from '../domain/audit.js';
import { AppError, messageOf } from '../domain/errors.js';
import type { Logger } from '../log.js';

/** 0 done, 1 failed, 2 wrong usage, 3 done but with problems in the data. */
export const EXIT = { done: 0, failed: 1, usage: 2, problems: 3 } as const;

export interface CommonOptions {
  readonly database?: string;
  readonly json?: boolean;
}

/** A command with the options that every command has, and an example in its help. */
export function newCommand(name: string, description: string, example: string): Command {
  return newGroup(name, description, example)
    .option('--database <url>', 'the database, instead of FARELOG_DATABASE_URL')
    .option('--json', 'print JSON, for machines');
}

/** A command that only holds others. It has no options: it would take them away from the command they stand after. */
export function newGroup(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .addHelpText('after', `\nExample:\n  $ ${example}`)
    .showHelpAfterError('(add --help for usage)');
}

export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError('must be a whole number.');
}

/** A part of all, 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('must be a share from 0 to 1, such as 0.1.');
}

/** Reads `.env` of this folder, whose values yield to those of the environment. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** Commands tell of trouble in plain lines on stderr; the service logs JSON. */
const plainLogger: Logger = {
  info: () => undefined,
  debug: () => undefined,
  warn: (message) => console.error(`warning: ${message}`),
  error: (message) => console.error(`error: ${message}`),
};

/** Opens Farelog for a command, lends it, and closes it whatever happens. */
export async function withApp<T>(
  options: CommonOptions,
  work: (app: App) => Promise<T>,
  more: Omit<AppOptions, 'databaseUrl'> = {},
): Promise<T> {
  loadDotEnv();
  const app = await openApp({ logger: plainLogger, ...more, databaseUrl: options.database });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** The user of this machine, as the audit names who ran a command. */
export function commandActor(): string {
  try {
    return `command:${userInfo().username}`;
  } catch {
    // A container may run under a number that has no name.
    return `command:uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Writes down that a command is about to show or change what is audited; `filter` is what it was asked for. */
export function auditCommand(
  app: App,
  action: AuditAction,
  operation: string,
  filter: object,
): Promise<void> {
  return app.audit({ actor: commandActor(), action, operation, filter: filterText(filter, app.auditName) });
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

type Cell = string | number | null | undefined;

/** Figures as they are printed: digits, thousands, decimals. */
const FIGURE = /^-?[\d,]+(\.\d+)?$/;

/** A table for people: figures to the right, no lines. */
export function printTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const numeric = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => FIGURE.test(String(row[index]))),
  );
  const table = new Table({
    head: [...columns],
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    chars: {
      ...{
        top: '',
        'top-mid': '',
        'top-left': '',
        'top-right': '',
        bottom: '',
        'bottom-mid': '',
        'bottom-left': '',
      },
      ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const row of rows)
    table.push(
      row.map((cell) =>
        typeof cell === 'number' ? cell.toLocaleString('en-US', { maximumFractionDigits: 4 }) : (cell ?? ''),
      ),
    );
  process.stdout.write(`${table.toString()}\n`);
}

/** Money with the digits of its currency, for a table. */
export function money(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Tells of an error on stderr; returns the exit code that belongs to it. */
export function reportError(error: unknown): number {
  console.error(`farelog: ${messageOf(error)}`);
  if (!(error instanceof AppError)) return EXIT.failed;
  for (const problem of error.problems) console.error(`  ${problem.message}`);
  if (error.cause !== undefined) console.error(`  cause: ${messageOf(error.cause)}`);
  return error.code === 'usage' || error.code === 'settings' ? EXIT.usage : EXIT.failed;
}

/** One line on stderr that is written over, on a terminal only. */
export function progressLine(): { show(text: string): void; done(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => undefined, done: () => undefined };
  return {
    show: (text) => stderr.write(`\r\x1b[2K${text}`),
    done: () => stderr.write('\r\x1b[2K'),
  };
}
