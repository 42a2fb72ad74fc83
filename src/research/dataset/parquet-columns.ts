/**
 * Reading whole columns of a dataset's Parquet files fast: typed arrays as they lie there, texts as the numbers under which
 * they were first met. No value becomes an object on the way.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import type { Numbered } from '../numbered.js';

interface ReadableFile {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

async function readable(file: FileHandle): Promise<ReadableFile> {
  const { size } = await file.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new Error('the file ends too early');
        at += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

type Target = Int32Array | Float64Array | Uint16Array;

/** Where the values of a column go, from `at` on. */
export interface ColumnTarget {
  readonly name: string;
  readonly into: Target;
  /** 64-bit values are divided by it. */
  readonly divisor?: number;
  /** Of a column of text: the numbers of its values. */
  readonly names?: Numbered;
}

/** A Parquet file that is open. */
export class ParquetSource {
  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
    readonly file: ReadableFile,
    readonly metadata: FileMetaData,
  ) {}

  /** @throws where the file is no Parquet file */
  static async open(path: string): Promise<ParquetSource> {
    const handle = await open(path);
    try {
      const file = await readable(handle);
      return new ParquetSource(path, handle, file, await parquetMetadataAsync(file));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get rows(): number {
    return Number(this.metadata.num_rows);
  }

  /** First row and end of each group of rows. */
  get groups(): { readonly from: number; readonly to: number }[] {
    let to = 0;
    return this.metadata.row_groups.map(({ num_rows }) => {
      const from = to;
      to += Number(num_rows);
      return { from, to };
    });
  }

  /**
   * Reads a column, or its rows from `from` to before `to`, into an array, from its place `at` on.
   * @throws where the file is not what it says of itself
   */
  async read(
    { name, into, divisor = 1, names }: ColumnTarget,
    at = 0,
    from = 0,
    to = this.rows,
  ): Promise<void> {
    if (at + to - from > into.length) throw new Error(`${this.path} has more rows than its dataset says`);
    const decoder = new TextDecoder();
    let failure: unknown;
    await parquetRead({
      file: this.file,
      metadata: withoutMeanings(this.metadata),
      columns: [name],
      ...{ rowStart: from, rowEnd: to },
      // A dictionary's texts come through here once each, and its rows take what this returns.
      ...(names && { parsers: { stringFromBytes: (bytes) => names.numberOf(decoder.decode(bytes)) } }),
      onChunk: ({ columnData, rowStart }) => {
        // Nobody waits for what is thrown here.
        try {
          copy(columnData, into, at + rowStart - from, divisor);
        } catch (error) {
          failure ??= error;
        }
      },
    });
    if (failure !== undefined) throw failure;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Without what its numbers mean the library leaves them as they are: else each becomes a Date or a fraction. */
function withoutMeanings(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (element.type === 'BYTE_ARRAY') return element;
    const { converted_type, logical_type, ...physical } = element;
    return physical;
  });
  return { ...metadata, schema };
}

/**
 * Reads columns of one file into arrays, from their place `at` on.
 * @returns the file's rows
 */
export async function readColumns(
  path: string,
  targets: readonly ColumnTarget[],
  at: number,
): Promise<number> {
  const source = await ParquetSource.open(path);
  try {
    for (const target of targets) await source.read(target, at);
    return source.rows;
  } finally {
    await source.close();
  }
}

function copy(values: ArrayLike<unknown>, into: Target, at: number, divisor: number): void {
  if (values instanceof BigInt64Array) {
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = 0; row < values.length; row++) {
      const low = (halves[2 * row] ?? 0) >>> 0;
      into[at + row] = ((halves[2 * row + 1] ?? 0) * 2 ** 32 + low) / divisor;
    }
    return;
  }
  if (values instanceof Int32Array) {
    into.set(values, at);
    return;
  }
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    into[at + row] = value == null ? Number.NaN : Number(value) / divisor;
  }
}
