/**
 * CSV (RFC 4180) that comes in pieces, taken apart into records.
 *
 * A record is a line, or several where a quoted cell holds line feeds. Modes: between records → inside a quoted cell
 * (its lines are held) → between records. Quoting that breaks must not take its neighbours with it: then only the
 * first line held is given up, and reading starts again at the next. csv-parse cannot do that (after a broken quote
 * it skips to the next quote or to the end of the file, and what it skipped is gone), and lines without a quote,
 * nearly all, are split here at a fifth of its cost.
 */
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
    return records;
  }

  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of this.#lines.end()) this.#take(line, records);
    while (this.#held.length > 0) this.#giveUpFirst(records);
    return records;
  }

  #take(line: Line, records: CsvRecord[]): void {
    if (this.#held.length > 0) this.#continue(line, records);
    else if (line.tooLong) records.push({ line: line.number, cells: [], characters: 0, fault: 'too_long' });
    else if (line.text.includes(QUOTE)) this.#hold(line, records);
    else if (line.text !== '' && line.text !== '\r') {
      const cells = withoutReturn(line.text).split(this.#delimiter);
      records.push({ line: line.number, cells, characters: line.text.length, fault: null });
    }
  }

  #hold(line: Line, records: CsvRecord[]): void {
    this.#held.push(line);
    this.#heldCharacters += line.text.length + 1;
    const text = withoutReturn(this.#held.map((held) => held.text).join('\n'));
    const cells = splitQuoted(text, this.#delimiter);
    if (cells === 'open') return;
    if (cells === 'broken') {
      this.#giveUpFirst(records);
      return;
    }
    records.push({ line: this.#release()[0]?.number ?? 0, cells, characters: text.length, fault: null });
  }

  #continue(line: Line, records: CsvRecord[]): void {
    // Only a line with an odd number of quotes can close a cell that it did not open.
    const mayClose = line.text.split(QUOTE).length % 2 === 0;
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

/** The cells of a record; `open` where a quoted cell does not end, `broken` where a quote stands in a wrong place. */
function splitQuoted(text: string, delimiter: string): string[] | 'open' | 'broken' {
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    if (text[at] === QUOTE) {
      const quoted = readQuoted(text, at + 1);
      if (quoted === undefined) return 'open';
      at = quoted.end;
      if (at < text.length && text[at] !== delimiter) return 'broken';
      cells.push(quoted.cell);
    } else {
      const end = text.indexOf(delimiter, at);
      const cell = text.slice(at, end === -1 ? text.length : end);
      if (cell.includes(QUOTE)) return 'broken';
      cells.push(cell);
      at += cell.length;
    }
    if (at >= text.length) return cells;
  }
}

/** A quoted cell from behind its opening quote; `end` is behind the closing one. */
function readQuoted(text: string, start: number): { cell: string; end: number } | undefined {
  let cell = '';
  let from = start;
  for (;;) {
    const quote = text.indexOf(QUOTE, from);
    if (quote === -1) return undefined;
    if (text[quote + 1] !== QUOTE) return { cell: cell + text.slice(from, quote), end: quote + 1 };
    cell += text.slice(from, quote + 1);
    from = quote + 2;
  }
}

/** A cell as CSV text. */
export function csvCell(cell: string, delimiter: string): string {
  if (!cell.includes(delimiter) && !/["\r\n]/.test(cell)) return cell;
  return QUOTE + cell.replaceAll(QUOTE, '""') + QUOTE;
}

const FORMULA = /^'*[=+\-@\t\r]/;
const ESCAPED_FORMULA = /^'+[=+\-@\t\r]/;
const NUMERIC = /^[+-]?\d+(\.\d+)?$/;

/** Text that a spreadsheet would run, with an apostrophe before it; numbers stay as they are. */
export function escapeFormula(cell: string): string {
  return FORMULA.test(cell) && !NUMERIC.test(cell) ? `'${cell}` : cell;
}

/** The reverse of escaping, for any cell. */
export function unescapeFormula(cell: string): string {
  return ESCAPED_FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** The delimiter that a header line uses most: comma, semicolon, tab or bar; a comma where it has none. */
export function guessDelimiter(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => unquoted.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
