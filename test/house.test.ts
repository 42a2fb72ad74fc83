/** The house's own rules, read from its source: imports point down, nothing goes round in circles, one door. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

interface SourceFile {
  /** Path below src/, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Paths below src/ of what it imports, types included. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

function readSource(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(SRC, path), 'utf8');
      const targets = [...text.matchAll(/^(?:import|export)\s(?:[^;']*?\sfrom\s)?'([^']+)'/gm)].map(
        (match) => match[1] ?? '',
      );
      const local = targets.filter((target) => target.startsWith('.'));
      const imports = local.map((target) => {
        const file = join(SRC, dirname(path), target).replace(/\.js$/, '.ts');
        return relative(SRC, file).split(sep).join('/');
      });
      const packages = targets.filter((target) => !target.startsWith('.'));
      return { path: path.split(sep).join('/'), text, imports, packages };
    });
}

const files = readSource();

/** The layers of ARCHITECTURE.md, the highest first; within one line, folders are side by side. */
const LAYERS: readonly (readonly string[])[] = [
  ['cli', 'index.ts'],
  ['library.ts'],
  ['library-calendar.ts', 'verb-log.ts'],
  ['serve.ts'],
  ['jobs.ts', 'datasets.ts', 'releases.ts'],
  ['app.ts', 'doctor'],
  ['write-side.ts', 'studying'],
  ['tracing.ts'],
  ['secrets.ts', 'log.ts'],
  ['config.ts'],
  ['config-provider.ts', 'config-limits.ts', 'config-schedule.ts', 'config-words.ts'],
  ['setting-shapes.ts'],
  ['http'],
  ['documents'],
  ['ingest', 'analytics', 'research'],
  ['store', 'bytemark'],
  ['domain'],
];

const place = (path: string): string => path.split('/')[0] ?? path;
const layerOf = (path: string): number => LAYERS.findIndex((layer) => layer.includes(place(path)));

/** Imports within a layer's folder are free; the composition's files import each other downward only. */
function isAllowed(from: string, to: string): boolean {
  if (place(from) === place(to)) return true;
  return layerOf(from) < layerOf(to);
}

const PAYMENTS = 'hntb_bytemark_order_payments';

