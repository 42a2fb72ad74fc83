/** A dataset's folder as it lies there: what it says of itself, its version, and whether its files are those it was made of. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { AppError } from '../../domain/errors.js';
import { CHECKSUMS, MANIFEST, type Manifest, parseChecksums, parseManifest, versionOf } from './manifest.js';

/** Both are written at the end and hold a line a file: larger ones are no dataset's. */
const MOST_BYTES = 64 * 2 ** 20;

export interface DatasetFolder {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly version: string;
  /** SHA-256 of every file but that of the checksums. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** @throws AppError `not_found` where there is no dataset, `invalid` where it cannot be read */
export async function readFolder(folder: string): Promise<DatasetFolder> {
  const checksums = parseChecksums(await textOf(folder, CHECKSUMS));
  const manifest = parseManifest(await textOf(folder, MANIFEST));
  const version = versionOf([...checksums].map(([path, sha256]) => ({ path, sha256 })));
  return { folder, manifest, version, checksums };
}

async function textOf(folder: string, name: string): Promise<string> {
  try {
    const bytes = await readFile(join(folder, name));
    if (bytes.length <= MOST_BYTES) return bytes.toString('utf8');
  } catch (error) {
    throw new AppError(
      'not_found',
      `There is no dataset at ${folder}: ${name} is not there or cannot be read. Name the folder that ` +
        '`farelog dataset build` has made.',
      { cause: error },
    );
  }
  throw new AppError('invalid', `${join(folder, name)} is too large to be a dataset's.`);
}

export interface FileDifference {
  readonly path: string;
  readonly problem: 'changed' | 'missing' | 'not_in_checksums';
}

/** Reads every file and compares it with its checksum; files that have none are told of too. */
export async function differingFiles(
  { folder, checksums }: DatasetFolder,
  onProgress?: (files: number) => void,
): Promise<FileDifference[]> {
  const differences: FileDifference[] = [];
  let done = 0;
  for (const [path, expected] of checksums) {
    const found = await checksumOf(join(folder, path));
    if (found !== expected) differences.push({ path, problem: found === undefined ? 'missing' : 'changed' });
    onProgress?.(++done);
  }
  for (const path of await filesBelow(folder)) {
    if (path !== CHECKSUMS && !checksums.has(path)) differences.push({ path, problem: 'not_in_checksums' });
  }
  return differences;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length))
    .map((path) => path.split(sep).join('/'))
    .sort();
}

async function checksumOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

/** @throws AppError `invalid` naming the first files that differ */
export async function requireSound(dataset: DatasetFolder): Promise<void> {
  const differences = await differingFiles(dataset);
  if (differences.length === 0) return;
  const some = differences
    .slice(0, 5)
    .map(({ path, problem }) => `${path} (${problem.replaceAll('_', ' ')})`);
  throw new AppError(
    'invalid',
    `The dataset at ${dataset.folder} is not what was built: ${differences.length} files differ, such as ` +
      `${some.join(', ')}. Take it from where it came from again.`,
  );
}
