/** The rows of a CSV or JSON Lines file as claims, or as what is wrong with them; text in pieces goes in. */
import { claimFromRecord, formatJson, parseJsonText } from '../bytemark/payload.js';
import { AppError, type Problem } from '../domain/errors.js';
import type { PaymentClaim } from '../domain/payment.js';
import {
  CsvReader,
  type CsvRecord,
  guessDelimiter,
  refuseDelimiter,
  unescapeFormula,
} from './csv-records.js';
import {
  CLAIM_FIELDS,
  type ClaimField,
  type ColumnIndexes,
  type ColumnMapping,
  findColumns,
  LINE_COLUMN,
  PROBLEMS_COLUMN,
  refusePortalKey,
} from './import-columns.js';
import { type Line, LineReader, MAX_LINE_CHARACTERS } from './lines.js';

/** A row as it stood in the file: its cells (CSV) or its text (JSON Lines). */
export type Original = readonly string[] | string;

export type ImportRow =
  | {
      readonly ok: true;
      /** The line it begins on, from 1. */
      readonly line: number;
      readonly characters: number;
      readonly original: Original;
      readonly claim: PaymentClaim;
    }
  | {
      readonly ok: false;
      readonly line: number;
      readonly characters: number;
      readonly original: Original;
      readonly problems: readonly Problem[];
    };

export interface RowReader {
  /** The rows that this piece of text completes. */
  push(text: string): ImportRow[];
  /** The rows that the end of the file completes. */
  end(): ImportRow[];
}

function bodyProblem(code: string, message: string): readonly Problem[] {
  return [{ field: 'body', code, message: `body ${message}` }];
}

export const TOO_LONG = bodyProblem(
  'too_long',
  `is over ${MAX_LINE_CHARACTERS} characters long and was not read`,
);
export const BROKEN_QUOTES = bodyProblem(
  'broken_quotes',
  'has a quote that is not closed, not doubled or not around the whole cell',
);
export const NOT_UTF8 = bodyProblem('not_utf8', 'is not UTF-8 text; save the file as UTF-8');
export const NOT_AN_OBJECT = bodyProblem('not_an_object', 'must be a JSON object');

export function wrongCellCount(cells: number, header: number): readonly Problem[] {
  return bodyProblem('wrong_cell_count', `has ${cells} cells, and the header ${header}`);
}

/** What stands where bytes were not UTF-8. Two riders' broken names must not become one, so it is never accepted. */
const REPLACEMENT = '\uFFFD';

/** An id as JSON would give it: digits without leading zeros are a number, anything else is left to be refused. */
export const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,14})$/;

export interface CsvHeader {
  readonly columns: readonly string[];
  readonly delimiter: string;
}

export interface CsvRowsOptions {
  /** The file's name, for errors. */
  readonly file: string;
  readonly mapping: ColumnMapping;
  /** One character; by default the one that the header uses. */
  readonly delimiter?: string | undefined;
  /** Fields that the file may leave out; by default those that a payment can do without. */
  readonly optional?: ReadonlySet<ClaimField> | undefined;
  /** Told once, before the first row. */
  readonly onHeader: (header: CsvHeader) => void;
}

/** Reads CSV with a header. @throws AppError `usage` where the header lacks a column, or there is none */
export class CsvRows implements RowReader {
  readonly #options: CsvRowsOptions;
  /** Text before the end of the header line, until the delimiter is known. */
  #headerText = '';
  #delimiter = ',';
  #reader: CsvReader | undefined;
  #columns:
    | { readonly indexes: ColumnIndexes; readonly count: number; readonly escaped: boolean }
    | undefined;

  constructor(options: CsvRowsOptions) {
    this.#options = options;
    refuseDelimiter(options.delimiter);
  }

