/** Rollups made again from payments and captures, by the fold that the live commits use. Writers wait meanwhile. */
import type { Currency } from '../domain/money.js';

import { fromRow } from '../domain/payment.js';
import { ROLLUP_VERSION, type RollupCalendar, RollupFold } from '../domain/rollup.js';
import type { Rebuild, Store } from '../store/dialect.js';
import { writeMeta } from '../store/meta.js';
import { capturesAfter, paymentsAfterId } from '../store/payments.js';

/** Rows read and folded at a time: memory is bounded by this, not by the table. */
const CHUNK_ROWS = 20_000;

export interface RebuildOptions {
  readonly store: Store;
  readonly calendar: RollupCalendar;
  readonly currency: Currency;
  readonly onProgress?: (payments: number) => void;
}

/** Rebuilds every rollup in one transaction; returns how many payments it counted. */
export async function rebuildRollups(options: RebuildOptions): Promise<number> {
  const { store, calendar, currency } = options;
  let payments = 0;
  await store.rebuild(async (rebuild) => {
    payments = await addPayments(options, rebuild);
    await addCaptures(options, rebuild);
    await writeMeta(rebuild.trx, {
      reporting_zone: calendar.zone.name,
      currency: currency.code,
      rollup_version: String(ROLLUP_VERSION),
    });
  });
  return payments;
}

async function addPayments(options: RebuildOptions, { trx, add }: Rebuild): Promise<number> {
  const { store, calendar, currency, onProgress } = options;
  let payments = 0;
  for (let last = -1; ; ) {
    const rows = await paymentsAfterId(store, trx, last, CHUNK_ROWS);
    const newest = rows.at(-1);
    if (newest === undefined) return payments;
    const fold = new RollupFold(calendar);
    for (const row of rows) fold.addPayment(fromRow(row, currency));
    await add(fold.take());
    last = newest.payment_id;
    payments += rows.length;
    onProgress?.(payments);
  }
}

async function addCaptures({ calendar }: RebuildOptions, { trx, add }: Rebuild): Promise<void> {
  for (let last = 0; ; ) {
    const rows = await capturesAfter(trx, last, CHUNK_ROWS);
    const newest = rows.at(-1);
    if (newest === undefined) return;
    const fold = new RollupFold(calendar);
    for (const row of rows) fold.addCapture(row.received_ms, row.source, 'recorded', '');
    await add(fold.take());
    last = newest.sequence;
  }
}
