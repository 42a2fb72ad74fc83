import type { Knex } from 'knex';
import { describe, expect, test } from 'vitest';
import { claimFromWebhook } from '../../src/bytemark/payload.js';
import { DEFAULT_FIELDS } from '../../src/bytemark/provider-settings.js';
import { makeWorld } from '../../src/bytemark/sandbox/world.js';
import { toIso } from '../../src/domain/time.js';
import { openDoor } from '../../src/ingest/door.js';
import { prepareAtOnce } from '../../src/ingest/intake.js';
import { unseal } from '../../src/ingest/seal.js';
import type { Store } from '../../src/store/dialect.js';
import { readMeta } from '../../src/store/meta.js';
import { migrateUp } from '../../src/store/migrate.js';
import { paymentsByIds } from '../../src/store/payments.js';
import { DATABASES, describeOn, freshStore, openTestStore, USD } from '../support/databases.js';
import { adjusting, batchOf } from '../support/deliveries.js';
import { effectsOn } from '../support/importing.js';
import { expectLedgerEqualsRawRows } from '../support/ledger.js';
import { failureOf } from '../support/promises.js';
import { DAY_S, FROM, type Provider, pullInto, SEAL_KEY, startSandbox, worldOf } from '../support/pulling.js';

/** What is the same on every database is tested on one. */
const onSqlite = async (): Promise<Store> => {
  const store = openTestStore('sqlite::memory:');
  await migrateUp(store.knex);
  return store;
};

const payments = async (knex: Knex): Promise<number[]> =>
  (await knex('hntb_bytemark_order_payments').select('payment_id').orderBy('payment_id')).map((row) =>
    Number(row.payment_id),
  );

/** Cents of all payments. */
const total = async (knex: Knex): Promise<number> =>
  Math.round(
    Number((await knex('hntb_bytemark_order_payments').sum({ sum: 'total_price' }).first())?.sum) * 100,
  );

async function mark(store: Store): Promise<string | null> {
  const { pulled_until: until } = await readMeta(store.knex);
  return until === undefined ? null : toIso(Number(until));
}

/** Records webhooks as a service would. */
async function deliver(
  store: Store,
  { sandbox }: Provider,
  part: 'onTime' | 'late' = 'onTime',
): Promise<void> {
  const { rules, nameRider } = effectsOn(store);
  const commit = openDoor({ store, currency: USD, maxTries: 5 });
  for (const { body } of makeWorld(sandbox.options.world)[part]) {
    const claim = claimFromWebhook(JSON.parse(body));
    if (claim === undefined) throw new Error('the sandbox delivers what is no notification');
    const prepared = await prepareAtOnce(claim, 'webhook', rules, nameRider, sandbox.options.clock());
    if (prepared.ok) await commit([{ kind: 'payment', delivery: prepared.delivery }], 0);
  }
}

const END = toIso(FROM + 4 * DAY_S);

for (const database of DATABASES) {
  describeOn(database, () => {
    test('a pull brings all that the provider lists, once, whatever is pulled again', async () => {
      const store = await freshStore(database);
      const provider = await startSandbox();
      const all = makeWorld(worldOf()).payments;
      const first = await pullInto(store, provider);
      expect(first).toMatchObject({
        fetched: all.length,
        recorded: all.length,
        duplicates: 0,
        conflicts: 0,
        invalid: 0,
        windows: 4,
        watermark: END,
        warnings: [],
        needsAttention: false,
      });
      const again = await pullInto(store, provider);
      expect(again).toMatchObject({ fetched: all.length, recorded: 0, duplicates: all.length });
      expect(await payments(store.knex)).toEqual(all.map(({ payment_id }) => payment_id));
      expect(await total(store.knex)).toBe(
        Math.round(all.reduce((sum, { amount }) => sum + Number(amount) * 100, 0)),
      );
      const sources = await store.knex('farelog_captures').distinct('source');
      expect(sources).toEqual([{ source: 'pull' }]);
    });

    test('it fetches what webhooks have lost, and quarantines what they told otherwise', async () => {
      const store = await freshStore(database);
      const shares = { lost: 0.1, altered: 0.05, wrong_unit: 0.02, listed_twice: 0.02 };
      const provider = await startSandbox({ world: worldOf({ shares, disorder: 50, duplicated: 0.1 }) });
      await deliver(store, provider);
      const world = makeWorld(provider.sandbox.options.world);
      const planted = (kind: string) => world.planted.filter((one) => one.kind === kind);
      const report = await pullInto(store, provider);
      expect(report).toMatchObject({
        fetched: world.payments.length,
        recorded: planted('lost').length,
        conflicts: planted('altered').length + planted('wrong_unit').length,
        invalid: 0,
        listedTwice: planted('listed_twice').length,
        incomplete: [],
        watermark: END,
        needsAttention: true,
      });
      const kept = await store.knex('farelog_quarantine').select('source', 'reason', 'problems');
      const fields = kept.map((row) => JSON.parse(row.problems).map((one: { field: string }) => one.field));
      expect(fields.flat().sort()).toEqual(
        [...planted('altered'), ...planted('wrong_unit')].map(({ field }) => field).sort(),
      );
      expect(new Set(kept.map(({ source, reason }) => `${source} ${reason}`))).toEqual(
        new Set(['pull conflict']),
      );
    });
  });
}

