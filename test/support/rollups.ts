/** The law of the rollups: what stands in their tables equals a fold of the raw rows. */
import { expect } from 'vitest';
import { fromRow } from '../../src/domain/payment.js';
import { type RollupCalendar, RollupFold, type Rollups } from '../../src/domain/rollup.js';
import type { Rebuild, Store } from '../../src/store/dialect.js';
import { capturesAfter, paymentsAfterId } from '../../src/store/payments.js';
import { recordedCaptures, revenueRollups, riderMonths, riderRollups } from '../../src/store/rollups.js';
import { chicagoReporting } from './databases.js';

const ALL_TIME = { from: 0, to: 2 ** 40 };
const CHUNK = 50;

/** Folds every raw row, read in chunks through `knex`. */
export async function foldRawRows(
  store: Store,
  knex: Rebuild['trx'],
  calendar: RollupCalendar = chicagoReporting().calendar,
): Promise<Rollups> {
  const { currency } = chicagoReporting();
  const fold = new RollupFold(calendar);
  for (let last: number | undefined = 0; last !== undefined; ) {
    const rows = await paymentsAfterId(store, knex, last, CHUNK);
    for (const row of rows) fold.addPayment(fromRow(row, currency));
    last = rows.at(-1)?.payment_id;
  }
  for (let last: number | undefined = 0; last !== undefined; ) {
    const rows = await capturesAfter(knex, last, CHUNK);
    for (const row of rows) fold.addCapture(row.received_ms, row.source, 'recorded', '');
    last = rows.at(-1)?.sequence;
  }
  return fold.take();
}

/** What stands in the rollup tables, with the shards added up. */
export async function storedRollups(store: Store): Promise<Rollups> {
  const { knex } = store;
  const riders = [];
  for (const month of await riderMonths(knex)) riders.push(...(await riderRollups(knex, month)));
  return {
    revenue: await revenueRollups(knex, ALL_TIME),
    riders,
    captures: await recordedCaptures(knex),
  };
}

function inOneOrder(rollups: Rollups): Record<keyof Rollups, string[]> {
  const lines = (rows: readonly object[]): string[] =>
    rows
      .map((row) =>
        JSON.stringify(
          Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)),
          (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
        ),
      )
      .sort();
  return {
    revenue: lines(rollups.revenue),
    riders: lines(rollups.riders),
    captures: lines(rollups.captures),
  };
}

export function expectSameRollups(actual: Rollups, expected: Rollups): void {
  expect(inOneOrder(actual)).toEqual(inOneOrder(expected));
}

export async function expectRollupsEqualRawRows(store: Store): Promise<void> {
  expectSameRollups(await storedRollups(store), await foldRawRows(store, store.knex));
}

/** The whole rebuild, from raw rows. */
export function rebuildFromRawRows(store: Store, meanwhile: () => void = () => {}): Promise<void> {
  return store.rebuild(async ({ trx, add }) => {
    meanwhile();
    await add(await foldRawRows(store, trx));
  });
}
