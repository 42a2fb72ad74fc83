/** The dashboard's own rules: what it shares is one and the same, what it was made from is fresh, and it keeps the policy. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pageStyle } from '../../src/documents/style.ts';
import { publishedTypes } from '../scripts/published-types.ts';
import { addressOf } from '../src/api/client.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const read = (path: string): string => readFileSync(join(SRC, path), 'utf8');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && path !== join('api', 'schema.ts'))
  .map((path) => ({ path, text: read(path) }));

test('the types of the HTTP interface are those of the server; `npm run api-types` makes them anew', async () => {
  expect(read('api/schema.ts')).toBe(await publishedTypes());
});

test('colours are the documents’', () => {
  const [light = '', dark = ''] = [...pageStyle(undefined).matchAll(/:root\{([^}]*)\}/g)].map(
    (match) => match[1],
  );
  const coloursOf = (style: string) =>
    new Map(
      [...style.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour]),
    );
  const [lights, darks] = [coloursOf(light), coloursOf(dark)];
  const tokens = new Map(
    [...read('styles/tokens.css').matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
      ([, name = '', ...pair]) => [name, pair],
    ),
  );
  const shared = [
    'ink',
    'quiet',
    'rule',
    'accent',
    'accent-soft',
    ...[0, 1, 2, 3, 4, 5, 6].map((step) => `heat-${step}`),
  ];
  for (const name of shared) expect(tokens.get(name), name).toEqual([lights.get(name), darks.get(name)]);
});

test('no type is silenced, and nothing goes around the content policy', () => {
  const silenced = /\bas any\b|: any\b|<any>|@ts-(ignore|expect-error|nocheck)|\bas unknown as\b/;
  const unsafe = /dangerouslySetInnerHTML|\.innerHTML|\beval\(|new Function\(|https?:\/\/(?!www\.w3\.org)/;
  for (const { path, text } of sources) {
    expect(text, path).not.toMatch(silenced);
    expect(text, path).not.toMatch(unsafe);
  }
  const page = readFileSync(join(SRC, '../index.html'), 'utf8');
  expect(page).not.toMatch(/ style=|<style|<script(?![^>]* src=)| on\w+=/);
});

test('of the server nothing is imported but what runs in a browser', () => {
  const imported = sources.flatMap(({ text }) =>
    [...text.matchAll(/from 'farelog\/([^']+)'/g)].map((match) => match[1]),
  );
  expect([...new Set(imported)].sort()).toEqual([
    'documents/chart-marks.ts',
    'documents/chart-methods.ts',
    'documents/chart-riders.ts',
    'documents/chart-study.ts',
    'documents/chart-trends.ts',
    'documents/charts.ts',
    'documents/names.ts',
    'documents/study-estimates.ts',
    'documents/study-values.ts',
    'documents/values.ts',
    'domain/money.ts',
    'research/study.ts',
  ]);
});

test('files are rooms, not halls', () => {
  expect(sources.filter(({ text }) => text.split('\n').length > 330).map(({ path }) => path)).toEqual([]);
});

test('addresses are filled and escaped, and what is not asked is left out', () => {
  expect(addressOf('/api/v1/payments/{payment_id}', { payment_id: 'a/b?c' })).toBe(
    '/api/v1/payments/a%2Fb%3Fc',
  );
  expect(addressOf('/x', undefined, { a: 1, b: undefined, c: '', d: 'é&' })).toBe('/x?a=1&d=%C3%A9%26');
});
