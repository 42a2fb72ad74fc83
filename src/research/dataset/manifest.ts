/**
 * What a dataset says of itself for machines, `dataset.json`, and its checksums. The version is a digest of the checksums of
 * all files but those that quote it, so the same bytes have the same version, and any other byte another one.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../domain/errors.js';
import type { WrittenFile } from '../hashed-file.js';
import { isTable } from './tables.js';

export const MANIFEST = 'dataset.json';
export const CHECKSUMS = 'checksums.sha256';
/** Files that quote the version, which therefore cannot count for it. */
const QUOTING: ReadonlySet<string> = new Set(['datapackage.json', 'README.md', 'CITATION.cff']);

/** Raised when what is written changes its meaning. */
const FORMAT = 1;
const VERSION_HEX_DIGITS = 32;

const path = z.string().regex(/^[\w=-]+(\/[\w=-]+){0,3}\.\w+$/);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const count = z.number().int().nonnegative();
const minorText = z.string().regex(/^-?\d+$/);

const shape = z.object({
  format: z.literal(FORMAT),
  study: z.string(),
  /** Local dates: from inclusive, to exclusive. */
  from: date,
  to: date,
  zone: z.string(),
  currency: z.object({ code: z.string(), digits: count }),
  /** The last capture that is in it. */
  sequence: count,
  /** The last adjustment that is in it, by its number. */
  adjustment_sequence: count,
  /** Tells the study's key from others without telling it: datasets of one study whose keys differ cannot be joined. */
  riders_key: z.string(),
  authors: z.array(z.string()),
  payments: count,
  riders: count,
  /** Sums in minor units, exact, as decimal text: prices as they were paid, and what adjustments changed. */
  revenue_minor: minorText,
  adjustments: count,
  adjusted_minor: minorText,
  tables: z.array(
    z.object({
      table: z.string().refine(isTable),
      month: z
        .string()
        .regex(/^\d{4}-\d{2}$/)
        .nullable(),
      rows: count,
      parquet: path,
      csv: path,
    }),
  ),
  /** Of the TIDES package, where there is one. */
  tides: z.object({ service_day_starts: z.string(), with_riders: z.boolean(), rows: count }).nullable(),
});
export type Manifest = z.infer<typeof shape>;

export function manifestOf(contents: Omit<Manifest, 'format'>): Manifest {
  return { format: FORMAT, ...contents };
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws AppError `invalid` where it is none that this version reads */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON');
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function unreadable(why: string): AppError {
  return new AppError(
    'invalid',
    `${MANIFEST} cannot be read: ${why}. Take the dataset from where it came from again, or build it anew.`,
  );
}

/** As `sha256sum` writes and checks them: `sha256sum --check checksums.sha256`. */
export function checksumsText(files: readonly Pick<WrittenFile, 'path' | 'sha256'>[]): string {
  return files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('');
}

/** @throws AppError `invalid` at a line that is none */
export function parseChecksums(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, sha256, name] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
      if (
        sha256 === undefined ||
        name === undefined ||
        name.startsWith('/') ||
        name.split('/').includes('..')
      )
        throw new AppError(
          'invalid',
          `${CHECKSUMS} cannot be read: "${line.slice(0, 100)}" is no checksum of a file.`,
        );
      return [name, sha256];
    }),
  );
}

export function versionOf(files: readonly Pick<WrittenFile, 'path' | 'sha256'>[]): string {
  const counting = files.filter(({ path }) => !QUOTING.has(path));
  return createHash('sha256').update(checksumsText(counting)).digest('hex').slice(0, VERSION_HEX_DIGITS);
}
