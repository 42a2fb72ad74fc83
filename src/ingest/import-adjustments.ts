/** A file of adjustments, recorded by the same door as everything else: each row once, however often it is imported. */
import { type AdjustmentFields, adjustmentFromRecord } from '../bytemark/adjustment-payload.js';
import { parseJsonText } from '../bytemark/payload.js';
import type { AdjustmentClaim } from '../domain/adjustment.js';
import { AppError, type Problem } from '../domain/errors.js';
import { CsvReader, type CsvRecord, guessDelimiter, unescapeFormula } from './csv-records.js';
import { formatOf, type ImportFormat, InputFile } from './import-file.js';
import { LineReader } from './lines.js';
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

interface Row {
  readonly line: number;
  readonly claim: AdjustmentClaim | undefined;
}

const FIRST_PROBLEMS = 10;
const NO_RECORD: Problem = {
  field: 'body',
  code: 'unreadable',
  message: 'body is no row of adjustments: a JSON object, or cells under a header',
};

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
    for (const { line, claim } of some) {
      if (claim === undefined) refuse(line, [NO_RECORD]);
      else lines.set(claim, line);
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
      .map(({ number: line, text }) => {
        const parsed = parseJsonText(text);
        return { line, claim: parsed.ok ? adjustmentFromRecord(parsed.value, this.#columns) : undefined };
      });
  }
}

class CsvAdjustments {
  readonly #options: AdjustmentsFile;
  #reader: CsvReader | undefined;
  #head: readonly string[] | undefined;
  #unread = '';

  constructor(options: AdjustmentsFile) {
    this.#options = options;
  }

  push(text: string): Row[] {
    if (this.#reader === undefined) {
      this.#unread += text;
      const end = this.#unread.indexOf('\n');
      if (end < 0) return [];
      const delimiter = this.#options.delimiter ?? guessDelimiter(this.#unread.slice(0, end));
      this.#reader = new CsvReader(delimiter);
      const all = this.#unread;
      this.#unread = '';
      return this.#rows(this.#reader.push(all));
    }
    return this.#rows(this.#reader.push(text));
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
      return [{ line, claim: fault === null ? this.#claim(cells) : undefined }];
    });
  }

  #claim(cells: readonly string[]): AdjustmentClaim | undefined {
    const record = Object.fromEntries(
      (this.#head ?? []).map((name, index) => [name, unescapeFormula(cells[index] ?? '')]),
    );
    const claim = adjustmentFromRecord(record, this.#options.columns);
    // An id as JSON would give it.
    const id = claim?.payment_id;
    const isNumber = typeof id === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(id);
    return claim === undefined || !isNumber ? claim : { ...claim, payment_id: Number(id) };
  }
}
