/**
 * SQL is made of constants: nothing that a caller sends is ever part of a statement's text. What stands between `${` and
 * `}` of a statement is a constant by its name, or is listed here with where it comes from.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const STORE = fileURLToPath(new URL('../../src/store', import.meta.url));

const files = readdirSync(STORE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(STORE, path), 'utf8') }));

const STATEMENT =
  /^\s*\(?\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|SET|LOCK|SHOW|PRAGMA|WITH|CAST|MIN|MAX)\b|\bAS \?\?|\b(FROM|WHERE|VALUES|ORDER BY|AS) |\w+ (WRITE|READ)$|^\$\{\w+\} as \w$/;

/** A constant's name, or SQL of the dialect over a literal. */
const CONSTANT = /^([A-Z][A-Z0-9_]*|store\.textOf\((?:'[\w.()]+'|`p\.\$\{column\}`)\))$/;

/** Names of tables and columns that the code itself writes down, each in the file that is named. */
const FROM_THE_CODE: readonly string[] = [
  // A lock's name, and a list of the store's own tables.
  'migrate.ts name',
  "mysql.ts [...writing, ...reading].join(', ')",
  // What each connection is set to.
  "open.ts settings.join(', ')",
  // SQL for a column: its callers give literals.
  'mysql.ts column',
  'observed-payments.ts captured',
  'payments.ts column',
  // The names of a server's settings, and SQL of the dialect over columns that are written there.
  ...['scope', 'list', '10 ** digits', 'integer', 'minor', 'text'].map((part) => `condition.ts ${part}`),
  // The tables and indexes that migrations make.
  'migrations/farelog-audit.ts table',
  'migrations/farelog-audit.ts definition',
  'migrations/farelog-erasures.ts table',
  'migrations/farelog-erasures.ts definition',
  'migrations/farelog-ledger.ts table',
  'migrations/farelog-ledger.ts definition',
  'migrations/farelog-ledger.ts tables[table]',
  'migrations/farelog-adjustments.ts index',
  'migrations/farelog-calendar.ts definition',
  'migrations/farelog-schedule.ts definition',
  ...['table', 'definition', 'index'].map((part) => `migrations/farelog-reconciliations.ts ${part}`),
  'migrations/farelog-sessions.ts definition',
  'migrations/farelog-tables.ts table',
  'migrations/farelog-tables.ts definition',
  'migrations/payment-indexes.ts index',
  'migrations/payment-indexes.ts on',
  'migrations/payment-indexes.ts columns',
];

/** Template texts of a file with what is put into each, one level of nesting deep. */
function templatesOf(text: string): { readonly text: string; readonly parts: readonly string[] }[] {
  const templates: { text: string; parts: string[] }[] = [];
  const nested = /\$\{((?:[^{}`]|`[^`]*`|\{[^{}]*\})*)\}/g;
  for (const [, body = ''] of text.matchAll(
    /`((?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\})*)`/g,
  )) {
    templates.push({ text: body, parts: [...body.matchAll(nested)].map(([, part = '']) => part.trim()) });
  }
  return templates;
}

test('nothing but constants is put into a statement', () => {
  const found = files.flatMap(({ path, text }) =>
    templatesOf(text)
      .filter((template) => STATEMENT.test(template.text))
      .flatMap(({ parts }) => parts.filter((part) => !CONSTANT.test(part)).map((part) => `${path} ${part}`)),
  );
  expect([...new Set(found)].filter((one) => !FROM_THE_CODE.includes(one))).toEqual([]);
  // The search sees what it should: each that is listed is there.
  expect(FROM_THE_CODE.filter((one) => !found.includes(one))).toEqual([]);
});

test('the search finds a value that is put into a statement', () => {
  const [one] = templatesOf('knex.raw(`SELECT * FROM t WHERE user_id = ${' + 'userId}`)');
  expect(STATEMENT.test(one?.text ?? '')).toBe(true);
  expect(one?.parts).toEqual(['userId']);
  expect(CONSTANT.test('userId')).toBe(false);
});

test('no statement is added up with +, and none is sorted or grouped by what a caller names', () => {
  const added = files.filter(({ text }) =>
    /\b(raw|Raw|runStatement|prepare|exec)\(\s*['"`][^'"`]*['"`]\s*\+/.test(text),
  );
  expect(added.map(({ path }) => path)).toEqual([]);
  const sorted = files.flatMap(({ path, text }) =>
    [...text.matchAll(/\.(?:orderBy|groupBy|orderByRaw|groupByRaw)\(\s*([^\s)]+)/g)]
      .filter(([, first = '']) => !/^['[]/.test(first))
      .map(([call]) => `${path} ${call}`),
  );
  expect(sorted).toEqual([]);
});
