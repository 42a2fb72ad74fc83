/**
 * Building a dataset.
 *
 * draft → recorded → made. The draft is written beside the place where the dataset will stand, under a name of its own, from
 * one state of the database. Then one transaction looks once more who was erased or has withdrawn meanwhile, holding off
 * both, and writes the audit; and only then the folder gets its name. What fails before leaves nothing behind. A process
 * that is killed leaves a draft, which the next build of the same dataset takes away; killed between audit and name, it
 * leaves an audit of a dataset that nobody got: the audit may say more than there is, never less.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Knex } from 'knex';
import type { AuditEvent } from '../../domain/audit.js';
import { AppError } from '../../domain/errors.js';
import type { Currency } from '../../domain/money.js';
import { studyKey } from '../../domain/study-pseudonym.js';
import type { Zone } from '../../domain/time.js';
import { appendAudit } from '../../store/audit.js';
import { newestCapture, receivedAfter } from '../../store/captures.js';
import type { Store } from '../../store/dialect.js';
import { erasureVersion, holdErasures } from '../../store/erasures.js';
import { newestAdjustment } from '../../store/observed-adjustments.js';
import { allWithdrawn } from '../../store/withdrawals.js';
import { type WrittenFile, writeTexts } from '../hashed-file.js';
import { leftOutRiders } from '../left-out-riders.js';
import { type Filled, fillTables } from './fill.js';
import {
  CHECKSUMS,
  checksumsText,
  MANIFEST,
  type Manifest,
  manifestOf,
  manifestText,
  versionOf,
} from './manifest.js';
import { type AsOf, checkRequest, type DatasetRequest } from './request.js';
import { countingTexts, quotingTexts } from './texts.js';

export interface DatasetSource {
  readonly store: Store;
  readonly zone: Zone;
  readonly currency: Currency;
  readonly clock: () => number;
  /** Of the pseudonyms: the studies' keys come from it. */
  readonly secret: () => string;
}

export type BuiltBy = Pick<AuditEvent, 'actor' | 'operation'>;

