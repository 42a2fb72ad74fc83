/**
 * Figures as they stood: what was told after a batch of payments is told again when it is asked for as of that batch,
 * whatever came in since; and restatements account for the difference, to the cent.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { type Delivery, SOURCES } from '../../src/domain/outcome.js';
import type { FigureRequest, TrendRow } from '../../src/index.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery, quarantined } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks, POSTINGS, type Posting, post } from '../support/figures.js';
import { calendarOf, DAY, HOUR, isoOf, secondOf } from '../support/local-calendar.js';
import * as plain from '../support/plain-figures.js';
import { expectFigures } from '../support/same-figures.js';

const ZONE = 'America/Chicago';
const NOW = secondOf('2026-01-15T12:34:56Z');
/** When the first batch comes in; each later one does hours after. */
const FIRST_S = secondOf('2025-11-03T09:00:00Z');
const RIDERS = ['r1', 'r2', 'r3', 'r4', 'r5'];

function openAt(databaseUrl: string): Promise<App> {
  return openTestApp({
    databaseUrl,
    environment: { FARELOG_REPORT_TIMEZONE: ZONE },
    clock: () => NOW * 1000,
  });
}

/** Every figure of a request, under its name. */
async function allFigures({ figures }: App, request: FigureRequest): Promise<Record<string, unknown>> {
  const page = await figures.topRiders({ ...request, limit: 2 });
  const { next_cursor: cursor } = page;
  return {
    methods: await figures.methods(request),
    daily: await figures.trends('daily', { ...request, compare: 'week' }),
    byType: await figures.trends('daily', { ...request, byType: true }),
    hourly: await figures.trends('hourly', { ...request, fill: false }),
    weekly: await figures.trends('weekly', request),
    monthly: await figures.trends('monthly', { ...request, compare: 'year' }),
    profile: await figures.profile(request),
    prices: await figures.prices(request),
    distribution: await figures.spendingDistribution(request),
    activity: await figures.riderActivity('daily', request),
    months: await figures.riderActivity('monthly', request),
    page,
    nextPage: cursor === null ? null : await figures.topRiders({ ...request, limit: 2, cursor }),
    performance: await figures.performance(request),
    report: await figures.report({ ...request, riders: { limit: 100 } }),
    r1: await figures.spending('r1', { asOf: request.asOf }),
    nobody: await figures.spending('nobody', { asOf: request.asOf }),
  };
}

interface Scene {
  /** Batches as they come in, one after the other. */
  readonly batches: readonly (readonly Delivery[])[];
  readonly postings: readonly Posting[];
  readonly request: FigureRequest;
}

/** Late payments into old days, of riders seen before and new ones; each batch some hours after the one before. */
function anyScene(): fc.Arbitrary<Scene> {
  const payment = fc.record({
    logged_s: fc.oneof(
      fc.integer({ min: FIRST_S - 3 * DAY, max: FIRST_S }),
      fc.integer({ min: FIRST_S - 70 * DAY, max: FIRST_S }),
      fc.constantFrom(0, 7, 365).map((days) => FIRST_S - days * DAY),
    ),
    price_minor: fc.oneof(fc.constantFrom(100, 250), fc.integer({ min: 1, max: 9_999 })),
    payment_type: fc.constantFrom('credit_card', 'coins', 'other'),
    user_id: fc.constantFrom(...RIDERS),
    source: fc.constantFrom(...SOURCES),
  });
  const request = fc.constantFrom<FigureRequest>(
    { from: '2025-10-01', to: '2025-11-04' },
    { from: '2025-11-02', to: '2025-11-03' },
    { from: '2025-10-31T23:17:01-05:00', to: '2025-11-03T03:30:30Z' },
    { from: '2025-10-20' },
    { days: 100 },
  );
  const batch = fc.array(payment, { minLength: 1, maxLength: 15 });
  return fc
    .record({
      batches: fc.array(batch, { minLength: 2, maxLength: 4 }),
      postings: fc.array(fc.constantFrom(...POSTINGS), { minLength: 5, maxLength: 5 }),
      request,
    })
    .map(({ batches, ...rest }) => ({ ...rest, batches: numbered(batches) }));
}

function numbered(batches: readonly (readonly Partial<Delivery['payment']>[])[]): Delivery[][] {
  let payment_id = 0;
  return batches.map((batch, index) =>
    batch.map((payment, place) => {
      const received_ms = (FIRST_S + index * 3 * HOUR) * 1000 + place * 700 + 300;
      return delivery({ ...payment, payment_id: ++payment_id, received_ms });
    }),
  );
}