/** The tables that a file's SQL, or its Knex, inserts into, changes or deletes from. */
function tablesWritten(text: string): string[] {
  const constants = new Map(
    [...text.matchAll(/\bconst (\w+) = '(\w+)'/g)].map(([, name, table]) => [name, table]),
  );
  const named = (table: string): string =>
    table
      .replace(/['`]/g, '')
      .replace(/^\$\{(\w+)\}$|^([A-Z]+)$/, (_, a, b) =>
        (a ?? b) === 'PAYMENTS' ? PAYMENTS : (constants.get(a ?? b) ?? `unknown ${a ?? b}`),
      );
  const sql = /\b(?:INSERT INTO|REPLACE INTO|DELETE FROM|UPDATE(?= \S+ SET))\s+(\S+)/g;
  const knex = /\b(?:trx|knex)\(([^()]+)\)[^;]*?\.(?:insert|update|delete|increment|decrement|truncate)\(/g;
  return [...text.matchAll(sql), ...text.matchAll(knex)].map(([, table = '']) => named(table));
}

describe('the house', () => {
  test('every file belongs to a layer', () => {
    expect(files.filter(({ path }) => layerOf(path) < 0).map(({ path }) => path)).toEqual([]);
    expect(files.length).toBeGreaterThan(40);
  });

  test('imports point down only, never sideways or up', () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports.filter((target) => !isAllowed(path, target)).map((target) => `${path} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no import goes round in a circle', () => {
    const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) throw new Error([...trail, path].join(' → '));
      if (done.has(path)) return;
      for (const target of importsOf.get(path) ?? []) visit(target, [...trail, path]);
      done.add(path);
    };
    expect(() => {
      for (const { path } of files) visit(path, []);
    }).not.toThrow();
  });

  test('SQL and Knex stand in the store alone, but for the type of a Knex that is handed through', () => {
    const drivers = /^(knex|mysql2.*|better-sqlite3)$/;
    const wrong = files
      .filter(({ path }) => place(path) !== 'store')
      .filter(({ packages, text }) => {
        const typeOnly = /import type \{[^}]*\} from 'knex'/.test(text);
        return packages.some((name) => drivers.test(name)) && !typeOnly;
      });
    expect(wrong.map(({ path }) => path)).toEqual([]);
    const sql = /\b(INSERT INTO|SELECT .+ FROM|DELETE FROM|UPDATE \w+ SET)\b/;
    const speaking = files.filter(({ path, text }) => place(path) !== 'store' && sql.test(text));
    expect(speaking.map(({ path }) => path)).toEqual([]);
  });

  test('one door: a batch is committed by the door alone, and the ledger is written by posting and the rebuild alone', () => {
    const callers = (call: RegExp): string[] =>
      files
        .filter(({ path, text }) => place(path) !== 'store' && call.test(text))
        .map(({ path }) => path)
        .sort();
    expect(callers(/\bstore\.commit\(/)).toEqual(['ingest/door.ts']);
    expect(callers(/\bstore\.rebuild\(/)).toEqual(['ingest/rebuild.ts']);
    expect(callers(/\b(deleteEntries|claimVersion)\b/)).toEqual(['ingest/posting.ts']);
    // Erasing riders moves what they paid to another name, and changes no sum.
    expect(callers(/\bsaveBlock\b/)).toEqual([
      'ingest/ledger-erasure.ts',
      'ingest/posting.ts',
      'ingest/rebuild.ts',
    ]);
    expect(callers(/\bnextVersion\b/)).toEqual(['ingest/erasure.ts', 'ingest/rebuild.ts']);
    expect(callers(/\b(takeRiderOut|raiseErasures)\b/)).toEqual(['ingest/erasure.ts']);
    expect(callers(/\b(deleteKeys|replaceFacts)\b/)).toEqual(['ingest/ledger-erasure.ts']);
    expect(callers(/\binsertKeys\b/)).toEqual(['ingest/ledger-keys.ts']);
    expect(callers(/\bimport \{[^}]*\baddLedgerKeys\b/)).toEqual(['ingest/rebuild.ts']);
    expect(callers(/\bimport \{[^}]*\bsaveKeys\b/)).toEqual(['ingest/posting.ts']);
    expect(callers(/\b(emptyLedger|addCaptures\(connection)\b/)).toEqual([]);
  });

  test('in the store, each table is written where it is said to be, and nowhere else', () => {
    const written = files
      .filter(({ path }) => place(path) === 'store' && !path.startsWith('store/migrations/'))
      .flatMap(({ path, text }) => tablesWritten(text).map((table) => `${table} ${path}`));
    const byTheWriters = (...tables: readonly string[]): string[] =>
      tables.flatMap((table) => [`${table} store/mysql-writer.ts`, `${table} store/sqlite-writer.ts`]);
    expect([...new Set(written)].sort()).toEqual(
      [
        // The door's.
        ...byTheWriters(PAYMENTS, 'farelog_captures', 'farelog_journal'),
        ...byTheWriters('farelog_capture_hourly', 'farelog_quarantine', 'farelog_adjustments'),
        // Those of posting and rebuild.
        'farelog_journal store/journal.ts',
        'farelog_journal store/ledger.ts',
        'farelog_capture_hourly store/ledger.ts',
        // What blocks hold is marked; an erasure takes reasons out.
        'farelog_adjustments store/adjustments.ts',
        'farelog_ledger store/ledger.ts',
        'farelog_ledger_keys store/ledger.ts',
        'farelog_meta store/ledger.ts',
        // Those of administration.
        'farelog_api_keys store/api-keys.ts',
        'farelog_meta store/meta.ts',
        // The audit's head is written with its row; on SQLite by the thread that writes everything else.
        ...['farelog_audit', 'farelog_audit_head'].flatMap((table) => [
          `${table} store/audit.ts`,
          `${table} store/sqlite-writer.ts`,
        ]),
        'farelog_quarantine store/quarantine.ts',
        // Those of erasure and withdrawal.
        `${PAYMENTS} store/erasures.ts`,
        'farelog_captures store/erasures.ts',
        'farelog_erasures store/erasures.ts',
        'farelog_tombstones store/erasures.ts',
        'farelog_withdrawn_riders store/withdrawals.ts',
        'farelog_sessions store/sessions.ts',
        'farelog_calendar store/calendar.ts',
        'farelog_schedule store/schedule.ts',
        // Those of reconciliation.
        'farelog_reconciliations store/reconciliations.ts',
        'farelog_reconciliation_items store/reconciliations.ts',
        'farelog_releases store/releases.ts',
      ].sort(),
    );
  });

  test('the domain is pure: no I/O, no clock, and no packages but hashing and zones', () => {
    const domain = files.filter(({ path }) => place(path) === 'domain');
    const packages = new Set(domain.flatMap((file) => file.packages));
    expect([...packages].sort()).toEqual(['node:crypto', 'temporal-polyfill']);
    const impure = /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|performance\.)/;
    expect(domain.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("the studies' methods are pure: no I/O, no clock, and chance only as it is handed in", () => {
    const methods = files.filter(({ path }) => path.startsWith('research/numeric/'));
    expect(methods.length).toBeGreaterThan(20);
    const known = /^(research\/numeric|domain)\//;
    const outside = methods.flatMap(({ path, imports }) =>
      imports.filter((target) => !known.test(target)).map((target) => `${path} → ${target}`),
    );
    expect(outside).toEqual([]);
    const packages = new Set(methods.flatMap((file) => file.packages));
    expect([...packages].sort()).toEqual([
      'pure-rand/distribution/uniformInt',
      'pure-rand/types/RandomGenerator',
    ]);
    const impure = /\b(Date\.now|new Date\(|Math\.random|process\.|console\.|performance\.)/;
    expect(methods.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('the attack on releases knows nothing of how they are made', () => {
    const attack = files.filter(({ path }) => path.startsWith('research/attack/'));
    expect(attack.length).toBeGreaterThan(4);
    const reached = attack.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !target.startsWith('research/attack/'))
        .map((target) => `${path} → ${target}`),
    );
    expect(reached).toEqual([]);
  });

  test('documents are pure but for the PDF: they know reports, studies and the domain, never the store', () => {
    const documents = files.filter(({ path }) => place(path) === 'documents');
    const known =
      /^(documents\/.*|domain\/.*|analytics\/(report|csv)\.ts|research\/(study|observations|words)\.ts)$/;
    const wrong = documents.flatMap(({ path, imports }) =>
      imports.filter((target) => !known.test(target)).map((target) => `${path} → ${target}`),
    );
    expect(wrong).toEqual([]);
    const impure = /from 'node:|\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.)/;
    expect(documents.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([
      'documents/pdf.ts',
    ]);
  });

  test('the doctor judges purely: what it judges by is gathered elsewhere', () => {
    const judging = files.filter(({ path }) => /^doctor\/(?!gather)/.test(path));
    expect(judging.length).toBeGreaterThan(4);
    const reached = judging.flatMap(({ path, imports, packages }) =>
      [...imports, ...packages]
        .filter((target) => !judging.some((file) => file.path === target))
        .map((target) => `${path} → ${target}`),
    );
    expect(reached).toEqual([]);
    const impure = /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|performance\.)/;
    expect(judging.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('charts run in a browser: nothing that they reach imports a package or Node when it runs', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      const { text = '' } = files.find((file) => file.path === path) ?? {};
      const values = [...text.matchAll(/^(?:import|export)\s(?!type\b)(?:[^;']*?\sfrom\s)?'([^']+)'/gm)];
      for (const [, target = ''] of values) {
        if (!target.startsWith('.')) throw new Error(`${path} imports ${target}`);
        visit(join(dirname(path), target).split(sep).join('/').replace(/\.js$/, '.ts'));
      }
    };
    visit('documents/charts.ts');
    visit('documents/chart-trends.ts');
    visit('documents/chart-riders.ts');
    visit('documents/chart-study.ts');
    // What the page of studies shows beside them.
    visit('documents/study-estimates.ts');
    visit('documents/study-values.ts');
    expect([...reached].sort()).toEqual([
      'documents/chart-marks.ts',
      'documents/chart-riders.ts',
      'documents/chart-study-marks.ts',
      'documents/chart-study.ts',
      'documents/chart-trends.ts',
      'documents/charts.ts',
      'documents/names.ts',
      'documents/study-estimates.ts',
      'documents/study-values.ts',
      'documents/values.ts',
      'domain/exact-number.ts',
      'domain/money.ts',
      'research/words.ts',
    ]);
  });

  test('no type is silenced', () => {
    const silenced = /\bas any\b|: any\b|<any>|@ts-(ignore|expect-error|nocheck)|\bas unknown as\b/;
    expect(files.filter(({ text }) => silenced.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('files are rooms, not halls', () => {
    const long = files.filter(({ text }) => text.split('\n').length > 330).map(({ path }) => path);
    expect(long).toEqual([]);
  });
});