  push(text: string): ImportRow[] {
    if (this.#reader !== undefined) return this.#rows(this.#reader.push(text));
    this.#headerText += text;
    if (!this.#headerText.includes('\n') && this.#headerText.length <= MAX_LINE_CHARACTERS) return [];
    return this.#rows(this.#begin().push(this.#headerText));
  }

  end(): ImportRow[] {
    if (this.#reader !== undefined) return this.#rows(this.#reader.end());
    const reader = this.#begin();
    const rows = this.#rows([...reader.push(this.#headerText), ...reader.end()]);
    if (this.#columns === undefined)
      throw new AppError('usage', `${this.#options.file} is empty: it has no header.`);
    return rows;
  }

  #begin(): CsvReader {
    const [header = ''] = this.#headerText.trimStart().split('\n', 1);
    this.#delimiter = this.#options.delimiter ?? guessDelimiter(header);
    this.#reader = new CsvReader(this.#delimiter);
    return this.#reader;
  }

  #rows(records: readonly CsvRecord[]): ImportRow[] {
    const rows: ImportRow[] = [];
    for (const record of records) {
      if (this.#columns === undefined) this.#readHeader(record);
      else rows.push(this.#row(record, this.#columns));
    }
    return rows;
  }

  #readHeader({ cells, fault }: CsvRecord): void {
    const { file, mapping, onHeader, optional } = this.#options;
    if (fault !== null || cells.some((cell) => /[\r\n]/.test(cell))) {
      const why = 'has a line break or a broken quote in it, or is too long';
      throw new AppError('usage', `${file} has no readable header: its first line ${why}.`);
    }
    // A file of refused rows, mended: its text cells are as this Farelog wrote them.
    const escaped = cells.includes(LINE_COLUMN) && cells.includes(PROBLEMS_COLUMN);
    const columns = escaped ? cells.map(unescapeFormula) : cells;
    this.#columns = { indexes: findColumns(file, columns, mapping, optional), count: cells.length, escaped };
    onHeader({ columns, delimiter: this.#delimiter });
  }

  #row(
    record: CsvRecord,
    { indexes, count, escaped }: { indexes: ColumnIndexes; count: number; escaped: boolean },
  ): ImportRow {
    const { line, characters, fault } = record;
    const original = escaped ? record.cells.map(unescapeFormula) : record.cells;
    const refuse = (problems: readonly Problem[]): ImportRow => ({
      ok: false,
      line,
      characters,
      original,
      problems,
    });
    if (fault !== null) return refuse(fault === 'too_long' ? TOO_LONG : BROKEN_QUOTES);
    if (original.length !== count) return refuse(wrongCellCount(original.length, count));
    const claim = claimFromCells(original, indexes);
    if (holdsReplacement(claim)) return refuse(NOT_UTF8);
    return { ok: true, line, characters, original, claim };
  }
}

function claimFromCells(cells: readonly string[], at: ColumnIndexes): PaymentClaim {
  return {
    payment_id: wholeNumber(cells[at.payment_id]),
    user_id: cells[at.user_id],
    order_id: wholeNumber(cells[at.order_id]),
    payment_type: cells[at.payment_type],
    total_price: absentIfEmpty(cells[at.total_price]),
    logged_on: absentIfEmpty(cells[at.logged_on]),
    currency: absentIfEmpty(cells[at.currency]),
    reference: absentIfEmpty(cells[at.reference]),
  };
}

function absentIfEmpty(cell: string | undefined): string | undefined {
  return cell === '' ? undefined : cell;
}

function wholeNumber(cell: string | undefined): number | string | undefined {
  if (cell === undefined || cell === '') return undefined;
  return WHOLE_NUMBER.test(cell) ? Number(cell) : cell;
}

/** Ids, prices and times with it are refused as such; the texts must be looked at. */
function holdsReplacement({ user_id, payment_type, reference }: PaymentClaim): boolean {
  return isBroken(user_id) || isBroken(payment_type) || isBroken(reference);
}

/** Whether bytes that were not UTF-8 stood in it. */
export function isBroken(cell: unknown): boolean {
  return typeof cell === 'string' && cell.includes(REPLACEMENT);
}

/** Reads one JSON object a line; blank lines are passed over. */
export class JsonRows implements RowReader {
  readonly #lines = new LineReader();
  readonly #file: string;
  readonly #mapping: ColumnMapping;
  readonly #mapped: readonly (readonly [ClaimField, string])[];
  #first = true;

  constructor(file: string, mapping: ColumnMapping) {
    this.#file = file;
    this.#mapping = mapping;
    this.#mapped = CLAIM_FIELDS.flatMap((field) => {
      const name = mapping[field];
      return name === undefined ? [] : [[field, name] as const];
    });
  }

  push(text: string): ImportRow[] {
    return this.#rows(this.#lines.push(text));
  }

  end(): ImportRow[] {
    return this.#rows(this.#lines.end());
  }

  #rows(lines: readonly Line[]): ImportRow[] {
    return lines.filter((line) => line.tooLong || line.text.trim() !== '').map((line) => this.#row(line));
  }

  #row({ number: line, text, tooLong }: Line): ImportRow {
    const characters = text.length;
    const refuse = (problems: readonly Problem[]): ImportRow => ({
      ok: false,
      line,
      characters,
      original: text.trim(),
      problems,
    });
    if (tooLong) return refuse(TOO_LONG);
    if (text.includes(REPLACEMENT)) return refuse(NOT_UTF8);
    const parsed = parseJsonText(text);
    if (!parsed.ok) return refuse([parsed.problem]);
    const record = isRefusedRow(parsed.value) ? parsed.value.row : parsed.value;
    const claim = claimFromRecord(record);
    if (claim === undefined || !isRecord(record)) return refuse(NOT_AN_OBJECT);
    if (this.#first) refusePortalKey(this.#file, Object.keys(record), this.#mapping);
    this.#first = false;
    const original = record === parsed.value ? text.trim() : formatJson(record);
    return { ok: true, line, characters, original, claim: this.#map(claim, record) };
  }

  #map(claim: PaymentClaim, record: Readonly<Record<string, unknown>>): PaymentClaim {
    if (this.#mapped.length === 0) return claim;
    const values = this.#mapped.map(([field, name]) => [
      field,
      Object.hasOwn(record, name) ? record[name] : undefined,
    ]);
    return { ...claim, ...Object.fromEntries(values) };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A line of a file of refused rows, mended and imported in its turn. */
function isRefusedRow(value: unknown): value is { readonly row: unknown } {
  return isRecord(value) && isRecord(value.row) && Array.isArray(value.problems);
}
