/**
 * What a dataset says of itself for machines, `dataset.json`, and its checksums. The version is a digest of the checksums of
 * all files but those that quote it, so the same bytes have the same version, and any other byte another one.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../domain/errors.js';
import type { WrittenFile } from './hashed-file.js';
import { TABLES, type TableName } from './tables.js';

export const MANIFEST = 'dataset.json';
export const CHECKSUMS = 'checksums.sha256';
/** Files that quote the version, which therefore cannot count for it. */
const QUOTING: ReadonlySet<string> = new Set(['datapackage.json', 'README.md', 'CITATION.cff']);

/** Raised when what is written changes its meaning. */
const FORMAT = 1;
const VERSION_HEX_DIGITS = 32;

const isTable = (name: string): name is TableName => Object.hasOwn(TABLES, name);
const path = z.string().regex(/^[\w=-]+(\/[\w=-]+){0,3}\.\w+$/);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const count = z.number().int().nonnegative();

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
  payments: count,
  riders: count,
  /** Gross revenue in minor units, exact, as decimal text. */
  revenue_minor: z.string().regex(/^-?\d+$/),
  left_out: z.object({
    /** Payments of erased riders. Who they were, and how many, is not known any more. */
    erased_payments: count,
    withdrawn_riders: count,
    withdrawn_payments: count,
    /** Adjustments of either, and those whose payment is not here. */
    adjustments: count,
    passes: count,
  }),
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
  tides: z
    .object({
      service_day_starts: z.string(),
      with_riders: z.boolean(),
      files: z.array(z.object({ path, rows: count })),
    })
    .nullable(),
});
export type Manifest = z.infer<typeof shape>;

export function manifestText(manifest: Omit<Manifest, 'format'>): string {
  return `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`;
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
