import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CsvReader,
  type CsvRecord,
  csvLine,
  escapeFormula,
  guessDelimiter,
  unescapeFormula,
} from '../../src/ingest/csv-records.js';

function read(pieces: readonly string[], delimiter = ','): CsvRecord[] {
  const reader = new CsvReader(delimiter);
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

/** Cuts a text at the given places. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

const places = fc.array(fc.nat(), { maxLength: 12 });
/** Cells of the characters that matter, and any others. */
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', "'", '=', ';'), maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const table = fc
  .integer({ min: 2, max: 4 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
  );

describe('CSV records', () => {
  test('what csv-stringify writes is read back, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        table,
        places,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (cells, cuts, delimiter, record_delimiter, quoted) => {
          const text = stringify(cells, { delimiter, record_delimiter, quoted, quoted_match: /[\r\n]/ });
          const records = read(cut(text, cuts), delimiter);
          expect(records.map((record) => record.cells)).toEqual(cells);
          expect(records.every((record) => record.fault === null)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('any text gives the same records in any pieces; what csv-parse accepts, it reads alike', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '"', ',', '\n', '\r\n', 'a', 'b'), maxLength: 60 });
    fc.assert(
      fc.property(text, places, (input, cuts) => {
        const records = read([input]);
        expect(read(cut(input, cuts))).toEqual(records);
        let theirs: string[][];
        try {
          theirs = parse(input, {
            relax_column_count: true,
            skip_empty_lines: true,
            record_delimiter: ['\r\n', '\n'],
          });
        } catch {
          return;
        }
        expect(records.map((record) => record.cells)).toEqual(theirs);
      }),
      { numRuns: 5_000 },
    );
  });

  test('no line is lost: every line with text is in a record, in the order of lines', () => {
    const line = fc.string({ unit: fc.constantFrom('"', '"', ',', 'a'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const starts = read([lines.join('\n')]).map((record) => record.line);
        expect([...starts].sort((a, b) => a - b)).toEqual(starts);
        expect(new Set(starts).size).toBe(starts.length);
        if (lines.length > 0) expect(starts[0]).toBe(1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a broken quote costs its own line only', () => {
    const records = read(['a,b\n1,"x"y\n2,z\n3,"open\n4,w\n5,"q"\n6,v"\n']);
    expect(records.map(({ line, cells, fault }) => [line, cells.join('|'), fault])).toEqual([
      [1, 'a|b', null],
      [2, '1,"x"y', 'broken_quotes'],
      [3, '2|z', null],
      [4, '3,"open', 'broken_quotes'],
      [5, '4|w', null],
      [6, '5|q', null],
      [7, '6,v"', 'broken_quotes'],
    ]);
  });
});

describe('cells', () => {
  test('escaping is undone to the letter, and leaves nothing that runs', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '1', '.', 'a') });
    fc.assert(
      fc.property(text, (original) => {
        const escaped = escapeFormula(original);
        expect(unescapeFormula(escaped)).toBe(original);
        if (!/^[+-]?[\d.]+$/.test(escaped)) expect(escaped).not.toMatch(/^[=+\-@\t\r]/);
      }),
      { numRuns: 2_000 },
    );
    expect(escapeFormula('-12.50')).toBe('-12.50');
    expect(csvLine(['a;b', ''], ',')).toBe('a;b,\n');
    expect(csvLine(['a;"b"'], ';')).toBe('"a;""b"""\n');
  });

  test('the delimiter is the one that the header uses', () => {
    expect(['a,b;c,d', 'a;b;c', 'a\tb', 'a|b', '"a,b,c";d', 'a'].map(guessDelimiter)).toEqual([
      ',',
      ';',
      '\t',
      '|',
      ';',
      ',',
    ]);
  });
});