/** What was told after a batch. */
interface Told {
  readonly asOf: number;
  readonly figures: Record<string, unknown>;
  readonly daily: TrendRow[];
}

/** Some instant after a batch came in and before the next did. */
function instantAfter(batch: number): string {
  return isoOf(FIRST_S + batch * 3 * HOUR + 2 * HOUR);
}

async function record(app: App, scene: Scene): Promise<Told[]> {
  const told: Told[] = [];
  let recorded = 0;
  for (const [index, batch] of scene.batches.entries()) {
    await recordAll(app, batch);
    recorded += batch.length;
    await post(app, scene.postings[index] ?? 'none', recorded);
    const figures = await allFigures(app, scene.request);
    const { rows: daily, as_of } = await app.figures.trends('daily', { ...scene.request, fill: false });
    told.push({ asOf: as_of, figures, daily });
  }
  return told;
}

async function expectAsTold(app: App, { request }: Scene, told: readonly Told[]): Promise<void> {
  for (const [index, { asOf, figures }] of told.entries()) {
    expect(await allFigures(app, { ...request, asOf: String(asOf) })).toEqual(figures);
    expect(await allFigures(app, { ...request, asOf: instantAfter(index) })).toEqual(figures);
  }
}

/** Between any two of the answers, restatements tell each day's difference. */
async function expectRestated(app: App, scene: Scene, told: readonly Told[]): Promise<void> {
  for (const [index, earlier] of told.entries()) {
    for (const [other, later] of told.entries()) {
      const asked = { ...scene.request, since: String(earlier.asOf), asOf: String(later.asOf) };
      const { rows } = await app.figures.restatements(asked);
      const over = overBy(scene, index);
      const late = scene.batches
        .slice(index + 1, other + 1)
        .flat()
        .filter(({ payment }) => over(calendarOf(ZONE).dateOf(payment.logged_s)));
      const range = rangeOf(scene.request);
      const books = { zone: ZONE, digits: 2, deliveries: [], now: NOW };
      expectFigures(rows, plain.restatements(books, 'USD', range, late));
      if (other < index) continue;
      const changed = [...differences(earlier.daily, later.daily)].filter(([date = '']) => over(date));
      expect(new Map(rows.map((row) => [row.date, cents(row.late_revenue)]))).toEqual(new Map(changed));
      const report = await app.figures.report({ ...asked, riders: null });
      expect(report.restated).toEqual(rows);
    }
  }
}

/** Whether a day was over while a batch's state stood, which is until the next batch came in. */
function overBy({ batches }: Scene, index: number): (date: string) => boolean {
  const next = batches.slice(index + 1).find((batch) => batch.length > 0)?.[0];
  if (next === undefined) return () => false;
  const then = calendarOf(ZONE).dateOf(Math.floor(next.capture.received_ms / 1000));
  return (date) => date < then;
}

function rangeOf({ from, to, days }: FigureRequest): plain.Range {
  const momentOf = (text: string): number =>
    text.includes('T') ? secondOf(text) : calendarOf(ZONE).startOfDate(text);
  return {
    from: from === undefined ? NOW - (days ?? 0) * DAY : momentOf(from),
    to: to === undefined ? plain.NO_END : momentOf(to),
  };
}

function cents(amount: number): number {
  return Math.round(amount * 100);
}

