import { describe, expect, test } from 'vitest';
import { claimFromWebhook } from '../../src/bytemark/payload.js';
import { DEFAULT_FIELDS } from '../../src/bytemark/provider-settings.js';
import { makeWorld } from '../../src/bytemark/sandbox/world.js';
import { openDoor } from '../../src/ingest/door.js';
import { prepareAtOnce } from '../../src/ingest/intake.js';
import { type ReconcileEffects, type ReconcileOptions, reconcile } from '../../src/ingest/reconcile.js';
import { recordsOfApi } from '../../src/ingest/reconcile-records.js';
import type { ReconciliationReport } from '../../src/ingest/reconcile-report.js';
import { decide, itemsPage } from '../../src/ingest/reconciliation-items.js';
import { runsPage, showRun } from '../../src/ingest/reconciliation-runs.js';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { CHICAGO, openTestStore, USD } from '../support/databases.js';
import { effectsOn } from '../support/importing.js';
import { failureOf } from '../support/promises.js';
import { DAY_S, FROM, type Provider, SEAL_KEY, startSandbox, worldOf } from '../support/pulling.js';

const onSqlite = async (): Promise<Store> => {
  const store = openTestStore('sqlite::memory:');
  await migrateUp(store.knex);
  return store;
};

const SPAN = { from: FROM, to: FROM + 4 * DAY_S };
const all = makeWorld(worldOf()).payments;

/** Records webhooks as a service would. */
async function deliver(store: Store, { sandbox }: Provider): Promise<void> {
  const { rules, nameRider } = effectsOn(store);
  const commit = openDoor({ store, currency: USD, maxTries: 5 });
  for (const { body } of makeWorld(sandbox.options.world).onTime) {
    const claim = claimFromWebhook(JSON.parse(body));
    if (claim === undefined) throw new Error('the sandbox delivers what is no notification');
    const prepared = await prepareAtOnce(claim, 'webhook', rules, nameRider, sandbox.options.clock());
    if (prepared.ok) await commit([{ kind: 'payment', delivery: prepared.delivery }], 0);
  }
}

function run(
  store: Store,
  { client, time }: Provider,
  options: Partial<ReconcileOptions> = {},
  { client: own, ...effects }: Partial<ReconcileEffects> & { client?: ReturnType<Provider['client']> } = {},
): Promise<ReconciliationReport> {
  const { rules, nameRider } = effectsOn(store);
  const { span = SPAN } = options;
  return reconcile(
    { span, pendingS: 0, dryRun: false, ...options },
    {
      records: recordsOfApi(own ?? client(), span, DAY_S, Math.floor(time.ms / 1000)),
      store,
      commit: openDoor({ store, currency: USD, maxTries: 5 }),
      rules,
      zone: CHICAGO,
      nameRider,
      sealKey: SEAL_KEY,
      clock: time.now,
      ...effects,
    },
  );
}

const captures = async (store: Store): Promise<number> =>
  Number((await store.knex('farelog_captures').count({ n: '*' }).first())?.n);
const statuses = async (store: Store): Promise<string[]> =>
  (await itemsPage(store, {}, 100)).rows.map(
    ({ kind, payment_id, status }) => `${kind} ${payment_id} ${status}`,
  );
const correctingOn = (store: Store) => ({
  commit: openDoor({ store, currency: USD, maxTries: 5 }),
  currency: USD,
});
const BY = { actor: 'command:somebody', operation: 'farelog reconcile accept' };
const nobody = (): string => 'rider:someone';

