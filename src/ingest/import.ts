/**
 * The import of a file of payments: read in pieces, checked row by row, committed in batches.
 *
 * Rows are dealt by their payment id to lanes, one for each batch that may be in flight, so that of two rows of one
 * payment the first in the file is judged first. A lane gathers a batch while its last one commits; when it is full
 * and the last one has not come back, reading waits. So memory holds two batches a lane, whatever the file's size.
 *
 * An import may be run again at any time: what an earlier run recorded is a duplicate then.
 */
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from '../domain/capture-rollup.js';
import { removeCardNumbers } from '../domain/card-number.js';
import { AppError, type Problem } from '../domain/errors.js';
import type { MoneyUnit } from '../domain/money.js';
import { conflictProblems, fromRow, type PaymentRules } from '../domain/payment.js';
import type { TimeFormat, Zone } from '../domain/time.js';
import type { Dialect } from '../store/dialect.js';
import type { Commit, Entry, Settlement } from './door.js';
import type { ColumnMapping } from './import-columns.js';
import { formatOf, type ImportFormat, InputFile, refusedPathOf } from './import-file.js';
import { type ImportProgress, type ImportReport, ImportTally } from './import-report.js';
import { CsvRows, type ImportRow, JsonRows, type RowReader } from './import-rows.js';
import { type NameRider, type Prepared, prepareAtOnce } from './intake.js';
import { RefusedRows } from './refused-rows.js';
import { UnitCheck } from './unit-check.js';

export type { ImportCounts, ImportProgress, ImportReport, RefusedRow } from './import-report.js';

export interface ImportOptions {
  readonly file: string;
  /** By default told by the file's ending. */
  readonly format?: ImportFormat | undefined;
  /** The file's names for fields; by default the table's names or the notification's. */
  readonly columns?: ColumnMapping | undefined;
  readonly unit: MoneyUnit;
  readonly time: TimeFormat;
  /** The zone of local times without offset; null: such rows are refused. */
  readonly zone: Zone | null;
  /** CSV only; by default the one that the header uses. */
  readonly delimiter?: string | undefined;
  /** Checks every row and writes the refused ones, but commits nothing and looks nothing up. */
  readonly dryRun?: boolean | undefined;
  /** Rows of a transaction, 1 or more; by default what suits the database. */
  readonly batchRows?: number | undefined;
  /** Where refused rows go; by default beside the input. */
  readonly refusedFile?: string | undefined;
}

export interface ImportEffects {
  readonly commit: Commit;
  /** Batches in flight. A store that commits one at a time takes the others in turn: 2 keep it busy. */
  readonly writers: number;
  readonly dialect: Dialect;
  /** The rules of this Farelog; the options' unit, time and zone take the place of theirs. */
  readonly rules: PaymentRules;
  readonly nameRider: NameRider;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep?: ((ms: number) => Promise<unknown>) | undefined;
  /** Told about every 256 KiB of the file. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Told at once what the report's warnings tell at the end. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** Average price of each payment type so far, in minor units. */
  readonly history?: ReadonlyMap<string, number> | undefined;
}

/**
 * On SQLite 10,000 are 1.4 to 1.8 times as fast as 1,000, since the rows of a transaction share the pages of the
 * indexes; its lock is then held for some 0.2 s. MySQL keeps those pages for all, and rows that wait for a larger batch
 * to be full outlive the collector's first round: 1,000 cost this side 0.87 of the processor time.
 */
const BATCH_ROWS: Readonly<Record<Dialect, number>> = { sqlite: 10_000, mysql: 1_000 };
/** A batch is closed early by its text, as rows may be 64 Ki characters long and statements have a largest size. */
const BATCH_CHARACTERS = 1_048_576;
/** Consecutive payment ids that go to one lane, as neighbours share pages of the table. */
const LANE_IDS_BITS = 8;
/** How long a database that cannot take a batch is waited for. */
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;

/**
 * Imports one file. Rows that cannot be payments, or conflict with one, are written to the file of refused rows.
 * @throws AppError `usage` (the file, its header or an option), `unavailable` (the database, after 60 s); whatever
 * was thrown, the rows committed until then stay, and the import may be run again
 */
export async function importFile(options: ImportOptions, effects: ImportEffects): Promise<ImportReport> {
  const format = options.format ?? formatOf(options.file);
  const refusedPath = options.refusedFile ?? refusedPathOf(options.file, format);
  if (resolve(refusedPath) === resolve(options.file))
    throw new AppError(
      'usage',
      `${refusedPath} is the file to be imported. Name another for the refused rows.`,
    );
  const refused = new RefusedRows(refusedPath);
  const reader = openReader(options, format, refused);
  const input = await InputFile.open(options.file);
  try {
    return await new Import(options, effects, reader, refused).run(input);
  } finally {
    await input.close();
  }
}

