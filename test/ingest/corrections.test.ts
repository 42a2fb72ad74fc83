/** Correcting what reconciliation found: the difference once, whoever corrects, by whatever items, and whatever comes between. */
import { describe, expect, test } from 'vitest';
import { openDoor } from '../../src/ingest/door.js';
import { reconcile } from '../../src/ingest/reconcile.js';
import type { ProviderRecords, ReconciliationSource } from '../../src/ingest/reconcile-records.js';
import { decide, itemsPage } from '../../src/ingest/reconciliation-items.js';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { CHICAGO, openTestStore, USD } from '../support/databases.js';
import { adjusting, batchOf, delivery, SAMPLE_S } from '../support/deliveries.js';
import { effectsOn } from '../support/importing.js';
import { failureOf } from '../support/promises.js';
import { SEAL_KEY } from '../support/pulling.js';

const NOW_MS = (SAMPLE_S + 30 * 86_400) * 1000;
const SPAN = { from: SAMPLE_S - 60, to: SAMPLE_S + 60 };
const BY = { actor: 'command:somebody', operation: 'farelog reconcile correct' };

interface Row {
  readonly id?: number;
  readonly price: string;
  /** What it tells of refunds, by their ids. */
  readonly refunds?: Readonly<Record<string, string>>;
}

/** What a provider lists of the default payment, and of payment 2, so that it never lists nothing. */
function listing(source: ReconciliationSource, ...rows: readonly Row[]): ProviderRecords {
  const records = [...rows, { id: 2, price: '2.50' }].map(({ id = 1, price, refunds = {} }: Row) => ({
    claim: {
      ...{ payment_id: id, user_id: '', order_id: 11, payment_type: 'credit_card' },
      ...{ total_price: price, logged_on: new Date(SAMPLE_S * 1000).toISOString() },
    },
    problems: [],
    adjustments: Object.entries(refunds).map(([adjustment_id, amount]) => ({
      ...{ adjustment_id, payment_id: id, kind: 'refund', amount },
      adjusted_on: new Date((SAMPLE_S + 86_400) * 1000).toISOString(),
    })),
    times: 1,
    text: () => '',
  }));
  return {
    ...{ source, name: source, rules: { unit: 'major', time: { format: 'iso', zone: null } } },
    optional: new Set(['user_id', 'order_id']),
    pieces: async function* () {
      yield { records, whole: true };
    },
  };
}

/** Payments 1 and 2 of 2.50 each, and what a test does with them. */
async function twoPayments() {
  const store = openTestStore('sqlite::memory:');
  await migrateUp(store.knex);
  await store.commit(batchOf([delivery(), delivery({ payment_id: 2, order_id: 11 })]), 0);
  const commit = openDoor({ store, currency: USD, maxTries: 5 });
  const { rules, nameRider } = effectsOn(store);
  return {
    store,
    commit,
    run: (records: ProviderRecords, { pendingS = 0, dryRun = false } = {}) =>
      reconcile(
        { span: SPAN, pendingS, dryRun },
        {
          ...{ records, store, commit, rules, nameRider },
          zone: CHICAGO,
          sealKey: SEAL_KEY,
          clock: () => NOW_MS,
        },
      ),
    correct: (ids: readonly number[] = [1], correcting = { commit, currency: USD }) =>
      decide(store, { decision: 'correct', ids, reason: 'ticket 17' }, BY, () => '', NOW_MS, correcting),
    refund: (amount_minor: number, adjustment_id = 'rf-1') =>
      store.commit(batchOf([], { adjustments: [adjusting({ adjustment_id, amount_minor })] }), 0),
  };
}

async function adjustments({ knex }: Store): Promise<string[]> {
  const rows = await knex('farelog_adjustments')
    .select('kind', 'payment_id', 'amount_minor')
    .orderBy('sequence');
  return rows.map(({ kind, payment_id, amount_minor }) => `${kind} ${payment_id} ${amount_minor}`);
}

async function items(store: Store): Promise<string[]> {
  const { rows } = await itemsPage(store, {}, 10);
  return rows.map(({ kind, status, fields }) =>
    [kind, status, ...fields.map(({ field, here, there }) => `${field} ${here} ${there}`)].join(' '),
  );
}

