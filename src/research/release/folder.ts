/** A release as a folder. Names of its files are made here, of words that this code knows; none comes from data. */
import { mkdirSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { HashedFile, type WrittenFile, writeText } from '../hashed-file.js';

/** Rows that are written at once. */
const CHUNK = 5_000;

export class ReleaseFolder {
  readonly #files: WrittenFile[] = [];

  /** @param path of a folder that is not there yet */
  constructor(readonly path: string) {
    mkdirSync(path, { recursive: false, mode: 0o700 });
  }

  writeCsv(name: string, columns: readonly string[], rows: Iterable<readonly string[]>): void {
    const file = new HashedFile(this.path, name);
    const write = (some: readonly (readonly string[])[]): void => {
      const text = stringify([...some], { record_delimiter: 'windows', quoted_match: /[\r\n]/ });
      file.write(Buffer.from(text, 'utf8'));
    };
    write([columns]);
    let waiting: (readonly string[])[] = [];
    for (const row of rows) {
      waiting.push(row);
      if (waiting.length < CHUNK) continue;
      write(waiting);
      waiting = [];
    }
    write(waiting);
    this.#files.push(file.end());
  }

  writeText(name: string, text: string): void {
    this.#files.push(writeText(this.path, name, text));
  }

  /** Writes the list of checksums, as `sha256sum -c` reads it; returns the list's own, which stands for all of it. */
  seal(): string {
    const lines = this.#files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
    return writeText(this.path, 'SHA256SUMS', lines.join('')).sha256;
  }
}
