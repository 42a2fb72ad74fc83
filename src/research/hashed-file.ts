/** A file that is written once, from its beginning to its end, and knows its checksum. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface WrittenFile {
  /** Below the folder that is written, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export class HashedFile {
  readonly #file: number;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #isOpen = true;

  /** @throws where the file is there already */
  constructor(
    folder: string,
    readonly path: string,
  ) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    // Payments are nobody else's to read.
    this.#file = openSync(target, 'wx', 0o600);
  }

  write(bytes: Uint8Array): void {
    // A write may take fewer than it was given.
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  end(): WrittenFile {
    fsyncSync(this.#file);
    this.abandon();
    return { path: this.path, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Closes it where it will not be finished, or is already. */
  abandon(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}

export function writeText(folder: string, path: string, text: string): WrittenFile {
  const file = new HashedFile(folder, path);
  file.write(Buffer.from(text, 'utf8'));
  return file.end();
}

/** Writes whole texts by their paths. */
export function writeTexts(folder: string, texts: ReadonlyMap<string, string>): WrittenFile[] {
  return [...texts].map(([path, text]) => writeText(folder, path, text));
}