const AGREES = { open: 0, totals: { difference: 0 }, counts: { matched: 2 } };

describe('a payment that was refunded here', () => {
  test.each<[string, Row, Partial<typeof AGREES>, string[]]>([
    ['and is listed as it was', { price: '2.50' }, AGREES, []],
    ['and is listed with what is left', { price: '1.50' }, AGREES, []],
    ['and is listed with its refund', { price: '2.50', refunds: { 'rf-1': '1.00' } }, AGREES, []],
    [
      'and is listed with what is left beside its refund',
      { price: '1.50', refunds: { 'rf-1': '1.00' } },
      AGREES,
      [],
    ],
    ['and costs another price', { price: '3.00' }, { open: 1 }, ['differs open net_price 1.50 3.00']],
    [
      'and costs another price, with its refund',
      { price: '3.00', refunds: { 'rf-1': '1.00' } },
      { open: 1 },
      ['differs open net_price 1.50 2.00'],
    ],
    [
      'and of which another refund is told by the same name',
      { price: '2.50', refunds: { 'rf-1': '0.40' } },
      { open: 1 },
      ['differs open net_price 1.50 2.10'],
    ],
  ])('%s', async (_, row, outcome, found) => {
    const { store, run, refund, correct } = await twoPayments();
    await refund(-100);
    const report = await run(listing('api', row));
    expect(report).toMatchObject(outcome);
    expect(await items(store)).toEqual(found);
    for (const { difference, explained } of report.days)
      expect(Object.values(explained).reduce((sum, part) => sum + Math.round(part * 100), 0)).toBe(
        Math.round(difference * 100),
      );
    // What differs is what correcting closes.
    if (found.length > 0) await correct();
    expect(await run(listing('api', row))).toMatchObject(AGREES);
  });

  test('a moment ago is too recent to judge, until it is not', async () => {
    const { store, run, refund } = await twoPayments();
    await refund(-100);
    await refund(-50, 'rf-2');
    const told = listing('api', { price: '2.50', refunds: { 'rf-1': '1.00' } });
    expect(await run(told, { pendingS: 40 * 86_400 })).toMatchObject({ open: 0, counts: { pending: 1 } });
    expect(await run(told)).toMatchObject({ open: 1 });
    expect(await items(store)).toEqual(['differs open net_price 1.00 1.50']);
  });

  test('there by the name of another payment’s refund here is told of', async () => {
    const { store, run } = await twoPayments();
    await store.commit(
      batchOf([], { adjustments: [adjusting({ adjustment_id: 'rf-1', payment_id: 2 })] }),
      0,
    );
    const report = await run(listing('api', { price: '2.50', refunds: { 'rf-1': '1.00' } }));
    expect(report).toMatchObject({ open: 1, warnings: [expect.stringContaining('payment 1')] });
    expect(await items(store)).toEqual(['differs open net_price 2.50 1.50']);
  });

  test('there alone is missing here in no dry run, which records none', async () => {
    const { store, run } = await twoPayments();
    const told = listing('api', { price: '2.50', refunds: { 'rf-1': '1.00' } });
    expect(await run(told, { dryRun: true })).toMatchObject(AGREES);
    expect(await adjustments(store)).toEqual([]);
    expect(await run(told)).toMatchObject({ ...AGREES, adjustments_recorded: 1, totals: { total_there: 4 } });
    expect(await adjustments(store)).toEqual(['refund 1 -100']);
  });
});

