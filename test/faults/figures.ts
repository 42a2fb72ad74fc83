/**
 * What the faults' tests counted, collected over all their processes: each tells its figures as a line of one file,
 * and the run's end makes a table of them. Figures are only what was counted.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { FAULTS } from './matrix.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's figures are collected, JSON Lines. */
    figuresFile: string;
  }
}

export interface Figures {
  readonly kind: 'figures';
  /** Its number in the matrix. */
  readonly fault: number;
  /** What of it was tried, where a row has several parts. */
  readonly variant?: string;
  /** `sqlite file`, `mariadb`, or `–` where no database takes part. */
  readonly database: string;
  /** How often the fault was injected. */
  readonly times: number;
  readonly deliveries: number;
  /** Deliveries that were answered 2xx. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Rows that are not what was acknowledged or sent, and totals that do not equal the rows. */
  readonly wrong: number;
  /** Longest time until it took payments again; null where the row asks for none. */
  readonly recoveryMs: number | null;
  /** Other figures of the row, in a few words: `p99 120 ms`. */
  readonly note?: string;
}

export interface ControlFigures {
  readonly kind: 'control';
  readonly fault: number;
  readonly database: string;
  /** The wrong variant: `answers before it commits`. */
  readonly control: string;
  readonly caught: boolean;
}

type Told = Figures | ControlFigures;

/** Tells what a test has counted; call it before the expectations, so that a failure is in the table too. */
export function tell(figures: Omit<Figures, 'kind'>): void {
  append({ kind: 'figures', ...figures });
}

/** Tells whether a wrong variant was found out. The test must fail too where it was not. */
export function tellControl(figures: Omit<ControlFigures, 'kind'>): void {
  append({ kind: 'control', ...figures });
}

function append(told: Told): void {
  appendFileSync(inject('figuresFile'), `${JSON.stringify(told)}\n`);
}

export function readFigures(file: string): readonly Told[] {
  const told = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return told.map((line): Told => JSON.parse(line));
}

const HEAD = ['#', 'Fault', 'Database', 'Times', 'Deliveries', 'Acknowledged', 'Lost', 'Doubled', 'Wrong'];

/** The table for the terminal and the docs, in Markdown. */
export function tableOf(all: readonly Told[]): string {
  const figures = all.filter((told) => told.kind === 'figures');
  const controls = all.filter((told) => told.kind === 'control');
  const sorted = figures.toSorted(
    (a, b) => a.fault - b.fault || (a.variant ?? '').localeCompare(b.variant ?? '') || compareDatabases(a, b),
  );
  const rows = sorted.map((row) => [
    String(row.fault),
    [FAULTS[row.fault] ?? 'not in the matrix', row.variant].filter(Boolean).join('; '),
    row.database,
    ...[row.times, row.deliveries, row.acknowledged, row.lost, row.doubled, row.wrong].map(grouped),
    row.recoveryMs === null ? '–' : `${(row.recoveryMs / 1000).toFixed(2)} s`,
    controlsOf(row, controls),
    row.note ?? '',
  ]);
  const head = [...HEAD, 'Recovered in', 'Control caught', 'Also'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function compareDatabases(a: Figures, b: Figures): number {
  return b.database.localeCompare(a.database);
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** A control of the same fault on the same database, or on any where the row has none of its own. */
function controlsOf(row: Figures, controls: readonly ControlFigures[]): string {
  const ofFault = controls.filter(({ fault }) => fault === row.fault);
  const same = ofFault.filter(({ database }) => database === row.database);
  const told = (same.length > 0 ? same : ofFault).map(
    ({ control, caught }) => `${caught ? 'yes' : '**NO**'}: ${control}`,
  );
  return told.length > 0 ? [...new Set(told)].join('; ') : '**none**';
}

/** What makes the suite fail beside its tests: a fault without a control, or a control that was not caught. */
export function faultsWithoutControl(all: readonly Told[]): number[] {
  // The last try of each control counts.
  const controls = new Map(
    all.flatMap((told) =>
      told.kind === 'control' ? [[`${told.fault} ${told.database} ${told.control}`, told] as const] : [],
    ),
  );
  const last = [...controls.values()];
  const caught = new Set(last.filter((told) => told.caught).map(({ fault }) => fault));
  const missed = last.filter((told) => !told.caught).map(({ fault }) => fault);
  const tried = all.filter(({ kind, fault }) => kind === 'figures' && !caught.has(fault));
  return [...new Set([...missed, ...tried.map(({ fault }) => fault)])].sort((a, b) => a - b);
}