describe('the watermark', () => {
  test('is where the next pull begins, less the overlap, and late rows come with it', async () => {
    const store = await onSqlite();
    const world = worldOf({ shares: { listed_late: 0.2 } });
    const provider = await startSandbox({ world });
    await pullInto(store, provider);
    provider.sandbox.release();
    const held = makeWorld(world).held.filter(({ second }) => second >= FROM + 3 * DAY_S);
    const next = await pullInto(store, provider, { since: null });
    expect(held.length).toBeGreaterThan(3);
    expect(next).toMatchObject({ from: toIso(FROM + 3 * DAY_S), windows: 1, recorded: held.length });
  });

  test('is missing at first: --since must say where to begin', async () => {
    const provider = await startSandbox();
    const error = await failureOf(pullInto(await onSqlite(), provider, { since: null }));
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('--since') });
  });

  test('is of one list: another address begins anew', async () => {
    const store = await onSqlite();
    await pullInto(store, await startSandbox());
    const error = await failureOf(pullInto(store, await startSandbox(), { since: null }));
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('http://127.0.0.1') });
  });

  test('of an earlier list is where another one begins by itself, so that no time between is left out', async () => {
    const store = await onSqlite();
    const firstFrom = FROM + 4 * DAY_S - 60;
    expect(await pullInto(store, await startSandbox(), { since: null, firstFrom })).toMatchObject({
      from: toIso(firstFrom),
    });
    await store
      .knex('farelog_meta')
      .where('name', 'pulled_until')
      .update({ value: String(FROM + 2 * DAY_S) });
    const next = await pullInto(store, await startSandbox(), { since: null, firstFrom });
    expect(next).toMatchObject({ from: toIso(FROM + DAY_S), windows: 3, watermark: END });
  });

  test('does not leap over what was not fetched', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    provider.time.ms = (FROM + DAY_S) * 1000;
    await pullInto(store, provider);
    provider.time.ms = (FROM + 4 * DAY_S) * 1000;
    const report = await pullInto(store, provider, { since: FROM + 2 * DAY_S });
    expect(report.watermark).toBe(toIso(FROM + DAY_S));
    expect(report.warnings).toEqual([expect.stringContaining(toIso(FROM + DAY_S))]);
    const rest = await pullInto(store, provider, { since: null });
    expect(rest).toMatchObject({ from: toIso(FROM), watermark: END });
    expect(await payments(store.knex)).toHaveLength(makeWorld(worldOf()).payments.length);
  });

  test('stands before a window that is not whole, also when later ones are', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    const client = provider.client();
    // Rows are skipped in every pass of the second day.
    let windows = 0;
    const report = await pullInto(
      store,
      provider,
      {},
      {
        client,
        onProgress: ({ windowsDone }) => {
          if (windowsDone === windows) return;
          windows = windowsDone;
          provider.sandbox.plan(
            windowsDone === 1 ? { move_rows: { by: -5, count: 1_000 } } : { clear: true },
          );
        },
      },
    );
    expect(report.incomplete).toHaveLength(1);
    expect(report.incomplete[0]).toMatchObject({ from: toIso(FROM + DAY_S), to: toIso(FROM + 2 * DAY_S) });
    expect(report).toMatchObject({ watermark: toIso(FROM + DAY_S), needsAttention: true });
    expect(report.warnings).toEqual([expect.stringContaining('did not come whole')]);
    const next = await pullInto(store, provider, { since: null });
    expect(next).toMatchObject({ watermark: END, incomplete: [], needsAttention: false });
    expect(await payments(store.knex)).toHaveLength(makeWorld(worldOf()).payments.length);
  });

  test('goes back to a window before it that is no longer whole', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    await pullInto(store, provider);
    provider.sandbox.plan({ move_rows: { by: -5, count: 1_000 } });
    const report = await pullInto(store, provider, { since: null });
    expect(report).toMatchObject({ watermark: toIso(FROM + 3 * DAY_S), needsAttention: true });
  });

  test('moves with each window, so a pull that is cut off at any request goes on', async () => {
    const all = makeWorld(worldOf()).payments.length;
    for (let request = 1; request <= 10; request++) {
      const store = await onSqlite();
      const provider = await startSandbox();
      const aborting = new AbortController();
      let pages = 0;
      const error = await failureOf(
        pullInto(
          store,
          provider,
          {},
          {
            signal: aborting.signal,
            onProgress: () => ++pages === request && aborting.abort(new Error('cut off')),
          },
        ),
      );
      expect(error).toMatchObject({ message: 'cut off' });
      const here = (await payments(store.knex)).length;
      const reached = (await mark(store)) ?? '';
      const { from, recorded } = await pullInto(store, provider, { since: null, overlapS: 0 });
      expect([from, here + recorded]).toEqual([reached, all]);
    }
  });

  test('is not believed further than what is durable: a commit that fails leaves it', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    const commit = openDoor({ store, currency: USD, maxTries: 5 });
    let commits = 0;
    const error = await failureOf(
      pullInto(
        store,
        provider,
        {},
        {
          commit: async (entries, writer) => {
            // The third window's first page.
            if (++commits === 8) throw new Error('the disk is full');
            return commit(entries, writer);
          },
        },
      ),
    );
    expect(error).toMatchObject({ message: 'the disk is full' });
    const reached = await mark(store);
    const after = await store
      .knex('hntb_bytemark_order_payments')
      .where('logged_on', '>=', reached?.slice(0, 19).replace('T', ' ') ?? '');
    expect(reached).not.toBe(END);
    await pullInto(store, provider, { since: null, overlapS: 0 });
    expect(after.length).toBeLessThan(60);
    expect(await payments(store.knex)).toHaveLength(makeWorld(worldOf()).payments.length);
  });
});