describe('a run', () => {
  test('is kept with its report, which is what it told', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    await deliver(store, provider);
    const { id, exceptions, ...told } = await run(store, provider);
    expect(exceptions).toEqual([]);
    expect(told).toMatchObject({
      counts: { matched: all.length },
      recorded: 0,
      open: 0,
      totals: { difference: 0, payments_here: all.length },
      needs_attention: false,
      warnings: [],
    });
    expect(await showRun(store, id ?? 0)).toMatchObject({ id: 1, source: 'api', report: told });
    expect((await runsPage(store, undefined, 10)).rows).toHaveLength(1);
  });

  test('records what is listed of adjustments and missing here, once, and warns of what is recorded otherwise', async () => {
    const store = await onSqlite();
    const world = worldOf({ refunded: 0.3, refundsLost: 1 });
    const provider = await startSandbox({ world });
    await deliver(store, provider);
    const { refunds } = makeWorld(world);
    expect(await run(store, provider, { dryRun: true })).toMatchObject({ adjustments_recorded: 0 });
    const { id: _, ...first } = await run(store, provider);
    expect(first).toMatchObject({
      adjustments_recorded: refunds.length,
      counts: { matched: all.length },
      totals: { difference: 0 },
      warnings: [],
    });
    expect(await run(store, provider)).toMatchObject({ adjustments_recorded: 0, open: 0 });
    await store
      .knex('farelog_adjustments')
      .where('adjustment_id', refunds[0]?.refund_id)
      .update({ amount_minor: -1 });
    const { warnings } = await run(store, provider);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`payment ${refunds[0]?.payment_id}`);
  });

  test('judges nothing that is too recent, and records none of it', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ shares: { lost: 0.2, unlisted: 0.2 } }) });
    await deliver(store, provider);
    const { planted } = makeWorld(provider.sandbox.options.world);
    const before = await captures(store);
    const report = await run(store, provider, { pendingS: 4 * DAY_S });
    expect(report).toMatchObject({
      counts: { pending: planted.length, missing_here: 0 },
      recorded: 0,
      open: 0,
    });
    expect([report.exceptions, report.needs_attention]).toEqual([[], false]);
    expect(await captures(store)).toBe(before);
    // Two days later half of them are old enough; an item of what is recent is not closed for that.
    const old = await run(store, provider, { pendingS: 2 * DAY_S });
    expect(old.counts.pending).toBeGreaterThan(5);
    expect(old.counts.pending + old.counts.missing_here + old.counts.missing_there).toBe(planted.length);
    const open = old.open;
    expect(open).toBe(old.counts.missing_there);
    expect(await run(store, provider, { pendingS: 4 * DAY_S })).toMatchObject({ closed: 0, open });
  });

  test('calls nothing missing there of a window that did not come whole, and closes nothing', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ shares: { unlisted: 0.1 } }) });
    await deliver(store, provider);
    const first = await run(store, provider);
    expect(first.counts.missing_there).toBeGreaterThan(5);
    // Later pages skip rows in every pass.
    provider.sandbox.plan({ move_rows: { by: -5, count: 100_000 } });
    const moved = await run(store, provider);
    expect(moved.incomplete.length).toBeGreaterThan(3);
    expect(moved).toMatchObject({
      counts: { missing_there: 0 },
      closed: 0,
      open: first.open,
      needs_attention: true,
    });
    expect(moved.warnings[0]).toContain('did not come whole');
    provider.sandbox.plan({ clear: true });
    expect(await run(store, provider)).toMatchObject({ counts: first.counts, closed: 0 });
  });

  test('finds a payment whose time differs over the edges of windows and of the span', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ shares: { altered: 1 }, dailyPayments: 200 }) });
    await deliver(store, provider);
    const { planted } = makeWorld(provider.sandbox.options.world);
    // Windows and a span of a minute: every altered time, a minute early, lies in another one.
    const of = planted.filter(({ field }) => field === 'logged_on').slice(0, 12);
    expect(of).toHaveLength(12);
    for (const { payment_id, delivered, listed } of of) {
      for (const text of [delivered, listed]) {
        const at = Date.parse(text ?? '') / 1000;
        const report = await run(store, provider, { span: { from: at, to: at + 1 }, dryRun: true });
        const found = report.exceptions.filter((one) => one.payment_id === payment_id);
        expect(found.map(({ kind, fields }) => [kind, fields.length])).toEqual([['differs', 1]]);
      }
    }
  });

  test('that is cut off leaves what it has kept, and the next one finds the same', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({
      world: worldOf({ shares: { lost: 0.2, altered: 0.2, unlisted: 0.1 } }),
    });
    await deliver(store, provider);
    const dry = await run(store, provider, { dryRun: true });
    const aborting = new AbortController();
    const error = await failureOf(
      run(
        store,
        provider,
        {},
        {
          signal: aborting.signal,
          onProgress: ({ exceptions }) => exceptions > 20 && aborting.abort(new Error('cut off')),
        },
      ),
    );
    expect(error).toMatchObject({ message: 'cut off' });
    expect((await runsPage(store, undefined, 10)).rows[0]?.headline).toBeNull();
    expect(await showRun(store, 1)).toMatchObject({
      report: null,
      failure: expect.stringContaining('It was stopped'),
    });
    const kept = (await itemsPage(store, {}, 1_000)).rows;
    const rest = await run(store, provider);
    const { missing_here, differs, missing_there } = dry.counts;
    const recorded = kept.filter(({ status }) => status === 'recorded').length;
    expect(recorded + rest.recorded).toBe(missing_here);
    expect((await itemsPage(store, {}, 1_000)).rows).toHaveLength(missing_here + differs + missing_there);
    expect(rest.open).toBe(differs + missing_there);
  });

  test('believes the door: what a webhook has brought meanwhile is not recorded again', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ shares: { lost: 0.1 } }) });
    await deliver(store, provider);
    const door = openDoor({ store, currency: USD, maxTries: 5 });
    const report = await run(
      store,
      provider,
      {},
      {
        commit: async (entries, writer) => {
          await door(entries, writer);
          return door(entries, writer);
        },
      },
    );
    expect(report.counts.missing_here).toBeGreaterThan(5);
    expect(report).toMatchObject({ recorded: 0, open: 0, needs_attention: false });
    expect(await captures(store)).toBe(all.length);
  });

  test('tells of what cannot be read, once, and closes it when it can', async () => {
    const store = await onSqlite();
    const provider = await startSandbox();
    await deliver(store, provider);
    const victim = all[60]?.payment_id ?? 0;
    provider.sandbox.edit(victim, { payment_method: '' });
    const report = await run(store, provider);
    expect(report.exceptions).toEqual([
      expect.objectContaining({
        kind: 'unreadable_there',
        payment_id: victim,
        why: 'payment_type is missing',
      }),
    ]);
    await run(store, provider);
    expect(await statuses(store)).toEqual([`unreadable_there ${victim} open`]);
    provider.sandbox.edit(victim, { payment_method: all[60]?.payment_method ?? '' });
    expect(await run(store, provider)).toMatchObject({ closed: 1, open: 0 });
    expect(await statuses(store)).toEqual([`unreadable_there ${victim} agreed`]);
  });

  test('refuses to make an exception of everything where the settings are wrong, or the provider lists nothing', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({ world: worldOf({ shares: { unlisted: 1 } }) });
    await deliver(store, provider);
    const nothing = await failureOf(run(store, provider));
    expect(nothing).toMatchObject({ kind: 'refused', message: expect.stringContaining('PAYMENTS_PATH') });
    const full = await startSandbox();
    const client = full.client({ fields: { ...DEFAULT_FIELDS, total_price: 'price' } });
    const wrong = await failureOf(run(store, full, {}, { client }));
    expect(wrong).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('total_price is missing'),
    });
    expect(await statuses(store)).toEqual([]);
  });

  test.each([
    [{ from: FROM, to: FROM }, 'before --to'],
    [{ from: FROM + 9 * DAY_S, to: FROM + 10 * DAY_S }, 'not in the past'],
  ])('of %o is refused', async (span, why) => {
    const error = await failureOf(run(await onSqlite(), await startSandbox(), { span }));
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(why) });
  });
});