describe('to correct', () => {
  test('holds against the provider as it was corrected: its first price is another difference', async () => {
    const { store, run, correct } = await twoPayments();
    await run(listing('api', { price: '3.00' }));
    await correct();
    expect(await run(listing('api', { price: '3.00' }))).toMatchObject(AGREES);
    expect(await run(listing('api', { price: '2.50' }))).toMatchObject({ open: 1 });
    expect(await items(store)).toEqual(['differs open net_price 3.00 2.50']);
    await correct();
    expect(await run(listing('api', { price: '2.50' }))).toMatchObject(AGREES);
    expect(await adjustments(store)).toEqual(['correction 1 50', 'correction 1 -50']);
  });

  test('a payment once, where the provider’s API and its settlement say the same of it', async () => {
    const { store, run, correct } = await twoPayments();
    await run(listing('api', { price: '3.00' }));
    await run(listing('file', { price: '3.00' }));
    expect(await correct([1, 2])).toMatchObject([{ status: 'corrected' }, { status: 'corrected' }]);
    expect(await adjustments(store)).toEqual(['correction 1 50']);
  });

  test('what was voided since it was missing there, and is listed after all, brings it back', async () => {
    const { store, run, correct } = await twoPayments();
    await run(listing('api', { id: 3, price: '1.00' }));
    const missing = (await itemsPage(store, { kind: 'missing_there' }, 1)).rows[0]?.id ?? 0;
    await correct([missing]);
    expect(await run(listing('api', { price: '2.50' }))).toMatchObject({ open: 1 });
    const [back] = (await itemsPage(store, { status: 'open' }, 1)).rows;
    expect(back?.fields).toEqual([{ field: 'net_price', here: '0.00', there: '2.50' }]);
    await correct([back?.id ?? 0]);
    expect(await adjustments(store)).toEqual(['void 1 -250', 'correction 1 250']);
  });

  test('a refunded payment that is missing there voids what is left of it', async () => {
    const { store, run, correct, refund } = await twoPayments();
    await refund(-100);
    await run(listing('api', { id: 3, price: '1.00' }));
    const [missing] = (await itemsPage(store, { kind: 'missing_there' }, 1)).rows;
    await correct([missing?.id ?? 0]);
    expect(await adjustments(store)).toEqual(['refund 1 -100', 'void 1 -150']);
  });

  test('at once by two items of a payment records one, and the other finds it', async () => {
    const { store, run, correct } = await twoPayments();
    await run(listing('api', { price: '3.00' }));
    await run(listing('file', { price: '3.00' }));
    await Promise.all([correct([1]), correct([2])]);
    expect(await adjustments(store)).toEqual(['correction 1 50']);
    expect(await items(store)).toEqual([
      'differs corrected total_price 2.50 3.00',
      'differs corrected total_price 2.50 3.00',
    ]);
  });

  test('that was cut off before it was decided adjusts nothing once more', async () => {
    const { store, run, correct, commit } = await twoPayments();
    await run(listing('api', { price: '3.00' }));
    const dies = async (...entries: Parameters<typeof commit>) => {
      await commit(...entries);
      throw new Error('cut off');
    };
    await failureOf(correct([1], { commit: dies, currency: USD }));
    expect([await items(store), await adjustments(store)]).toEqual([
      ['differs open total_price 2.50 3.00'],
      ['correction 1 50'],
    ]);
    await correct();
    expect([await items(store), await adjustments(store)]).toEqual([
      ['differs corrected total_price 2.50 3.00'],
      ['correction 1 50'],
    ]);
  });

  test.each<[string, (state: Awaited<ReturnType<typeof twoPayments>>) => Promise<unknown>, number[], string]>(
    [
      ['after a refund that came between', ({ refund }) => refund(-100), [1], 'Reconcile again'],
      [
        'by two items that say different prices',
        ({ run }) => run(listing('file', { price: '4.00' })),
        [1, 2],
        'different prices of payment 1',
      ],
      [
        'of another field alone',
        ({ store }) =>
          store.knex('farelog_reconciliation_items').update({
            details: JSON.stringify({
              fields: [{ field: 'order_id', here: '1', there: '2' }],
              payment: null,
            }),
          }),
        [1],
        'cannot be corrected',
      ],
      [
        'of what was listed twice',
        ({ store }) => store.knex('farelog_reconciliation_items').update({ kind: 'duplicate_there' }),
        [1],
        'cannot be corrected',
      ],
      [
        'of a payment that was deleted here',
        ({ store }) => store.knex('hntb_bytemark_order_payments').delete(),
        [1],
        'is not here',
      ],
    ],
  )('%s is refused, and decides nothing', async (_, between, ids, why) => {
    const state = await twoPayments();
    await state.run(listing('api', { price: '3.00' }));
    await between(state);
    const before = await adjustments(state.store);
    const error = await failureOf(state.correct(ids));
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining(why) });
    expect(await adjustments(state.store)).toEqual(before);
    expect(await state.store.knex('farelog_audit').select()).toEqual([]);
    expect((await items(state.store)).every((text) => text.includes(' open '))).toBe(true);
  });
});