describe('a provider that lists nothing', () => {
  /** Its list is empty; what it once listed was recorded. */
  async function silent(isRecorded: boolean) {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ shares: { unlisted: 1 } }) });
    if (isRecorded) await deliver(store, provider);
    return { store, provider };
  }

  test('is told loudly, and its time is read again', async () => {
    const { store, provider } = await silent(false);
    const report = await pullInto(store, provider);
    expect(report.warnings).toEqual([
      expect.stringMatching(/^0 payments fetched: .* No payment of that time/),
    ]);
    expect(report).toMatchObject({ fetched: 0, watermark: toIso(FROM), needsAttention: false });
    expect(await pullInto(store, provider, { since: null, overlapS: 0 })).toMatchObject({
      from: toIso(FROM),
    });
  });

  test('needs a person where payments of that time are here', async () => {
    const { store, provider } = await silent(true);
    const report = await pullInto(store, provider);
    expect(report.warnings).toEqual([expect.stringMatching(/^0 payments fetched: .* are recorded here/)]);
    expect(report.needsAttention).toBe(true);
  });
});

describe('what is not a payment', () => {
  test('is quarantined under its id as the notification that it should have been', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ unit: 'minor' });
    const [, victim] = makeWorld(worldOf()).payments;
    provider.sandbox.edit(victim?.payment_id ?? 0, { payment_method: '' });
    const client = provider.client({ unit: 'minor' });
    const report = await pullInto(store, provider, {}, { client });
    expect(report).toMatchObject({ invalid: 1, needsAttention: true, watermark: END });
    expect(report.firstProblems).toEqual([
      {
        payment_id: String(victim?.payment_id),
        problems: [expect.objectContaining({ field: 'payment_type' })],
      },
    ]);
    const row = await store.knex('farelog_quarantine').first();
    expect([row.source, row.reason]).toEqual(['pull', 'invalid']);
    expect(JSON.parse(unseal(row.sealed, SEAL_KEY).toString())).toMatchObject({
      payment_id: victim?.payment_id,
      amount: victim?.amount,
      timestamp: victim?.timestamp,
    });
    // Once, however often it is pulled.
    await pullInto(store, provider, {}, { client });
    const kept = await store.knex('farelog_quarantine').select('attempts');
    expect(kept.map(({ attempts }) => Number(attempts))).toEqual([2]);
  });

  test('is not quarantined by the thousand where the settings are wrong', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    const client = provider.client({ fields: { ...DEFAULT_FIELDS, payment_id: 'id' } });
    const error = await failureOf(pullInto(store, provider, {}, { client }));
    expect(error).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('payment_id is missing'),
    });
    expect(await store.knex('farelog_quarantine').select()).toEqual([]);
  });
});