function differences(
  earlier: readonly TrendRow[],
  later: readonly TrendRow[],
): Map<string | undefined, number> {
  const before = new Map(earlier.map((row) => [row.date, cents(row.revenue)]));
  const changed = later.map((row): [string | undefined, number] => [
    row.date,
    cents(row.revenue) - (before.get(row.date) ?? 0),
  ]);
  return new Map(changed.filter(([, by]) => by !== 0));
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('as of a batch, every figure is what was told then, and restatements tell the difference', async () => {
      const app = await openAt(await database.freshUrl());
      await fc.assert(
        fc.asyncProperty(anyScene(), async (scene) => {
          await emptyBooks(app);
          const told = await record(app, scene);
          await expectAsTold(app, scene, told);
          await expectRestated(app, scene, told);
          await post(app, scene.postings.at(-1) ?? 'none', scene.batches.flat().length);
          await expectAsTold(app, scene, told);
        }),
        { numRuns: database.dialect === 'sqlite' ? 8 : 3 },
      );
    });

    /** Two payments of a day, three hours apart in coming in, the second in the middle of a second. */
    async function twoCaptures(): Promise<App> {
      const app = await openAt(await database.freshUrl());
      const at = (hours: number): Partial<Delivery['capture']> => ({
        received_ms: (FIRST_S + hours * HOUR) * 1000 + 500,
      });
      await recordAll(app, [
        delivery({ payment_id: 1, logged_s: FIRST_S - DAY, price_minor: 100, ...at(0) }),
        delivery({ payment_id: 2, logged_s: FIRST_S - DAY, price_minor: 200, ...at(3) }),
      ]);
      return app;
    }
    const WEEK = { from: '2025-11-01', to: '2025-11-08' };
    const revenueOf = async ({ figures }: App, asOf?: string): Promise<[number, number, string | null]> => {
      const { rows, as_of, as_of_received_at } = await figures.methods({ ...WEEK, asOf });
      return [rows[0]?.total_revenue ?? 0, as_of, as_of_received_at];
    };

    test('an instant names the last capture that had come in by then, to the second as answers tell it', async () => {
      const app = await twoCaptures();
      const first = '2025-11-03T03:00:00-06:00';
      const second = '2025-11-03T06:00:00-06:00';
      expect(await revenueOf(app)).toEqual([3, 2, second]);
      for (const [asOf, expected] of [
        ['2025-11-03T08:59:59Z', [0, 0, null]],
        [first, [1, 1, first]],
        ['2025-11-03T11:59:59Z', [1, 1, first]],
        [second, [3, 2, second]],
        ['2025-11-03', [0, 0, null]],
        ['2025-11-04', [3, 2, second]],
        ['2099-01-01', [3, 2, second]],
        ['0', [0, 0, null]],
        ['1', [1, 1, first]],
        ['2', [3, 2, second]],
      ] as const) {
        expect(await revenueOf(app, asOf)).toEqual(expected);
      }
      // Every answer can be asked for again by what it says of itself.
      for (const asOf of [undefined, '1', '2']) {
        const [, , received] = await revenueOf(app, asOf);
        expect(await revenueOf(app, received ?? '')).toEqual(await revenueOf(app, asOf));
      }
    });

    test('a capture that is not there yet is refused, and so is what names none', async () => {
      const app = await twoCaptures();
      const { figures } = app;
      const usage = (message: RegExp) =>
        expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });
      await expect(figures.methods({ ...WEEK, asOf: '3' })).rejects.toEqual(
        usage(/^as-of 3 is not captured yet; the newest capture is 2\.$/),
      );
      await expect(figures.restatements({ ...WEEK, since: '3' })).rejects.toEqual(usage(/^since 3 is not/));
      await expect(figures.report({ ...WEEK, since: '999999999999999' })).rejects.toEqual(usage(/^since 9/));
      for (const wrong of ['', 'yesterday', '-1', '1.5', '2025-11-03T09:00:00', '1e3']) {
        await expect(figures.spending('rider-1', { asOf: wrong })).rejects.toEqual(usage(/^as-of must be/));
        await expect(figures.restatements({ ...WEEK, since: wrong })).rejects.toEqual(
          usage(/^since must be/),
        );
      }
      const empty = await openAt(await database.freshUrl());
      await expect(empty.figures.methods({ ...WEEK, asOf: '1' })).rejects.toEqual(
        usage(/the newest capture is 0/),
      );
      expect(await revenueOf(empty, '0')).toEqual([0, 0, null]);
      expect(await revenueOf(empty, '2025-11-03')).toEqual([0, 0, null]);
    });

    test('payments that another program wrote have no capture: they count as of any, and restate nothing', async () => {
      const app = await openAt(await database.freshUrl());
      const rows = [1, 2].map((payment_id) => ({
        payment_id,
        user_id: `other-${payment_id}`,
        order_id: payment_id,
        payment_type: 'coins',
        total_price: 0.1,
        logged_on: '2025-11-02 12:00:00',
      }));
      await app.store.knex('hntb_bytemark_order_payments').insert(rows);
      await app.rebuild();
      expect(await revenueOf(app)).toEqual([0.2, 0, null]);
      const told = await allFigures(app, WEEK);
      const late = delivery({ payment_id: 3, logged_s: FIRST_S - DAY, received_ms: FIRST_S * 1000 });
      await recordAll(app, [late]);
      await app.post();
      expect(await app.verify()).toMatchObject({ ok: true, payments: 3 });
      const [, sequence] = await revenueOf(app);
      expect(await allFigures(app, { ...WEEK, asOf: String(sequence - 1) })).toEqual(
        JSON.parse(JSON.stringify(told).replaceAll('"as_of":0', `"as_of":${sequence - 1}`)),
      );
      const { rows: restated } = await app.figures.restatements({ ...WEEK, since: '0' });
      expect(restated.map((row) => [row.date, row.late_transactions])).toEqual([['2025-11-02', 1]]);
      expect(await app.figures.methods(WEEK)).toMatchObject({
        rows: [
          { payment_type: 'credit_card', transaction_count: 1 },
          { payment_type: 'coins', transaction_count: 2, total_revenue: 0.2 },
        ],
      });
    });

    test('what was left out as of a capture is what had come in before the next', async () => {
      const app = await openAt(await database.freshUrl());
      const { commit } = await app.writeSide();
      const receivedAt = (hours: number): { received_ms: number } => ({
        received_ms: (FIRST_S + hours * HOUR) * 1000,
      });
      const pay = (payment_id: number, hours: number) =>
        recordAll(app, [delivery({ payment_id, logged_s: FIRST_S - DAY, ...receivedAt(hours) })]);
      const leave = (digest: string, hours: number, reason: 'invalid' | 'conflict') =>
        commit(
          [
            {
              kind: 'quarantine',
              item: quarantined({ digest: digest.repeat(64), reason, ...receivedAt(hours) }),
            },
          ],
          0,
        );
      const ask = async (asOf?: string) => {
        const { left_out } = await app.figures.report({ ...WEEK, asOf, riders: null });
        const { errorRates } = await app.figures.performance({ ...WEEK, asOf });
        return { left_out, errorRates };
      };
      await pay(1, 0);
      await leave('a', 1, 'invalid');
      const told = await ask();
      expect(told).toEqual({
        left_out: [{ reason: 'invalid', status: 'open', deliveries: 1 }],
        errorRates: [
          { source: 'webhook', outcome: 'recorded', reason: '', deliveries: 1, rate: 0.5 },
          { source: 'webhook', outcome: 'invalid', reason: 'total_price.negative', deliveries: 1, rate: 0.5 },
        ],
      });
      await pay(2, 4);
      await leave('b', 5, 'conflict');
      await pay(3, 6);
      expect(await ask('1')).toEqual(told);
      expect((await ask('2')).left_out).toEqual([
        { reason: 'conflict', status: 'open', deliveries: 1 },
        { reason: 'invalid', status: 'open', deliveries: 1 },
      ]);
      expect(await ask('3')).toEqual(await ask());
      expect(await ask('0')).toEqual({ left_out: [], errorRates: [] });
    });

    test('a restatement names weekday, amount, count and sources', async () => {
      const app = await openAt(await database.freshUrl());
      const late = (payment_id: number, price_minor: number, source: Delivery['capture']['source']) =>
        delivery({ payment_id, price_minor, source, logged_s: secondOf('2025-11-04T12:00:00Z') });
      await recordAll(app, [late(1, 100, 'webhook')]);
      const received_ms = secondOf('2025-11-06T12:00:00Z') * 1000;
      await recordAll(
        app,
        [
          late(2, 1, 'import'),
          late(3, 499, 'webhook'),
          late(4, 700, 'webhook'),
          late(5, 5, 'api'),
          delivery({
            payment_id: 6,
            price_minor: 250,
            source: 'replay',
            logged_s: secondOf('2025-11-05T05:59:59Z'),
          }),
          delivery({
            payment_id: 7,
            price_minor: 250,
            source: 'replay',
            logged_s: secondOf('2025-11-05T06:00:00Z'),
          }),
        ].map(({ payment, capture }) => ({ payment, capture: { ...capture, received_ms } })),
      );
      const { rows, as_of } = await app.figures.restatements({ ...WEEK, since: '1' });
      expect(as_of).toBe(7);
      expect(rows).toEqual([
        {
          date: '2025-11-04',
          late_transactions: 5,
          late_revenue: 14.55,
          late_adjustments: 0,
          adjustments: 0,
          sources: [
            { source: 'webhook', transactions: 2 },
            { source: 'api', transactions: 1 },
            { source: 'import', transactions: 1 },
            { source: 'replay', transactions: 1 },
          ],
          reason:
            'Tuesday 2025-11-04 rose by 14.55 USD: 5 late payments (2 webhook, 1 api, 1 import, 1 replay)',
        },
        {
          date: '2025-11-05',
          late_transactions: 1,
          late_revenue: 2.5,
          late_adjustments: 0,
          adjustments: 0,
          sources: [{ source: 'replay', transactions: 1 }],
          reason: 'Wednesday 2025-11-05 rose by 2.50 USD: 1 late payment (1 replay)',
        },
      ]);
      expect((await app.figures.restatements({ ...WEEK, since: '7' })).rows).toEqual([]);
    });
  });
}