export interface BuildListeners {
  /** Told how many payments have been read. */
  readonly onProgress?: ((payments: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltDataset {
  readonly folder: string;
  readonly version: string;
  readonly manifest: Manifest;
  /** What is in the database and not in the dataset. The folder does not tell it: of one rider it would be a secret. */
  readonly left_out: {
    readonly erased_payments: number;
    readonly erased_revenue_minor: string;
    readonly erased_adjusted_minor: string;
    readonly withdrawn_riders: number;
    readonly withdrawn_payments: number;
    readonly withdrawn_revenue_minor: string;
    readonly withdrawn_adjusted_minor: string;
    /** Uses of passes by others than the riders of the dataset. */
    readonly uses_of_others: number;
  };
}

/** @throws AppError `usage` naming all that is wrong, `conflict` where the folder is there or riders left meanwhile */
export async function buildDataset(
  source: DatasetSource,
  request: DatasetRequest,
  by: BuiltBy,
  listeners: BuildListeners = {},
): Promise<BuiltDataset> {
  checkRequest(request);
  const folder = resolve(request.folder);
  refuseExisting(folder);
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  removeLeftDrafts(folder);
  const draft = `${draftsOf(folder)}${process.pid}-${randomBytes(6).toString('hex')}`;
  mkdirSync(draft, { mode: 0o700 });
  try {
    const read = await source.store.snapshot((trx) => readInto(draft, source, request, trx, listeners));
    const { manifest, version } = seal(draft, source, request, read);
    await record(source, read, { ...by, version, manifest });
    refuseExisting(folder);
    renameSync(draft, folder);
    syncFolder(dirname(folder));
    return { folder, version, manifest, left_out: leftOutOf(read.filled) };
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function refuseExisting(folder: string): void {
  if (!existsSync(folder)) return;
  throw new AppError(
    'conflict',
    `${folder} is there already, and a dataset is never changed. Name another folder (--out), or take that one away.`,
  );
}

/** What the names of a dataset's drafts begin with; the process that writes one follows. */
const draftsOf = (folder: string): string => join(dirname(folder), `.${basename(folder)}.draft-`);

/** Takes away drafts of processes that are no more. */
function removeLeftDrafts(folder: string): void {
  const start = basename(draftsOf(folder));
  for (const name of readdirSync(dirname(folder))) {
    const process = /^(\d+)-[0-9a-f]{12}$/.exec(name.slice(start.length))?.[1];
    if (!name.startsWith(start) || process === undefined || isAlive(Number(process))) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Numbers of the last capture and the last adjustment that are in it. */
interface ReadUpTo {
  readonly captures: number;
  readonly adjustments: number;
  /** Whether captures came in later. */
  readonly isEarlier: boolean;
}

interface Read {
  readonly asOf: ReadUpTo;
  readonly erasures: number;
  readonly key: Buffer;
  readonly filled: Filled;
}

async function readInto(
  draft: string,
  { store, zone, currency, secret }: DatasetSource,
  { study, from, to, asOf: wanted, tides, passes = false }: DatasetRequest,
  trx: Knex.Transaction,
  { onProgress = () => undefined, signal }: BuildListeners,
): Promise<Read> {
  const asOf = await resolveAsOf(trx, wanted);
  const erasures = await erasureVersion(trx);
  const key = studyKey(secret(), study);
  const whyLeftOut = await leftOutRiders(trx, secret);
  const tidesOptions =
    tides === undefined
      ? null
      : { dayStartsS: clockSeconds(tides.serviceDayStarts), withRiders: tides.riders === true };
  const filled = await fillTables(
    {
      ...{ store, zone, currency, folder: draft, from, to, ...asOf },
      ...{ key, whyLeftOut, tides: tidesOptions, passes, onProgress, signal },
    },
    trx,
  );
  return { asOf, erasures, key, filled };
}

const MIDNIGHT = '00:00';

function clockSeconds(text = MIDNIGHT): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60;
}

/** @throws AppError `usage` where so much has not come in yet */
async function resolveAsOf(trx: Knex, wanted: AsOf | undefined): Promise<ReadUpTo> {
  const newest = { captures: (await newestCapture(trx)).sequence, adjustments: await newestAdjustment(trx) };
  if (wanted === undefined) return { ...newest, isEarlier: false };
  const { captures } = wanted;
  // Without a number of its own: those of the figures as of that capture, which stood until the next one came in.
  const adjustments = wanted.adjustments ?? (await newestAdjustment(trx, await receivedAfter(trx, captures)));
  if (captures > newest.captures || adjustments > newest.adjustments)
    throw new AppError(
      'usage',
      `as-of is capture ${captures} and adjustment ${adjustments}; the newest here are ${newest.captures} and ${newest.adjustments}.`,
    );
  return { captures, adjustments, isEarlier: captures < newest.captures };
}

/** Writes what is said of the tables, and the checksums. */
function seal(
  draft: string,
  { zone, currency }: DatasetSource,
  { study, from, to, authors, tides }: DatasetRequest,
  { asOf, key, filled }: Read,
): { manifest: Manifest; version: string } {
  const { totals, parts, files, riders } = filled;
  const manifest = manifestOf({
    ...{ study, from, to, zone: zone.name, currency },
    sequence: asOf.captures,
    adjustment_sequence: asOf.adjustments,
    riders_key: keyName(key),
    authors:
      authors === undefined || authors.length === 0 ? [`The team of the study ${study}`] : [...authors],
    payments: totals.payments,
    riders: riders.names.length,
    revenue_minor: String(totals.revenue.value),
    adjustments: totals.adjustments,
    adjusted_minor: String(totals.adjusted.value),
    tables: [...parts],
    tides:
      tides === undefined
        ? null
        : {
            service_day_starts: tides.serviceDayStarts ?? MIDNIGHT,
            with_riders: tides.riders === true,
            rows: filled.tidesRows,
          },
  });
  const described = new Map([[MANIFEST, manifestText(manifest)], ...countingTexts(manifest)]);
  const counting: WrittenFile[] = [...files, ...writeTexts(draft, described)];
  const version = versionOf(counting);
  const all = [...counting, ...writeTexts(draft, quotingTexts(manifest, version))];
  writeTexts(draft, new Map([[CHECKSUMS, checksumsText(all)]]));
  for (const entry of readdirSync(draft, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) syncFolder(join(entry.parentPath, entry.name));
  syncFolder(draft);
  return { manifest, version };
}

/** Names a study's key without telling it. */
function keyName(key: Buffer): string {
  return createHash('sha256').update('farelog study key id\0').update(key).digest('hex').slice(0, 8);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Writes the audit, or refuses where somebody who is in the draft has left since it was read. */
async function record(
  { store, clock }: DatasetSource,
  { erasures, filled }: Read,
  { actor, operation, version, manifest }: BuiltBy & { version: string; manifest: Manifest },
): Promise<void> {
  const { study, from, to, sequence, payments, riders } = manifest;
  const filter = JSON.stringify({ study, from, to, as_of: sequence, payments, riders, version });
  await store.write(async (trx) => {
    // From here on nobody is erased or withdraws until this transaction ends.
    const held = await holdErasures(trx);
    const withdrawn = await allWithdrawn(trx);
    if (held !== erasures || [...withdrawn].some((rider) => filled.riders.numberOf(rider) !== undefined))
      throw new AppError(
        'conflict',
        'Riders were erased or have withdrawn while the dataset was built, so it was thrown away. Build it again.',
      );
    await appendAudit(trx, [{ actor, operation, action: 'dataset.build', filter, at_ms: clock() }]);
  });
}

function leftOutOf({ leftOut, riders, usesOfOthers }: Filled): BuiltDataset['left_out'] {
  const { erased, withdrawn } = leftOut;
  return {
    erased_payments: erased.payments,
    erased_revenue_minor: String(erased.revenue),
    erased_adjusted_minor: String(erased.adjusted),
    withdrawn_riders: riders.withdrawn,
    withdrawn_payments: withdrawn.payments,
    withdrawn_revenue_minor: String(withdrawn.revenue),
    withdrawn_adjusted_minor: String(withdrawn.adjusted),
    uses_of_others: usesOfOthers,
  };
}