describe('a feed in another unit than it is declared', () => {
  test.each(['major', 'minor'] as const)('is warned of, declared as %s', async (declared) => {
    const store = await onSqlite();
    const provider = await startSandbox({ unit: declared === 'major' ? 'minor' : 'major' });
    // Whole dollars alone can be taken for cents.
    for (const { payment_id } of makeWorld(worldOf()).payments)
      provider.sandbox.edit(payment_id, { amount: '250.00' });
    if (declared === 'minor')
      for (const { payment_id } of makeWorld(worldOf()).payments)
        provider.sandbox.edit(payment_id, { amount: '3' });
    const types = ['credit_card', 'debit_card', 'mobile_payment', 'transit_card'];
    const history = new Map(types.map((type) => [type, 300]));
    const report = await pullInto(
      store,
      provider,
      {},
      { client: provider.client({ unit: declared }), history },
    );
    expect(report.warnings.length).toBeGreaterThan(1);
    expect(report.warnings.every((warning) => warning.includes('unit (major or minor)'))).toBe(true);
  });
});

describe('a dry run', () => {
  test('tells what would become of each, and writes nothing', async () => {
    const store = await onSqlite();
    const shares = { lost: 0.1, altered: 0.05 };
    const provider = await startSandbox({ world: worldOf({ shares }) });
    await deliver(store, provider);
    const before = await payments(store.knex);
    const dry = await pullInto(store, provider, { dryRun: true });
    expect(await payments(store.knex)).toEqual(before);
    expect(await store.knex('farelog_quarantine').select()).toEqual([]);
    expect(await mark(store)).toBeNull();
    const { recorded, duplicates, conflicts, invalid } = await pullInto(store, provider);
    expect(recorded).toBeGreaterThan(5);
    expect(conflicts).toBeGreaterThan(2);
    expect(dry).toMatchObject({ recorded, duplicates, conflicts, invalid, watermark: null });
  });
  test('looks more payments up than one statement may name', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ dailyPayments: 600 }) });
    await deliver(store, provider);
    const here = await payments(store.knex);
    expect(here.length).toBeGreaterThan(2_000);
    const client = provider.client({ limits: { pageRows: 1_000, answerBytes: 1_000_000 } });
    const dry = await pullInto(store, provider, { dryRun: true, windowS: 4 * DAY_S }, { client });
    expect(dry).toMatchObject({ fetched: here.length, duplicates: here.length, recorded: 0 });
    const found = await paymentsByIds(store, [...here, 4_000_000_000]);
    expect(found.map(({ payment_id }) => payment_id).sort((a, b) => a - b)).toEqual(here);
  });
});

describe('adjustments that rows tell of', () => {
  const world = worldOf({ refunded: 0.3, refundsLost: 0.5 });
  const { refunds } = makeWorld(world);
  const sums = async (store: Store) =>
    Number((await store.knex('farelog_adjustments').sum({ minor: 'amount_minor' }).first())?.minor);

  test('are recorded once, after their payments, whatever the unit', async () => {
    expect(refunds.length).toBeGreaterThan(20);
    const minor = refunds.reduce((sum, { amount }) => sum - Math.round(Number(amount) * 100), 0);
    for (const unit of ['major', 'minor'] as const) {
      const store = await onSqlite();
      const provider = await startSandbox({ world, unit });
      const client = provider.client({ unit });
      expect(await pullInto(store, provider, {}, { client })).toMatchObject({
        adjustments: refunds.length,
        invalid: 0,
        conflicts: 0,
      });
      expect(await sums(store)).toBe(minor);
      expect(await pullInto(store, provider)).toMatchObject({ adjustments: 0, recorded: 0 });
      await expectLedgerEqualsRawRows(store);
    }
  });

  test('are not recorded by a dry run, and in quarantine where one is recorded otherwise', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world });
    expect(await pullInto(store, provider, { dryRun: true })).toMatchObject({ adjustments: 0 });
    const [first] = refunds;
    const { refund_id = '', payment_id = 0 } = first ?? {};
    await store.commit(
      batchOf([], { adjustments: [adjusting({ adjustment_id: refund_id, payment_id, amount_minor: -1 })] }),
      0,
    );
    expect(await pullInto(store, provider)).toMatchObject({
      adjustments: refunds.length - 1,
      conflicts: 1,
      needsAttention: true,
    });
    expect(await store.knex('farelog_quarantine').select('reason', 'source')).toEqual([
      { reason: 'conflict', source: 'pull' },
    ]);
  });
});
