/** The file that is imported: what it is, and its text in pieces. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { AppError, messageOf } from '../domain/errors.js';

export const IMPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

const FORMAT_OF_ENDING: Readonly<Record<string, ImportFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** The format by the file's ending. @throws AppError `usage` where the ending tells none */
export function formatOf(file: string): ImportFormat {
  const format = FORMAT_OF_ENDING[extname(file).toLowerCase()];
  if (format === undefined)
    throw new AppError(
      'usage',
      `${file} ends in none of .csv, .jsonl, .ndjson. Say its format: --format csv`,
    );
  return format;
}

/** Beside the input: `fares.csv` → `fares.refused.csv`. */
export function refusedPathOf(file: string, format: ImportFormat): string {
  return join(dirname(file), `${basename(file, extname(file))}.refused.${format}`);
}

/** How files begin that are not what they are called. */
const NOT_TEXT: readonly (readonly [begins: string, what: string, wayOut: string])[] = [
  ['1f8b', 'is compressed', 'Unpack it with gunzip'],
  ['504b0304', 'is a zip archive or an Excel workbook', 'Unpack it, or save the sheet as CSV UTF-8'],
  ['fffe', 'is UTF-16', 'Save it as UTF-8'],
  ['feff', 'is UTF-16', 'Save it as UTF-8'],
];

const PIECE_BYTES = 262_144;
const BYTE_ORDER_MARK = '\uFEFF';

export interface Piece {
  readonly text: string;
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
}

export class InputFile {
  readonly path: string;
  readonly totalBytes: number;
  readonly #handle: FileHandle;

  private constructor(path: string, totalBytes: number, handle: FileHandle) {
    this.path = path;
    this.totalBytes = totalBytes;
    this.#handle = handle;
  }

  /** @throws AppError `usage` where it cannot be read */
  static async open(path: string): Promise<InputFile> {
    const handle = await reading(path, () => open(path, 'r'));
    const stat = await reading(path, () => handle.stat());
    if (!stat.isDirectory()) return new InputFile(path, stat.size, handle);
    await handle.close();
    throw new AppError('usage', `${path} is a folder. Name the files in it.`);
  }

  /**
   * The text from the beginning, without a byte order mark; bytes that are not UTF-8 become U+FFFD. A piece is read
   * when it is asked for, so whoever reads sets the pace.
   * @throws AppError `usage` where it is not text, or reading fails
   */
  async *pieces(): AsyncGenerator<Piece> {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    const decoder = new StringDecoder('utf8');
    let at = 0;
    for (;;) {
      const { bytesRead } = await reading(this.path, () => this.#handle.read(buffer, 0, PIECE_BYTES, at));
      const bytes = buffer.subarray(0, bytesRead);
      if (at === 0) this.#mustBeText(bytes);
      let text = bytesRead === 0 ? decoder.end() : decoder.write(bytes);
      if (at === 0 && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
      at += bytesRead;
      if (text !== '') yield { text, bytesRead: at };
      if (bytesRead === 0) return;
    }
  }

  #mustBeText(bytes: Buffer): void {
    const hex = bytes.subarray(0, 4).toString('hex');
    const found = NOT_TEXT.find(([begins]) => hex.startsWith(begins));
    if (found === undefined) return;
    const [, what, wayOut] = found;
    throw new AppError('usage', `${this.path} ${what}, not CSV or JSON Lines. ${wayOut} and import that.`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const message = `${path} cannot be read: ${messageOf(error)}. Check its name and your right to read it.`;
    throw new AppError('usage', message, { cause: error });
  }
}
