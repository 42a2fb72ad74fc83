/** A file of adjustments, recorded by the same door as everything else: each row once, however often it is imported. */
import { type AdjustmentFields, adjustmentFromRecord } from '../bytemark/adjustment-payload.js';
import { parseJsonText } from '../bytemark/payload.js';
import type { AdjustmentClaim } from '../domain/adjustment.js';
import { AppError, type Problem } from '../domain/errors.js';
import {
  CsvReader,
  type CsvRecord,
  guessDelimiter,
  refuseDelimiter,
  unescapeFormula,
} from './csv-records.js';
import { formatOf, type ImportFormat, InputFile } from './import-file.js';
import {
  BROKEN_QUOTES,
  isBroken,
  NOT_AN_OBJECT,
  NOT_UTF8,
  TOO_LONG,
  WHOLE_NUMBER,
  wrongCellCount,
} from './import-rows.js';
import { LineReader, MAX_LINE_CHARACTERS } from './lines.js';
import { ListedAdjustments, type ListedAdjustmentsEffects } from './listed-adjustments.js';

export interface AdjustmentsFile {
  readonly file: string;
  readonly format?: ImportFormat | undefined;
  /** What the file calls the fields. */
  readonly columns: AdjustmentFields;
  readonly delimiter?: string | undefined;
}

export interface AdjustmentsImport {
  readonly rows: number;
  readonly recorded: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Of the first that were refused. */
  readonly firstProblems: readonly { readonly line: number; readonly problems: readonly Problem[] }[];
}

/** A row as a claim, or as what is wrong with it. */
type Read = { readonly claim: AdjustmentClaim } | { readonly problems: readonly Problem[] };
type Row = Read & { readonly line: number };

const FIRST_PROBLEMS = 10;

/** @throws AppError `usage` where the file cannot be read */
export async function importAdjustments(
  options: AdjustmentsFile,
  effects: Omit<ListedAdjustmentsEffects, 'source'>,
): Promise<AdjustmentsImport> {
  const adjustments = new ListedAdjustments({ ...effects, source: 'import' });
  const first: { line: number; problems: readonly Problem[] }[] = [];
  let rows = 0;
  let refused = 0;
  const refuse = (line: number, problems: readonly Problem[]): void => {
    refused++;
    if (first.length < FIRST_PROBLEMS) first.push({ line, problems });
  };
  const take = async (some: readonly Row[]): Promise<void> => {
    rows += some.length;
    const lines = new Map<AdjustmentClaim, number>();
    for (const row of some) {
      if ('claim' in row) lines.set(row.claim, row.line);
      else refuse(row.line, row.problems);
    }
    for (const { claim, problems } of await adjustments.take([...lines.keys()]))
      refuse(lines.get(claim) ?? 0, problems);
  };
  const input = await InputFile.open(options.file);
  try {
    const format = options.format ?? formatOf(options.file);
    const reader = format === 'csv' ? new CsvAdjustments(options) : new JsonAdjustments(options.columns);
    for await (const { text } of input.pieces()) await take(reader.push(text));
    await take(reader.end());
  } finally {
    await input.close();
  }
  const { recorded, duplicates } = adjustments;
  return { rows, recorded, duplicates, refused, firstProblems: first };
}

class JsonAdjustments {
  readonly #lines = new LineReader();
  readonly #columns: AdjustmentFields;

  constructor(columns: AdjustmentFields) {
    this.#columns = columns;
  }

  push(text: string): Row[] {
    return this.#rows(this.#lines.push(text));
  }

  end(): Row[] {
    return this.#rows(this.#lines.end());
  }

  #rows(lines: ReturnType<LineReader['push']>): Row[] {
    return lines
      .filter(({ text, tooLong }) => tooLong || text.trim() !== '')
      .map(({ number: line, text, tooLong }) => {
        if (tooLong) return { line, problems: TOO_LONG };
        if (isBroken(text)) return { line, problems: NOT_UTF8 };
        const parsed = parseJsonText(text);
        if (!parsed.ok) return { line, problems: [parsed.problem] };
        const claim = adjustmentFromRecord(parsed.value, this.#columns);
        return claim === undefined ? { line, problems: NOT_AN_OBJECT } : { line, claim };
      });
  }
}

class CsvAdjustments {
  readonly #options: AdjustmentsFile;
  #reader: CsvReader | undefined;
  #head: readonly string[] | undefined;
  #unread = '';

  constructor(options: AdjustmentsFile) {
    refuseDelimiter(options.delimiter);
    this.#options = options;
  }

  push(text: string): Row[] {
    if (this.#reader !== undefined) return this.#rows(this.#reader.push(text));
    this.#unread += text;
    if (!this.#unread.includes('\n') && this.#unread.length <= MAX_LINE_CHARACTERS) return [];
    const [header = ''] = this.#unread.split('\n', 1);
    this.#reader = new CsvReader(this.#options.delimiter ?? guessDelimiter(header));
    const all = this.#unread;
    this.#unread = '';
    return this.#rows(this.#reader.push(all));
  }

  /** @throws AppError `usage` where there is no header */
  end(): Row[] {
    const begun = this.#unread === '' ? [] : this.push('\n');
    const rows = this.#reader === undefined ? [] : this.#rows(this.#reader.end());
    if (this.#head === undefined)
      throw new AppError('usage', `${this.#options.file} has no header that names its columns.`);
    return [...begun, ...rows];
  }

  #rows(records: readonly CsvRecord[]): Row[] {
    return records.flatMap(({ line, cells, fault }): Row[] => {
      if (this.#head === undefined) {
        this.#head = cells.map((cell) => cell.trim());
        return [];
      }
      if (fault !== null) return [{ line, problems: fault === 'too_long' ? TOO_LONG : BROKEN_QUOTES }];
      return [{ line, ...this.#read(cells, this.#head) }];
    });
  }

  #read(cells: readonly string[], head: readonly string[]): Read {
    if (cells.length !== head.length) return { problems: wrongCellCount(cells.length, head.length) };
    if (cells.some(isBroken)) return { problems: NOT_UTF8 };
    const record = Object.fromEntries(head.map((name, index) => [name, unescapeFormula(cells[index] ?? '')]));
    const claim = adjustmentFromRecord(record, this.#options.columns);
    if (claim === undefined) return { problems: NOT_AN_OBJECT };
    const { payment_id: id } = claim;
    const isNumber = typeof id === 'string' && WHOLE_NUMBER.test(id);
    return { claim: isNumber ? { ...claim, payment_id: Number(id) } : claim };
  }
}
