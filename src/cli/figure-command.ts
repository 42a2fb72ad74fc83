/** What the commands of figures share: range and as-of, JSON or tables, and what a figure says about itself. */
import { type Command, Option } from 'commander';
import type { FigureRequest } from '../analytics/figures.js';
import type { About } from '../analytics/report.js';
import type { App } from '../app.js';
import type { Period } from '../domain/bucket.js';
import { type CommonOptions, printJson, wholeNumber, withApp } from './command.js';

export interface RangeOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly days?: number;
  readonly asOf?: string;
}

/** @param days the default; null: all time */
export function withRange(command: Command, days: number | null): Command {
  return withAsOf(
    command
      .option('--from <when>', 'from this date (reporting zone) or instant, inclusive')
      .option('--to <when>', 'up to this date or instant, exclusive')
      .option('--days <n>', `the last n times 24 hours (default ${days ?? 'all time'})`, wholeNumber),
  );
}

function withAsOf(command: Command): Command {
  return command.option(
    '--as-of <capture>',
    'as figures stood then: the sequence of a capture, or an instant; counted from the payments, so slower',
  );
}

export function requestOf({ from, to, days, asOf }: RangeOptions): FigureRequest {
  return { from, to, days, asOf };
}

export type Cell = string | number | null;

/** A figure's command: asks for the figure, and prints it as JSON or as tables with what it says about itself. */
export function figure<Options extends RangeOptions, Result extends About>(
  command: Command,
  ask: (app: App, options: Options) => Promise<Result>,
  print: (result: Result, app: App, options: Options) => void,
): Command {
  return command.action((options: Options) =>
    withApp(options, async (app) => {
      const result = await ask(app, options);
      if (options.json) return printJson(result);
      print(result, app, options);
      printAbout(result);
    }),
  );
}

/** Below a table: which zone, and up to which capture. */
export function printAbout({ zone, as_of, as_of_received_at }: About): void {
  const received = as_of_received_at === null ? '' : `, received ${as_of_received_at}`;
  console.log(`\n${zone}; counted up to capture ${as_of}${received}`);
}

export function percent(share: number | null): string {
  return share === null ? '' : `${(share * 100).toFixed(1)}%`;
}

export function periodOption(periods: readonly Period[]): Option {
  return new Option('--period <period>', 'size of a bucket').choices(periods).default('daily');
}

export function quantileName({ quantile }: { readonly quantile: number }): string {
  if (quantile === 0) return 'lowest';
  if (quantile === 0.5) return 'median';
  return quantile === 1 ? 'highest' : `${Math.round(quantile * 100)}%`;
}
