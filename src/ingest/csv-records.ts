/**
 * CSV (RFC 4180) that comes in pieces, taken apart into records.
 *
 * csv-parse reads the cells; what is done here is to find out which lines belong to one record, so that quoting that
 * breaks does not take its neighbours with it (csv-parse by itself would skip to the next quote or to the end of the
 * file). Modes: between records, where whole lines gather into a block that is parsed at once → inside a quoted cell,
 * where lines are held until it closes → between records. When a record turns out broken only its first line is given
 * up, and reading starts again at the next. Lines without a quote, nearly all, need no more than to be split.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { AppError } from '../domain/errors.js';
import { harmlessText } from '../domain/formula.js';
import { type Line, LineReader, MAX_LINE_CHARACTERS } from './lines.js';

export interface CsvRecord {
  /** The line it begins on, from 1. */
  readonly line: number;
  /** Empty where the line was too long to be kept; of a broken record, its first line as the only cell. */
  readonly cells: readonly string[];
  readonly characters: number;
  readonly fault: 'broken_quotes' | 'too_long' | null;
}

const QUOTE = '"';

export class CsvReader {
  readonly #lines = new LineReader();
  readonly #delimiter: string;
  /** Lines each of which is a record by itself, as far as its quotes tell. */
  #block: Line[] = [];
  /** The lines of a record whose quote is still open. */
  #held: Line[] = [];
  #heldCharacters = 0;

  /** @param delimiter one character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of this.#lines.push(text)) this.#take(line, records);
    this.#parseBlock(records);
    return records;
  }

  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of this.#lines.end()) this.#take(line, records);
    while (this.#held.length > 0) this.#giveUpFirst(records);
    this.#parseBlock(records);
    return records;
  }

  #take(line: Line, records: CsvRecord[]): void {
    if (this.#held.length > 0) this.#continue(line, records);
    else if (line.tooLong) {
      this.#parseBlock(records);
      records.push({ line: line.number, cells: [], characters: 0, fault: 'too_long' });
    } else if (hasOpenQuote(line.text)) {
      this.#parseBlock(records);
      this.#hold(line, records);
    } else if (line.text !== '' && line.text !== '\r') this.#block.push(line);
  }

  #parseBlock(records: CsvRecord[]): void {
    const block = this.#block;
    if (block.length === 0) return;
    this.#block = [];
    const texts = block.map((line) => withoutReturn(line.text));
    const parsed = parseLines(texts, this.#delimiter);
    block.forEach(({ number, text }, index) => {
      const cells = parsed?.[index] ?? parseRecord(texts[index] ?? '', this.#delimiter);
      const fault = typeof cells === 'string' ? 'broken_quotes' : null;
      const kept = typeof cells === 'string' ? [texts[index] ?? ''] : cells;
      records.push({ line: number, cells: kept, characters: text.length, fault });
    });
  }

  #hold(line: Line, records: CsvRecord[]): void {
    this.#held.push(line);
    this.#heldCharacters += line.text.length + 1;
    const text = withoutReturn(this.#held.map((held) => held.text).join('\n'));
    const cells = parseRecord(text, this.#delimiter);
    if (cells === 'open') return;
    if (cells === 'broken') {
      this.#giveUpFirst(records);
      return;
    }
    records.push({ line: this.#release()[0]?.number ?? 0, cells, characters: text.length, fault: null });
  }

  #continue(line: Line, records: CsvRecord[]): void {
    // Only a line with an odd number of quotes can close a cell that it did not open.
    const mayClose = hasOpenQuote(line.text);
    const tooLong = line.tooLong || this.#heldCharacters + line.text.length > MAX_LINE_CHARACTERS;
    if (mayClose && !tooLong) {
      this.#hold(line, records);
      return;
    }
    this.#held.push(line);
    this.#heldCharacters += line.text.length + 1;
    if (tooLong) this.#giveUpFirst(records);
  }

  /**
   * The lines after the first are read again. None but the last of them can open a cell (a line that leaves an open
   * cell open has an even number of quotes, one that opens a cell an odd number), so this does not cascade.
   */
  #giveUpFirst(records: CsvRecord[]): void {
    const [first, ...others] = this.#release();
    if (first === undefined) return;
    const cells = [withoutReturn(first.text)];
    records.push({ line: first.number, cells, characters: first.text.length, fault: 'broken_quotes' });
    for (const line of others) this.#take(line, records);
    this.#parseBlock(records);
  }

  #release(): Line[] {
    const held = this.#held;
    this.#held = [];
    this.#heldCharacters = 0;
    return held;
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** Whether a line by itself leaves a quoted cell open: a whole record has its quotes in pairs. */
function hasOpenQuote(text: string): boolean {
  let open = false;
  for (let at = text.indexOf(QUOTE); at !== -1; at = text.indexOf(QUOTE, at + 1)) open = !open;
  return open;
}

/** The cells of lines that are a record each; undefined where one of them is broken. */
function parseLines(lines: readonly string[], delimiter: string): string[][] | undefined {
  if (!lines.some((line) => line.includes(QUOTE))) return lines.map((line) => line.split(delimiter));
  try {
    const records = parseCsv(lines.join('\n'), delimiter);
    return records.length === lines.length ? records : undefined;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** The cells of a record; `open` where a quoted cell does not end, `broken` where a quote stands in a wrong place. */
function parseRecord(text: string, delimiter: string): string[] | 'open' | 'broken' {
  try {
    const [cells = [], ...others] = parseCsv(text, delimiter);
    return others.length === 0 ? cells : 'broken';
  } catch (error) {
    if (error instanceof CsvError) return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
    throw error;
  }
}

function parseCsv(text: string, delimiter: string): string[][] {
  return parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true });
}

/** Cells as a line of CSV, with its line feed. */
export function csvLine(cells: readonly string[], delimiter: string): string {
  return stringify([[...cells]], { delimiter });
}

const ESCAPED_FORMULA = /^'+[=+\-@\t\r]/;
const NUMERIC = /^[+-]?\d+(\.\d+)?$/;

/** Text that a spreadsheet would run, with an apostrophe before it; numbers stay as they are. */
export function escapeFormula(cell: string): string {
  return NUMERIC.test(cell) ? cell : harmlessText(cell);
}

/** The reverse of escaping, for any cell. */
export function unescapeFormula(cell: string): string {
  return ESCAPED_FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** @throws AppError `usage` where it cannot divide cells */
export function refuseDelimiter(delimiter: string | undefined): void {
  if (delimiter !== undefined && !/^[^"\r\n]$/.test(delimiter))
    throw new AppError('usage', 'The delimiter must be one character, such as a comma or a semicolon.');
}

/** The delimiter that a header line uses most: comma, semicolon, tab or bar; a comma where it has none. */
export function guessDelimiter(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => unquoted.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
