/** The ledger and the capture counts made again from payments, adjustments and captures, in the order of time. Writers wait meanwhile. */
import type { Knex } from 'knex';
import { CaptureFold } from '../domain/capture-rollup.js';
import { AppError } from '../domain/errors.js';
import {
  type Entries,
  isMonth,
  LEDGER_VERSION,
  type LedgerCalendar,
  mergeEntries,
  type Section,
} from '../domain/ledger.js';
import { type Blocks, LedgerFold } from '../domain/ledger-fold.js';
import { type Currency, currencyOf } from '../domain/money.js';
import { adjustmentEnds, markAllPosted, streamAdjustments } from '../store/adjustments.js';
import type { Rebuild, Store } from '../store/dialect.js';
import { streamFacts } from '../store/facts.js';
import { blockRow, nextVersion, saveBlock } from '../store/ledger.js';
import { readMeta, writeMeta } from '../store/meta.js';
import { capturesAfter } from '../store/payments.js';
import { addLedgerKeys } from './ledger-keys.js';

const CHUNK_ROWS = 20_000;
/** From the first year of a DATETIME: other programs may have written rows from before 1970. */
const ALL_TIME = { from: Date.UTC(1000, 0, 1) / 1000, to: Number.MAX_SAFE_INTEGER };

export interface RebuildOptions {
  readonly store: Store;
  readonly calendar: LedgerCalendar;
  readonly currency: Currency;
  readonly onProgress?: (payments: number) => void;
}

/** Rebuilds the ledger in one transaction; returns how many payments it counted. */
export async function rebuildLedger(options: RebuildOptions): Promise<number> {
  const { store, calendar, currency, onProgress } = options;
  let payments = 0;
  await store.rebuild(async (rebuild) => {
    const { trx } = rebuild;
    await refuseOtherDigits(trx, currency);
    const writer = new BlockWriter(trx, await nextVersion(trx));
    for await (const facts of streamFacts(store, trx, currency, { span: ALL_TIME })) {
      for (const ofDay of byDay(facts, ({ logged_s }) => logged_s, calendar)) {
        const fold = new LedgerFold(calendar, await addLedgerKeys(trx, ofDay));
        for (const fact of ofDay) fold.add(fact);
        await writer.add(fold.take());
      }
      payments += facts.length;
      onProgress?.(payments);
    }
    for await (const facts of streamAdjustments(trx, {})) {
      for (const ofDay of byDay(facts, ({ adjusted_s }) => adjusted_s, calendar)) {
        const fold = new LedgerFold(calendar, await addLedgerKeys(trx, ofDay));
        for (const fact of ofDay) fold.addAdjustment(fact);
        await writer.add(fold.take());
      }
    }
    await markAllPosted(trx);
    await writer.end();
    await addCaptures(rebuild);
    await writeMeta(trx, {
      reporting_zone: calendar.zone.name,
      currency: currency.code,
      rollup_version: String(LEDGER_VERSION),
    });
  });
  return payments;
}

/**
 * Adjustments are kept in minor units: another currency with as many digits only renames them.
 * @throws AppError `settings` where they would become other amounts
 */
async function refuseOtherDigits(trx: Knex, currency: Currency): Promise<void> {
  const { currency: code = currency.code } = await readMeta(trx);
  const before = currencyOf(code);
  if (before === undefined || before.digits === currency.digits) return;
  if ((await adjustmentEnds(trx)) === undefined) return;
  const message = `FARELOG_CURRENCY was ${code} and is ${currency.code}, which counts other parts: the adjustments that are recorded would become other amounts. Set it back.`;
  throw new AppError('settings', message);
}

/** Facts in the order of time, a list each day. */
function byDay<T>(facts: readonly T[], second: (fact: T) => number, calendar: LedgerCalendar): T[][] {
  const days: T[][] = [];
  let day = -1;
  for (const fact of facts) {
    const of = calendar.dayOf(second(fact)).day;
    if (of === day) days.at(-1)?.push(fact);
    else days.push([fact]);
    day = of;
  }
  return days;
}

/** Writes blocks that come in the order of time: each once, when its period has passed. */
class BlockWriter {
  readonly #open = new Map<Section, Map<number, Entries>>();

  constructor(
    readonly trx: Knex,
    readonly version: number,
  ) {}

  async add(blocks: Blocks): Promise<void> {
    for (const [section, periods] of blocks) {
      const open = this.#open.get(section) ?? new Map<number, Entries>();
      this.#open.set(section, open);
      for (const [period, entries] of periods) {
        await this.#write(section, open, (other) => isMonth(other) === isMonth(period) && other < period);
        const stands = open.get(period);
        open.set(period, stands === undefined ? entries : mergeEntries(stands, entries));
      }
    }
  }

  async end(): Promise<void> {
    for (const [section, open] of this.#open) await this.#write(section, open, () => true);
  }

  async #write(
    section: Section,
    open: Map<number, Entries>,
    passed: (period: number) => boolean,
  ): Promise<void> {
    for (const [period, entries] of open) {
      if (!passed(period)) continue;
      await saveBlock(this.trx, blockRow(section, period, this.version, entries));
      open.delete(period);
    }
  }
}

async function addCaptures({ trx, addCaptures: add }: Rebuild): Promise<void> {
  for (let last = 0; ; ) {
    const rows = await capturesAfter(trx, last, CHUNK_ROWS);
    const newest = rows.at(-1);
    if (newest === undefined) return;
    const fold = new CaptureFold();
    for (const row of rows) fold.add(row.received_ms, row.source, 'recorded', '');
    await add(fold.take());
    last = newest.sequence;
  }
}
