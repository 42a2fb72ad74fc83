/** A release as a folder. Names of its files are made here, of words that this code knows; none comes from data. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';

/** Rows that are written at once. */
const CHUNK = 5_000;

export class ReleaseFolder {
  readonly #files: { readonly name: string; readonly sha256: string }[] = [];

  /** @param path of a folder that is not there yet */
  constructor(readonly path: string) {
    mkdirSync(path, { recursive: false, mode: 0o700 });
  }

  writeCsv(name: string, columns: readonly string[], rows: Iterable<readonly string[]>): void {
    const hash = createHash('sha256');
    const file = openSync(join(this.path, name), 'wx', 0o600);
    const write = (some: readonly (readonly string[])[]): void => {
      const text = stringify([...some], { record_delimiter: 'windows', quoted_match: /[\r\n]/ });
      hash.update(text);
      writeSync(file, text);
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
    fsyncSync(file);
    closeSync(file);
    this.#files.push({ name, sha256: hash.digest('hex') });
  }

  writeText(name: string, text: string): void {
    writeFileSync(join(this.path, name), text, { flag: 'wx', mode: 0o600 });
    this.#files.push({ name, sha256: createHash('sha256').update(text).digest('hex') });
  }

  /** Writes the list of checksums, as `sha256sum -c` reads it; returns the list's own, which stands for all of it. */
  seal(): string {
    const lines = this.#files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).sort();
    writeFileSync(join(this.path, 'SHA256SUMS'), lines.join(''), { flag: 'wx', mode: 0o600 });
    return createHash('sha256')
      .update(readFileSync(join(this.path, 'SHA256SUMS')))
      .digest('hex');
  }
}