function openReader(options: ImportOptions, format: ImportFormat, refused: RefusedRows): RowReader {
  const { file, columns: mapping = {}, delimiter } = options;
  if (format === 'jsonl') return new JsonRows(file, mapping);
  return new CsvRows({ file, mapping, delimiter, onHeader: (header) => refused.useCsv(header) });
}

interface Gathered {
  readonly row: ImportRow;
  /** A promise where the naming of riders is asynchronous. */
  readonly entry: Entry | Promise<Entry>;
}

interface Lane {
  readonly writer: number;
  gathered: Gathered[];
  characters: number;
  /** Conflicts that the next batch tells the error rates of. */
  owed: Entry[];
  /** The last batch; never rejects. */
  committing: Promise<void>;
}

class Import {
  readonly #options: ImportOptions;
  readonly #effects: ImportEffects;
  readonly #rules: PaymentRules;
  readonly #reader: RowReader;
  readonly #refused: RefusedRows;
  readonly #tally: ImportTally;
  readonly #lanes: readonly Lane[];
  readonly #batchRows: number;
  #failure: { readonly error: unknown } | undefined;
  #now: number;

  constructor(options: ImportOptions, effects: ImportEffects, reader: RowReader, refused: RefusedRows) {
    this.#options = options;
    this.#effects = effects;
    this.#rules = {
      ...effects.rules,
      unit: options.unit,
      time: { format: options.time, zone: options.zone },
    };
    this.#reader = reader;
    this.#refused = refused;
    const units = new UnitCheck(effects.history ?? new Map(), this.#rules.currency);
    this.#tally = new ImportTally(refused, units, effects.onWarning);
    this.#lanes = Array.from({ length: effects.writers }, (_, writer) => ({
      writer,
      gathered: [],
      characters: 0,
      owed: [],
      committing: Promise.resolve(),
    }));
    this.#batchRows = options.batchRows ?? BATCH_ROWS[effects.dialect];
    this.#now = effects.clock();
  }

  async run(input: InputFile): Promise<ImportReport> {
    const { clock, onProgress } = this.#effects;
    const { totalBytes } = input;
    const started = this.#now;
    try {
      for await (const { text, bytesRead } of input.pieces()) {
        this.#now = clock();
        await this.#take(this.#reader.push(text));
        onProgress?.({ ...this.#tally.counts, bytesRead, totalBytes, elapsedMs: this.#now - started });
      }
      await this.#take(this.#reader.end());
      await this.#finish();
    } catch (error) {
      await Promise.all(this.#lanes.map((lane) => lane.committing));
      await this.#refused.close();
      throw error;
    }
    onProgress?.({ ...this.#tally.counts, bytesRead: totalBytes, totalBytes, elapsedMs: clock() - started });
    return this.#report();
  }

  async #take(rows: readonly ImportRow[]): Promise<void> {
    for (const row of rows) {
      const full = this.#gather(row);
      if (full !== undefined) await this.#dispatch(full);
    }
    await this.#refused.flush();
  }

  /** Checks a row and puts it into its lane, which is returned when its batch is full. */
  #gather(row: ImportRow): Lane | undefined {
    this.#tally.counts.rows++;
    const prepared = row.ok
      ? prepareAtOnce(row.claim, 'import', this.#rules, this.#effects.nameRider, this.#now)
      : row;
    const lane = this.#laneOf(row);
    if (lane === undefined) return undefined;
    lane.gathered.push({ row, entry: this.#entryOf(row, prepared) });
    lane.characters += row.characters;
    return lane.gathered.length >= this.#batchRows || lane.characters >= BATCH_CHARACTERS ? lane : undefined;
  }

  #entryOf(row: ImportRow, prepared: Prepared | Promise<Prepared>): Entry | Promise<Entry> {
    if (prepared instanceof Promise) {
      const entry = prepared.then((result) => this.#entryOf(row, result));
      // A rejection is met where the batch is committed, which may be later.
      entry.catch(() => undefined);
      return entry;
    }
    if (!prepared.ok) return this.#refuse('invalid', row, prepared.problems);
    this.#tally.sample(prepared.delivery.payment);
    return { kind: 'payment', delivery: prepared.delivery };
  }

  #laneOf(row: ImportRow): Lane | undefined {
    const id = row.ok ? row.claim.payment_id : 0;
    return this.#lanes[typeof id === 'number' ? (id >>> LANE_IDS_BITS) % this.#lanes.length : 0];
  }

  /** Begins to commit what a lane has gathered, once its last batch is settled. */
  async #dispatch(lane: Lane): Promise<void> {
    await lane.committing;
    if (this.#failure !== undefined) throw this.#failure.error;
    const { gathered } = lane;
    lane.gathered = [];
    lane.characters = 0;
    lane.committing = this.#commit(lane, gathered).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async #finish(): Promise<void> {
    // Twice, as the conflicts of a lane's last batch are told with one more.
    for (let round = 0; round < 2; round++) {
      for (const lane of this.#lanes) await this.#dispatch(lane);
      await Promise.all(this.#lanes.map((lane) => lane.committing));
      if (this.#failure !== undefined) throw this.#failure.error;
    }
    this.#tally.warn();
  }

  async #commit(lane: Lane, gathered: readonly Gathered[]): Promise<void> {
    const entries: Entry[] = [];
    for (const { entry } of gathered) entries.push(entry instanceof Promise ? await entry : entry);
    if (this.#options.dryRun === true) {
      this.#tally.counts.recorded += entries.filter((entry) => entry.kind === 'payment').length;
      return;
    }
    const all = [...entries, ...lane.owed];
    lane.owed = [];
    if (all.length === 0) return;
    const settlements = await this.#commitPatiently(all, lane.writer);
    gathered.forEach(({ row }, index) => {
      const [entry, settlement] = [entries[index], settlements[index]];
      const owed = entry?.kind === 'payment' ? this.#settle(row, settlement) : undefined;
      if (owed !== undefined) lane.owed.push(owed);
    });
  }

  /** Commits a batch, waiting for a database that is away or busy for a while. */
  async #commitPatiently(entries: readonly Entry[], writer: number): Promise<readonly Settlement[]> {
    const { commit, clock, sleep = pause } = this.#effects;
    const deadline = clock() + PATIENCE_MS;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
      try {
        return await commit(entries, writer);
      } catch (error) {
        const isTransient =
          error instanceof AppError && (error.code === 'unavailable' || error.code === 'busy');
        if (!isTransient) throw error;
        if (this.#failure !== undefined || clock() + wait > deadline) throw this.#gaveUp(error);
      }
      await sleep(wait);
    }
  }

  #gaveUp(cause: unknown): AppError {
    const { recorded, duplicates } = this.#tally.counts;
    const { file } = this.#options;
    return new AppError(
      'unavailable',
      `The import of ${file} stopped after ${recorded + duplicates} payments were kept, as the database could not take more for ${PATIENCE_MS / 1000} s. Run the same import again when it can: what was recorded is a duplicate then and counts once.`,
      { cause },
    );
  }

  /** Counts what became of a payment; a conflict or a row the database refused is returned as the entry it owes. */
  #settle(row: ImportRow, settlement: Settlement | undefined): Entry | undefined {
    if (settlement?.kind === 'impossible') {
      const message = `body cannot be stored by this database: ${removeCardNumbers(settlement.message)}`;
      return this.#refuse('invalid', row, [{ field: 'body', code: 'refused_by_database', message }]);
    }
    if (settlement?.kind !== 'payment') {
      const message = `The outcome of line ${row.line} of ${this.#options.file} is unknown. Run the import again.`;
      throw new AppError('unavailable', message);
    }
    if (settlement.outcome === 'conflict') {
      const { currency } = this.#rules;
      const stored = fromRow(settlement.row, currency);
      return this.#refuse('conflict', row, conflictProblems(stored, settlement.delivery.payment, currency));
    }
    if (settlement.outcome === 'recorded') this.#tally.counts.recorded++;
    else this.#tally.counts.duplicates++;
    return undefined;
  }

  /** Counts and writes down a refused row; the entry is for the error rates. */
  #refuse(outcome: 'invalid' | 'conflict', row: ImportRow, problems: readonly Problem[]): Entry {
    this.#tally.refuse(outcome, row, problems);
    const reason = reasonOf(outcome, problems[0]);
    return { kind: 'refused', item: { source: 'import', outcome, reason, received_ms: this.#now } };
  }

  async #report(): Promise<ImportReport> {
    const refusedFile = await this.#refused.close();
    if (refusedFile === null) await this.#refused.removeOld();
    const { dryRun = false } = this.#options;
    const { counts, warnings, firstProblems } = this.#tally;
    return { ...counts, dryRun, refusedFile, warnings, firstProblems };
  }
}