describe('a decision', () => {
  /** Two payments that cost more at the provider. */
  async function differing() {
    const store = await onSqlite();
    const provider = await startSandbox();
    await deliver(store, provider);
    const victims = [all[10]?.payment_id ?? 0, all[11]?.payment_id ?? 0] as const;
    for (const id of victims) provider.sandbox.edit(id, { amount: '99.00' });
    expect(await run(store, provider)).toMatchObject({ open: 2, counts: { differs: 2 } });
    const decideAs = (decision: Partial<Parameters<typeof decide>[1]>) =>
      decide(
        store,
        { decision: 'accept', ids: [1], reason: 'known', ...decision },
        BY,
        nobody,
        provider.time.now(),
        correctingOn(store),
      );
    return { store, provider, victims, decideAs };
  }

  test('to correct records the difference, and the next run finds both sides the same', async () => {
    const { store, provider, victims, decideAs } = await differing();
    const [first] = await decideAs({ decision: 'correct', ids: [1], reason: 'ticket 17' });
    expect(first).toMatchObject({ status: 'corrected', reason: 'ticket 17', decided_by: BY.actor });
    const rows = await store
      .knex('farelog_adjustments')
      .select('payment_id', 'kind', 'amount_minor', 'reason');
    const [victim] = all.filter(({ payment_id }) => payment_id === victims[0]);
    const amount_minor = 9_900 - Math.round(Number(victim?.amount) * 100);
    expect(rows).toEqual([{ payment_id: victims[0], kind: 'correction', amount_minor, reason: 'ticket 17' }]);
    const after = await run(store, provider);
    expect(after).toMatchObject({ open: 1, counts: { differs: 1, matched: all.length - 1 } });
    await decideAs({ decision: 'correct', ids: [2] });
    expect(await run(store, provider)).toMatchObject({
      open: 0,
      counts: { differs: 0, matched: all.length },
      totals: { difference: 0 },
    });
    expect(await statuses(store)).toEqual([
      `differs ${victims[1]} corrected`,
      `differs ${victims[0]} corrected`,
    ]);
    // What is corrected is decided: nothing is corrected twice.
    expect(await failureOf(decideAs({ decision: 'correct', ids: [1] }))).toMatchObject({ code: 'conflict' });
    expect(await store.knex('farelog_adjustments').select('sequence')).toHaveLength(2);
    // Another price there is another difference, against what is here with its adjustments.
    provider.sandbox.edit(victims[0], { amount: '98.00' });
    expect(await run(store, provider)).toMatchObject({ open: 1, counts: { differs: 1 } });
    await decideAs({ decision: 'correct', ids: [1] });
    expect(await run(store, provider)).toMatchObject({ open: 0, totals: { difference: 0 } });
    const audited = await store.knex('farelog_audit').select('action');
    expect(audited.map(({ action }) => action)).toEqual(Array(3).fill('reconciliation.correct'));
  });

  test('to correct voids what is missing there; of other kinds nothing can be corrected, nor of some of many', async () => {
    const store = await onSqlite();
    const provider = await startSandbox({
      world: worldOf({ shares: { unlisted: 0.05, listed_twice: 0.05 } }),
    });
    await deliver(store, provider);
    const report = await run(store, provider);
    const { rows } = await itemsPage(store, { kind: 'missing_there' }, 100);
    const missing = rows.map(({ id }) => id);
    expect(missing.length).toBeGreaterThan(2);
    const [twice] = (await itemsPage(store, { kind: 'duplicate_there' }, 1)).rows;
    const correct = (ids: readonly number[]) =>
      decide(
        store,
        { decision: 'correct', ids, reason: 'not at Bytemark' },
        BY,
        nobody,
        provider.time.now(),
        correctingOn(store),
      );
    const both = correct([...missing, twice?.id ?? 0]);
    expect(await failureOf(both)).toMatchObject({ code: 'conflict' });
    expect(await store.knex('farelog_adjustments').select('sequence')).toEqual([]);
    await correct(missing);
    const kinds = await store.knex('farelog_adjustments').distinct('kind');
    expect(kinds).toEqual([{ kind: 'void' }]);
    const after = await run(store, provider);
    expect(after.counts).toMatchObject({ missing_there: 0, matched: report.counts.matched + missing.length });
    expect(after.days.flatMap(({ explained }) => Object.keys(explained))).not.toContain('missing_there');
  });

  test('to accept holds as long as the difference is the same, and is about nothing else', async () => {
    const { store, provider, victims, decideAs } = await differing();
    await decideAs({ ids: [1, 2], reason: 'settled by hand' });
    expect(await run(store, provider)).toMatchObject({
      open: 0,
      counts: { differs: 2 },
      needs_attention: false,
    });
    expect(await run(store, provider, { dryRun: true })).toMatchObject({ open: 0, needs_attention: false });
    provider.sandbox.edit(victims[1], { amount: '98.00' });
    expect(await run(store, provider)).toMatchObject({ open: 1 });
    const [changed, same] = (await itemsPage(store, {}, 10)).rows;
    expect(changed).toMatchObject({
      status: 'open',
      reason: null,
      decided_by: null,
      first_run: 1,
      last_run: 3,
    });
    expect(same).toMatchObject({ status: 'accepted', reason: 'settled by hand', decided_by: BY.actor });
  });

  test('to ignore ends on its day', async () => {
    const { store, provider, decideAs } = await differing();
    await decideAs({ decision: 'ignore', ids: [1, 2], untilMs: provider.time.now() + 1_000 });
    expect(await run(store, provider)).toMatchObject({ open: 0 });
    provider.time.ms += 1_000;
    expect(await run(store, provider)).toMatchObject({ open: 2 });
  });

  test('changes no payment, and is in the audit with its reason and its items', async () => {
    const { store, decideAs } = await differing();
    const before = await store.knex('hntb_bytemark_order_payments').select();
    await decideAs({ ids: [2, 1, 2], reason: ' 4111111111111111 is settled ' });
    expect(await store.knex('hntb_bytemark_order_payments').select()).toEqual(before);
    const [row] = await store.knex('farelog_audit').select('actor', 'action', 'operation', 'filter');
    expect(row).toMatchObject({ ...BY, action: 'reconciliation.accept' });
    expect(JSON.parse(row.filter)).toEqual({ ids: [1, 2], reason: '[card number removed] is settled' });
    expect((await itemsPage(store, {}, 10)).rows[0]?.reason).toBe('[card number removed] is settled');
  });

  test.each([
    ['about nothing', { ids: [] }, 'usage', 'ids'],
    ['about too much', { ids: Array.from({ length: 1_001 }, (_, at) => at + 1) }, 'usage', '1000'],
    ['without a reason', { reason: ' ' }, 'usage', 'reason'],
    ['with an endless reason', { reason: 'a'.repeat(1_001) }, 'usage', 'reason'],
    ['to accept until a day', { untilMs: 2e12 }, 'usage', 'until'],
    ['to ignore for ever', { decision: 'ignore' as const }, 'usage', 'until'],
    [
      'to ignore until now',
      { decision: 'ignore' as const, untilMs: (FROM + 4 * DAY_S) * 1000 },
      'usage',
      'until',
    ],
    ['about what is not there', { ids: [1, 77] }, 'not_found', '77'],
  ])('%s is refused, and decides nothing', async (_, changes, code, why) => {
    const { store, decideAs } = await differing();
    expect(await failureOf(decideAs(changes))).toMatchObject({ code, message: expect.stringContaining(why) });
    expect((await statuses(store)).every((text) => text.endsWith('open'))).toBe(true);
    expect(await store.knex('farelog_audit').select()).toEqual([]);
  });

  test('about what was settled meanwhile is refused, and so is what was asked with it', async () => {
    const { store, provider, victims, decideAs } = await differing();
    provider.sandbox.edit(victims[0], { amount: all[10]?.amount ?? '' });
    await run(store, provider);
    const error = await failureOf(decideAs({ ids: [1, 2] }));
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining('(agreed)') });
    expect((await statuses(store)).filter((text) => text.endsWith('accepted'))).toEqual([]);
  });
});
