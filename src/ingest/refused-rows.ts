/**
 * The file of refused rows, beside the file they came from: to be mended and imported in its turn.
 *
 * CSV: the line and the problems first, since a refused row may have any number of cells, then the row's own cells.
 * Text that a spreadsheet would run as a formula gets a leading apostrophe, taken away again when the file is
 * imported. JSON Lines: `{line, problems, row}`. Rows hold the provider's ids, so the file is for its owner only, and
 * card numbers are taken out.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { parseJsonText } from '../bytemark/payload.js';
import { removeCardNumbers } from '../domain/card-number.js';
import { AppError, messageOf, type Problem } from '../domain/errors.js';
import { csvLine, escapeFormula } from './csv-records.js';
import { LINE_COLUMN, PROBLEMS_COLUMN } from './import-columns.js';
import type { CsvHeader, Original } from './import-rows.js';

/** Text of refused rows that is kept before it is written. */
const BUFFERED_CHARACTERS = 65_536;

export class RefusedRows {
  readonly #path: string;
  /** Of a CSV file; without columns for JSON Lines. */
  #header: CsvHeader = { columns: [], delimiter: ',' };
  /** Columns of the input that this file writes itself, where the input is such a file. */
  #dropped: ReadonlySet<number> = new Set();
  #text = '';
  #handle: FileHandle | undefined;

  /** The file is made with the first refused row, in the place of one from an earlier run. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Makes it a CSV file with the input's columns. */
  useCsv(header: CsvHeader): void {
    this.#header = header;
    const own = [LINE_COLUMN, PROBLEMS_COLUMN];
    this.#dropped = new Set(header.columns.flatMap((name, index) => (own.includes(name) ? [index] : [])));
  }

  /** Holds a row to be written by the next `flush`. */
  add(line: number, problems: readonly Problem[], original: Original): void {
    this.#text +=
      typeof original === 'string'
        ? jsonLine(line, problems, original)
        : this.#csvLine(line, problems, original);
  }

  #csvLine(line: number, problems: readonly Problem[], cells: readonly string[]): string {
    const { columns, delimiter } = this.#header;
    // A row with other columns than the header keeps all it has.
    const kept =
      cells.length === columns.length ? cells.filter((_, index) => !this.#dropped.has(index)) : cells;
    const messages = problems.map(({ message }) => message).join('; ');
    const all = [String(line), messages, ...kept];
    return csvLine(
      all.map((cell) => escapeFormula(removeCardNumbers(cell))),
      delimiter,
    );
  }

  /** Writes what is held, where it is much. */
  async flush(): Promise<void> {
    if (this.#text.length >= BUFFERED_CHARACTERS) await this.#write();
  }

  /** Removes what an earlier run left. */
  async removeOld(): Promise<void> {
    await this.#onDisk(() => rm(this.#path, { force: true }));
  }

  /** Writes the rest; the file's path, or null where no row was refused. */
  async close(): Promise<string | null> {
    if (this.#text !== '') await this.#write();
    if (this.#handle === undefined) return null;
    const handle = this.#handle;
    this.#handle = undefined;
    await this.#onDisk(() => handle.close());
    return this.#path;
  }

  async #write(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await this.#onDisk(async () => {
      if (this.#handle === undefined) {
        await rm(this.#path, { force: true });
        this.#handle = await open(this.#path, 'wx', 0o600);
        await this.#handle.appendFile(this.#headerLine());
      }
      await this.#handle.appendFile(text);
    });
  }

  #headerLine(): string {
    const { columns, delimiter } = this.#header;
    if (columns.length === 0) return '';
    const kept = columns.filter((_, index) => !this.#dropped.has(index));
    const all = [LINE_COLUMN, PROBLEMS_COLUMN, ...kept];
    return csvLine(all.map(escapeFormula), delimiter);
  }

  async #onDisk(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const message = `The refused rows cannot be written to ${this.#path}: ${messageOf(error)}. Name another file for them.`;
      throw new AppError('usage', message, { cause: error });
    }
  }
}

function jsonLine(line: number, problems: readonly Problem[], text: string): string {
  const cleaned = removeCardNumbers(text);
  // The row as it stood, so that no digit changes; as text where it is not JSON, or no longer.
  const row = parseJsonText(cleaned).ok ? cleaned : JSON.stringify(cleaned);
  return `{"line":${line},"problems":${removeCardNumbers(JSON.stringify(problems))},"row":${row}}\n`;
}
