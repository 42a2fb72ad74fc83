/** Farelog inside a platform: every verb of the source, on an address and on a platform's own Knex. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { signHmac, signStandard } from '../../src/bytemark/signature.js';
import {
  AppError,
  type BytemarkData,
  type Farelog,
  type Logger,
  type OpenOptions,
  type PaymentData,
  type RecordAnswer,
  type WebhookDelivery,
} from '../../src/index.js';
import { DATABASES, describeOn, freshSqliteUrl, SERVERS } from '../support/databases.js';
import { openTestFarelog, WEBHOOK_SECRET } from '../support/farelog.js';
import { unadjusted } from '../support/plain-figures.js';
import { failureOf } from '../support/promises.js';

const NOW = Date.parse('2025-04-07T12:00:00Z');
const LOGGED_ON = '2025-04-07T03:11:31Z';

/** A platform's clock is seldom in UTC, and its driver reads and writes dates by it. */
const zoneBefore = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'America/Los_Angeles';
});
afterAll(() => {
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

function platformKnex(config: Knex.Config): Knex {
  const knex = knexFactory(config);
  onTestFinished(() => knex.destroy());
  return knex;
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-platform-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'platform.db');
}

interface Place {
  readonly name: string;
  readonly on: (typeof DATABASES)[number] | undefined;
  /** Where Farelog is opened; a Knex is one with its driver's own defaults. */
  open(): Promise<OpenOptions>;
}

const [sqliteFile, sqliteMemory] = DATABASES;

const PLACES: readonly Place[] = [
  {
    name: 'an address of SQLite',
    on: sqliteFile,
    open: async () => ({ databaseUrl: freshSqliteUrl() }),
  },
  {
    name: "a platform's Knex on a file of SQLite",
    on: sqliteFile,
    open: async () => ({
      knex: platformKnex({
        client: 'better-sqlite3',
        connection: { filename: temporaryFile() },
        useNullAsDefault: true,
      }),
    }),
  },
  {
    name: "a platform's Knex on SQLite in memory",
    on: sqliteMemory,
    open: async () => ({
      knex: platformKnex({
        client: 'better-sqlite3',
        connection: { filename: ':memory:' },
        useNullAsDefault: true,
      }),
    }),
  },
  ...SERVERS.flatMap((server) => [
    {
      name: `an address of ${server.name}`,
      on: server,
      open: async () => ({ databaseUrl: await server.freshUrl() }),
    },
    {
      name: `a platform's Knex on ${server.name}, two connections in a local zone that give Dates`,
      on: server,
      open: async () => ({
        knex: platformKnex({
          client: 'mysql2',
          connection: await server.freshUrl(),
          pool: { min: 0, max: 2 },
        }),
      }),
    },
  ]),
];

type Options = Omit<OpenOptions, 'databaseUrl' | 'knex'>;

async function openAt(place: Place, options: Options = {}): Promise<Farelog> {
  return openTestFarelog({ clock: () => NOW, ...(await place.open()), ...options });
}

function inMemory(options: Options = {}): Promise<Farelog> {
  return openTestFarelog({ databaseUrl: 'sqlite::memory:', clock: () => NOW, ...options });
}

const PAYMENT: PaymentData = {
  payment_id: 1,
  user_id: 'provider-rider-1',
  order_id: 11,
  payment_type: 'credit_card',
  total_price: '2.50',
  logged_on: LOGGED_ON,
};

const BYTEMARK: BytemarkData = {
  payment_id: 1,
  order_id: 11,
  payment_method: 'apple_pay',
  amount: '2.50',
  timestamp: LOGGED_ON,
};

const WEBHOOK = {
  payment_id: 1,
  user_id: 'provider-rider-1',
  order_id: 11,
  payment_method: 'Apple_Pay',
  amount: 2.5,
  timestamp: '2025-04-06T22:11:31.987-05:00',
};

function signed(payload: object | string, second = NOW / 1000): WebhookDelivery {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return { headers: signStandard(WEBHOOK_SECRET, 'msg_1', second, body), body };
}

function recordOf(answer: RecordAnswer) {
  if (!('payment' in answer)) throw new Error(`not recorded: ${JSON.stringify(answer)}`);
  return answer.payment;
}

const stored = {
  payment_id: 1,
  order_id: 11,
  total_price: 2.5,
  logged_on: LOGGED_ON,
  created_on: '2025-04-07T12:00:00Z',
  modified_on: '2025-04-07T12:00:00Z',
};
const PSEUDONYM = expect.stringMatching(/^[0-9a-f]{8}_[0-9a-f]{32}$/);

/** What a place must do alike, whatever stands under it. */
function tellOfPlace(place: Place): void {
  test('processPaymentTransaction records a payment under the research id as it is', async () => {
    const farelog = await openAt(place);
    const answer = await farelog.processPaymentTransaction(BYTEMARK, { research_id: 'R-17' });
    const payment = { ...stored, user_id: 'R-17', payment_type: 'mobile_payment' };
    expect(answer).toEqual({ outcome: 'recorded', payment });
    expect(await farelog.getPaymentTransactions()).toEqual([payment]);
    const again = { ...BYTEMARK, timestamp: new Date(LOGGED_ON), amount: 2.5 };
    expect(await farelog.processPaymentTransaction(again, { research_id: 'R-17' })).toEqual({
      outcome: 'duplicate',
      payment,
    });
    const other = farelog.processPaymentTransaction(BYTEMARK, { research_id: 'R-18' });
    expect(await failureOf(other)).toMatchObject({
      code: 'conflict',
      problems: [{ field: 'user_id', code: 'differs' }],
    });
  });

  test('insertPaymentSafely records once, answers a duplicate with what is stored, and refuses a conflict', async () => {
    const farelog = await openAt(place);
    const first = await farelog.insertPaymentSafely(PAYMENT);
    const payment = { ...stored, user_id: PSEUDONYM, payment_type: 'credit_card' };
    expect(first).toEqual({ outcome: 'recorded', payment });
    expect(await farelog.insertPaymentSafely({ ...PAYMENT, logged_on: new Date(LOGGED_ON) })).toEqual({
      outcome: 'duplicate',
      payment: recordOf(first),
    });
    const conflict = failureOf(
      farelog.insertPaymentSafely({ ...PAYMENT, total_price: '2.51', order_id: 12 }),
    );
    expect(await conflict).toMatchObject({
      code: 'conflict',
      problems: [
        { field: 'order_id', code: 'differs', message: 'order_id is 12 here and 11 in the stored payment' },
        { field: 'total_price', code: 'differs' },
      ],
    });
    expect(await farelog.getPaymentTransactions()).toEqual([recordOf(first)]);
  });

  test('insertPaymentSafely refuses what is invalid with all its problems, and stores nothing', async () => {
    const farelog = await openAt(place);
    const wrong = { ...PAYMENT, payment_id: 0, total_price: '-1', logged_on: 'yesterday' };
    const failure = await failureOf(farelog.insertPaymentSafely(wrong));
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({
      code: 'invalid',
      problems: [{ field: 'payment_id' }, { field: 'total_price' }, { field: 'logged_on' }],
    });
    expect(await farelog.getPaymentTransactions()).toEqual([]);
  });

  test('processBytemarkWebhook records a signed delivery, and knows it again', async () => {
    const farelog = await openAt(place);
    const answer = await farelog.processBytemarkWebhook(signed(WEBHOOK));
    const payment = { ...stored, user_id: PSEUDONYM, payment_type: 'mobile_payment' };
    expect(answer).toEqual({ outcome: 'recorded', payment });
    const { headers, body } = signed(WEBHOOK);
    const shouted = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const again = await farelog.processBytemarkWebhook({ headers: shouted, body: Buffer.from(body) });
    expect(again).toEqual({ outcome: 'duplicate', payment: recordOf(answer) });
  });

  test('processBytemarkWebhook refuses a delivery whose signature does not hold, and keeps nothing', async () => {
    const farelog = await openAt(place);
    const { headers, body } = signed(WEBHOOK);
    const bad: WebhookDelivery[] = [
      { headers, body: `${String(body)} ` },
      { headers: {}, body },
      { headers: { ...headers, 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` }, body },
      { headers: { ...headers, 'webhook-id': 'msg_2' }, body },
      signed(WEBHOOK, NOW / 1000 - 301),
    ];
    for (const delivery of bad) {
      const failure = await failureOf(farelog.processBytemarkWebhook(delivery));
      expect(failure).toMatchObject({ code: 'bad_signature', message: /not kept/ });
    }
    expect(await farelog.getPaymentTransactions()).toEqual([]);
  });

  test('processBytemarkWebhook quarantines a conflict and what is invalid, and tells why', async () => {
    const farelog = await openAt(place);
    const first = await farelog.processBytemarkWebhook(signed(WEBHOOK));
    const conflict = await farelog.processBytemarkWebhook(signed({ ...WEBHOOK, amount: 3 }));
    expect(conflict).toMatchObject({
      outcome: 'conflict',
      quarantine_id: expect.any(Number),
      problems: [{ field: 'total_price', code: 'differs' }],
    });
    const invalid = await farelog.processBytemarkWebhook(signed({ ...WEBHOOK, payment_id: 2, amount: 'x' }));
    expect(invalid).toMatchObject({
      outcome: 'invalid',
      quarantine_id: expect.any(Number),
      problems: [{ field: 'total_price', code: 'not_a_price' }],
    });
    expect(await farelog.processBytemarkWebhook(signed('not JSON'))).toMatchObject({
      outcome: 'invalid',
      problems: [{ field: 'body', code: 'not_json' }],
    });
    expect(await farelog.getPaymentTransactions()).toEqual([recordOf(first)]);
  });

  test('getPaymentTransactions filters, newest first', async () => {
    const farelog = await openAt(place);
    await recordMany(farelog);
    const ids = async (filters?: Parameters<Farelog['getPaymentTransactions']>[0]) =>
      (await farelog.getPaymentTransactions(filters)).map(({ payment_id }) => payment_id);
    expect(await ids()).toEqual([4, 3, 2, 1]);
    expect(await ids({})).toEqual([4, 3, 2, 1]);
    expect(await ids({ userId: 'R-1' })).toEqual([3, 1]);
    expect(await ids({ paymentType: 'mobile_payment' })).toEqual([4, 1]);
    expect(await ids({ orderId: 12 })).toEqual([2]);
    expect(await ids({ priceRange: { min: 2, max: 3 } })).toEqual([3, 2]);
    expect(await ids({ limit: 2 })).toEqual([4, 3]);
    expect(await ids({ userId: 'R-1', paymentType: 'coins', limit: 10 })).toEqual([3]);
    expect(await ids({ userId: 'nobody' })).toEqual([]);
    // Both ends count, as in the source; a date is its first moment in the reporting zone.
    const [first, last] = [new Date('2025-04-02T05:00:00Z'), new Date('2025-04-03T05:00:00Z')];
    expect(await ids({ dateRange: [first, last] })).toEqual([3, 2]);
    expect(await ids({ dateRange: [first.toISOString(), last.toISOString()] })).toEqual([3, 2]);
    expect(await ids({ dateRange: ['2025-04-02', '2025-04-03'] })).toEqual([3, 2]);
    expect(await ids({ dateRange: ['2025-04-02T05:00:01Z', '2025-04-03T04:59:59Z'] })).toEqual([]);
  });

  test('analyzePaymentMethods and analyzeRevenueTrends tell what was recorded', async () => {
    const farelog = await openAt(place);
    await recordMany(farelog);
    const compared = { previous_transaction_count: 0, previous_revenue: 0, revenue_change: null };
    expect(await farelog.analyzePaymentMethods()).toEqual([
      {
        payment_type: 'mobile_payment',
        transaction_count: 2,
        total_revenue: 5,
        avg_transaction_value: 2.5,
        ...unadjusted(5),
        revenue_share: 0.500501,
        transaction_share: 0.5,
        share_change: 0.500501,
        ...compared,
      },
      {
        payment_type: 'coins',
        transaction_count: 2,
        total_revenue: 4.99,
        avg_transaction_value: 2.495,
        ...unadjusted(4.99),
        revenue_share: 0.499499,
        transaction_share: 0.5,
        share_change: 0.499499,
        ...compared,
      },
    ]);
    expect(await farelog.analyzePaymentMethods(4)).toMatchObject([
      { payment_type: 'mobile_payment', transaction_count: 1, total_revenue: 3.01 },
    ]);
    expect(await farelog.analyzePaymentMethods({ to: '2025-04-02' })).toMatchObject([
      { total_revenue: 1.99 },
    ]);
    const range = { from: '2025-04-01', to: '2025-04-05' };
    const daily = await farelog.analyzeRevenueTrends('daily', range);
    expect(daily.map((row) => [row.date, row.starts_at, row.revenue])).toEqual([
      ['2025-04-01', '2025-04-01T00:00:00-05:00', 1.99],
      ['2025-04-02', '2025-04-02T00:00:00-05:00', 2],
      ['2025-04-03', '2025-04-03T00:00:00-05:00', 2.99],
      ['2025-04-04', '2025-04-04T00:00:00-05:00', 3.01],
    ]);
    expect(await farelog.analyzeRevenueTrends('monthly', { days: 10, fill: false })).toMatchObject([
      { month: '2025-04', transactions: 4, revenue: 9.99, avg_transaction_value: 2.4975 },
    ]);
    expect(await farelog.analyzeRevenueTrends()).toHaveLength(91);
    expect(await farelog.verify()).toMatchObject({ ok: true, payments: 4, revenue_minor: '999' });
    expect(await farelog.rebuild()).toBe(4);
    expect(await farelog.verify()).toMatchObject({ ok: true, payments: 4 });
  });

  test('analyzeUserSpending tells overview and months of one rider, by the stored id', async () => {
    const farelog = await openAt(place);
    await recordMany(farelog);
    expect(await farelog.analyzeUserSpending('R-1')).toEqual({
      overview: {
        total_transactions: 2,
        total_spent: 4.98,
        adjustments: 0,
        net_spent: 4.98,
        avg_transaction: 2.49,
        min_transaction: 1.99,
        max_transaction: 2.99,
        first_payment: '2025-04-01T23:59:59-05:00',
        latest_payment: '2025-04-03T00:00:00-05:00',
      },
      monthly: [
        { year: 2025, month: 4, transactions: 2, monthly_total: 4.98, adjustments: 0, net_total: 4.98 },
      ],
    });
    for (const nobody of ['R-9', 'r-1', 'R-1 ', '', "'; DROP TABLE x; --", '%']) {
      expect(await farelog.analyzeUserSpending(nobody)).toEqual({
        overview: {
          total_transactions: 0,
          total_spent: 0,
          adjustments: 0,
          net_spent: 0,
          avg_transaction: 0,
          min_transaction: null,
          max_transaction: null,
          first_payment: null,
          latest_payment: null,
        },
        monthly: [],
      });
    }
  });

  test('generatePaymentReport tells the whole report of a range with both its ends', async () => {
    const farelog = await openAt(place);
    await recordMany(farelog);
    const first = '2025-04-02T05:00:00Z';
    const last = '2025-04-04T05:00:00Z';
    const { profile, ...report } = await farelog.generatePaymentReport({ dateRange: [first, last] });
    expect(report).toEqual({
      summary: {
        total_transactions: 3,
        unique_users: 2,
        total_revenue: 8,
        ...unadjusted(8),
        avg_transaction: 2.6667,
        first_transaction: '2025-04-02T00:00:00-05:00',
        latest_transaction: '2025-04-04T00:00:00-05:00',
      },
      trends: [
        { date: '2025-04-02', daily_transactions: 1, daily_revenue: 2, ...unadjusted(2) },
        { date: '2025-04-03', daily_transactions: 1, daily_revenue: 2.99, ...unadjusted(2.99) },
        { date: '2025-04-04', daily_transactions: 1, daily_revenue: 3.01, ...unadjusted(3.01) },
      ],
      userAnalysis: [
        { user_id: 'R-2', transaction_count: 2, total_spent: 5.01, adjustments: 0, net_spent: 5.01 },
        { user_id: 'R-1', transaction_count: 1, total_spent: 2.99, adjustments: 0, net_spent: 2.99 },
      ],
      next_cursor: null,
      paymentMethods: [
        {
          payment_type: 'coins',
          usage_count: 2,
          method_revenue: 4.99,
          avg_amount: 2.495,
          ...unadjusted(4.99),
        },
        {
          payment_type: 'mobile_payment',
          usage_count: 1,
          method_revenue: 3.01,
          avg_amount: 3.01,
          ...unadjusted(3.01),
        },
      ],
      before: {
        total_transactions: 1,
        unique_users: 1,
        total_revenue: 1.99,
        ...unadjusted(1.99),
        avg_transaction: 1.99,
        first_transaction: '2025-04-01T23:59:59-05:00',
        latest_transaction: '2025-04-01T23:59:59-05:00',
      },
      left_out: [],
      from: '2025-04-02T00:00:00-05:00',
      to: '2025-04-04T00:00:01-05:00',
      zone: 'America/Chicago',
      currency: 'USD',
      as_of: 4,
      as_of_received_at: '2025-04-07T07:00:00-05:00',
    });
    expect(profile.filter((cell) => cell.transactions > 0)).toEqual([
      { weekday: 3, hour: 0, transactions: 1, revenue: 2 },
      { weekday: 4, hour: 0, transactions: 1, revenue: 2.99 },
      { weekday: 5, hour: 0, transactions: 1, revenue: 3.01 },
    ]);
    const asDates = await farelog.generatePaymentReport({ dateRange: [new Date(first), new Date(last)] });
    expect(asDates).toEqual({ ...report, profile });
    const page = { dateRange: [first, last], limit: 1 } as const;
    const one = await farelog.generatePaymentReport(page);
    const two = await farelog.generatePaymentReport({ ...page, cursor: String(one.next_cursor) });
    expect([...(one.userAnalysis ?? []), ...(two.userAnalysis ?? [])]).toEqual(report.userAnalysis);
    expect(two.next_cursor).toBeNull();
    const then = await farelog.generatePaymentReport({ dateRange: [first, last], asOf: '3', since: '2' });
    expect(then).toMatchObject({ summary: { total_revenue: 4.99 }, as_of: 3 });
    expect(then.restated?.map(({ reason }) => reason)).toEqual([
      'Thursday 2025-04-03 rose by 2.99 USD: 1 late payment (1 api)',
    ]);
    for (const config of [{}, undefined]) {
      expect((await farelog.generatePaymentReport(config)).summary).toMatchObject({ total_transactions: 4 });
    }
  });

  test('analyzePaymentPerformance tells processing times and how deliveries ended', async () => {
    const farelog = await openAt(place);
    await recordMany(farelog);
    const refused = { ...BYTEMARK, payment_id: 9, amount: '-1' };
    await failureOf(farelog.processPaymentTransaction(refused, { research_id: 'R-1' }));
    await farelog.processBytemarkWebhook(signed({ ...WEBHOOK, payment_id: 5 }));
    const { processingTimes, errorRates } = await farelog.analyzePaymentPerformance();
    // Seconds until noon in UTC of 7 April.
    const [first, second, third] = [457_201, 284_400, 31_709];
    expect(processingTimes).toEqual([
      {
        payment_type: 'mobile_payment',
        avg_processing_seconds: Number(((first + second + third) / 3).toFixed(4)),
        max_processing_seconds: first,
        sample_size: 3,
        p50_processing_seconds: second,
        p95_processing_seconds: second + 0.9 * (first - second),
        p99_processing_seconds: second + 0.98 * (first - second),
      },
      {
        payment_type: 'coins',
        avg_processing_seconds: 414_000,
        max_processing_seconds: 457_200,
        sample_size: 2,
        p50_processing_seconds: 414_000,
        p95_processing_seconds: 452_880,
        p99_processing_seconds: 456_336,
      },
    ]);
    expect(errorRates).toEqual([
      { source: 'api', outcome: 'recorded', reason: '', deliveries: 4, rate: 0.8 },
      { source: 'api', outcome: 'invalid', reason: 'total_price.negative', deliveries: 1, rate: 0.2 },
      { source: 'webhook', outcome: 'recorded', reason: '', deliveries: 1, rate: 1 },
    ]);
    expect(await farelog.analyzePaymentPerformance(1)).toMatchObject({
      processingTimes: [{ payment_type: 'mobile_payment', sample_size: 1 }],
    });
    const nothing = { from: '2025-01-01', to: '2025-01-02' };
    expect(await farelog.analyzePaymentPerformance(nothing)).toEqual({ processingTimes: [], errorRates: [] });
  });

  test('every figure tells its zone, currency and capture, and verify holds them all against the rows', async () => {
    const farelog = await openAt(place);
    await recordMany(farelog);
    const { figures } = farelog;
    const about = {
      from: '2025-04-01T00:00:00-05:00',
      to: '2025-05-01T00:00:00-05:00',
      zone: 'America/Chicago',
      currency: 'USD',
      as_of: 4,
      as_of_received_at: '2025-04-07T07:00:00-05:00',
    };
    const april = { from: '2025-04-01', to: '2025-05-01' };
    const answers = [
      await figures.overview(april),
      await figures.methods(april),
      await figures.trends('weekly', april),
      await figures.report(april),
      await figures.performance(april),
      await figures.profile(april),
      await figures.prices(april),
      await figures.spendingDistribution(april),
      await figures.riderActivity('monthly', april),
      await figures.topRiders(april),
      await figures.switching(april),
      await figures.restatements({ ...april, since: '0' }),
    ];
    for (const answer of answers) expect(answer).toMatchObject(about);
    const { from: _, to: __, ...rest } = about;
    expect(await figures.silence()).toMatchObject({ ...rest, alarm: false });
    expect(await figures.averagePrices()).toEqual(
      new Map([
        ['mobile_payment', 250],
        ['coins', 249.5],
      ]),
    );
    expect(await farelog.verify()).toMatchObject({ ok: true, payments: 4 });
  });

  test('takes many deliveries at once, each payment once', async () => {
    const farelog = await openAt(place);
    const deliveries = Array.from({ length: 300 }, (_, index) =>
      farelog.processBytemarkWebhook(signed({ ...WEBHOOK, payment_id: (index % 100) + 1 })),
    );
    const outcomes = (await Promise.all(deliveries)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(100);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(200);
    expect(await farelog.verify()).toMatchObject({ ok: true, payments: 100 });
  });
}

/** Four payments around midnight of the reporting zone, of two riders and two types. */
async function recordMany(farelog: Farelog): Promise<void> {
  const rows: [number, string, string, string, string][] = [
    [1, 'R-1', 'apple_pay', '1.99', '2025-04-02T04:59:59Z'],
    [2, 'R-2', 'coins', '2.00', '2025-04-02T05:00:00Z'],
    [3, 'R-1', 'coins', '2.99', '2025-04-03T05:00:00Z'],
    [4, 'R-2', 'google_pay', '3.01', '2025-04-04T05:00:00Z'],
  ];
  for (const [payment_id, research_id, payment_method, amount, timestamp] of rows) {
    const data = { payment_id, order_id: payment_id + 10, payment_method, amount, timestamp };
    const answer = await farelog.processPaymentTransaction(data, { research_id });
    expect(answer.outcome).toBe('recorded');
  }
}

for (const place of PLACES) {
  if (place.on !== undefined) describeOn(place.on, () => describe(place.name, () => tellOfPlace(place)));
}

for (const place of PLACES.filter(({ name }) => name.includes('Knex'))) {
  if (place.on === undefined) continue;
  describeOn(place.on, () => {
    test(`closing leaves open ${place.name}`, async () => {
      const options = await place.open();
      const farelog = await openTestFarelog({ clock: () => NOW, ...options });
      await farelog.insertPaymentSafely(PAYMENT);
      await farelog.close();
      await expect(farelog.insertPaymentSafely({ ...PAYMENT, payment_id: 2 })).rejects.toMatchObject({
        code: 'unavailable',
      });
      const rows = await options.knex?.('hntb_bytemark_order_payments').select('payment_id');
      expect(rows).toEqual([{ payment_id: 1 }]);
    });

    test(`closing settles what is under way on ${place.name}: what was answered is stored, what was refused is not`, async () => {
      const options = await place.open();
      const farelog = await openTestFarelog({ clock: () => NOW, ...options });
      await farelog.insertPaymentSafely({ ...PAYMENT, payment_id: 1_000 });
      const ids = Array.from({ length: 60 }, (_, index) => index + 1);
      const inserts = ids.map((payment_id) => farelog.insertPaymentSafely({ ...PAYMENT, payment_id }));
      // Some have not reached the batch when Farelog closes, some have.
      await inserts[0];
      const late = [61, 62].map((payment_id) => farelog.insertPaymentSafely({ ...PAYMENT, payment_id }));
      await farelog.close();
      const settled = await Promise.allSettled([...inserts, ...late]);
      const answered = settled.flatMap((one, index) => (one.status === 'fulfilled' ? [index + 1] : []));
      const rows: { payment_id: number }[] | undefined = await options
        .knex?.('hntb_bytemark_order_payments')
        .select('payment_id')
        .whereNot('payment_id', 1_000)
        .orderBy('payment_id');
      expect(answered.length).toBeGreaterThanOrEqual(60);
      expect(rows?.map(({ payment_id }) => payment_id)).toEqual(answered);
    });

    test(`the source's own code reads what Farelog records, through ${place.name}`, async () => {
      const options = await place.open();
      const farelog = await openTestFarelog({ clock: () => NOW, ...options });
      await farelog.processPaymentTransaction(BYTEMARK, { research_id: 'R-17' });
      const paymentPatterns = await options
        .knex?.('hntb_bytemark_order_payments')
        .where('payment_type', 'mobile_payment')
        .where('total_price', 2.5)
        .select('payment_id', 'user_id')
        .orderBy('logged_on', 'desc');
      expect(paymentPatterns).toEqual([{ payment_id: 1, user_id: 'R-17' }]);
    });
  });
}

describe('validatePaymentData', () => {
  const VALID = { ...PAYMENT, logged_on: new Date(LOGGED_ON) };

  test('passes what can be recorded', async () => {
    const { validatePaymentData } = await inMemory();
    for (const good of [
      VALID,
      PAYMENT,
      { ...PAYMENT, user_id: 17 },
      { ...PAYMENT, user_id: 'é'.repeat(256) },
      { ...PAYMENT, payment_type: 't'.repeat(32) },
      { ...PAYMENT, total_price: 0.01 },
      { ...PAYMENT, payment_id: 4_294_967_295, order_id: 2_147_483_647 },
      { ...PAYMENT, logged_on: new Date(NOW + 60_000) },
    ]) {
      expect(() => validatePaymentData(good)).not.toThrow();
    }
  });

  test.each<[string, unknown, string]>([
    ['payment_id', undefined, 'required'],
    ['payment_id', null, 'required'],
    ['payment_id', 0, 'out_of_range'],
    ['payment_id', -1, 'out_of_range'],
    ['payment_id', 4_294_967_296, 'out_of_range'],
    ['payment_id', 1.5, 'not_an_integer'],
    ['payment_id', '1', 'not_an_integer'],
    ['payment_id', Number.NaN, 'not_an_integer'],
    ['user_id', undefined, 'required'],
    ['user_id', '', 'required'],
    ['user_id', 1.5, 'not_an_id'],
    ['user_id', {}, 'not_an_id'],
    ['user_id', 'x'.repeat(257), 'too_long'],
    ['order_id', undefined, 'required'],
    ['order_id', 0, 'out_of_range'],
    ['order_id', 2_147_483_648, 'out_of_range'],
    ['payment_type', undefined, 'required'],
    ['payment_type', '', 'required'],
    ['payment_type', 7, 'not_text'],
    ['payment_type', 't'.repeat(33), 'too_long'],
    ['total_price', undefined, 'required'],
    ['total_price', 0, 'zero'],
    ['total_price', -0.01, 'negative'],
    ['total_price', '2.505', 'too_many_digits'],
    ['total_price', '1e2', 'not_a_price'],
    ['total_price', '0x10', 'not_a_price'],
    ['total_price', '12abc', 'not_a_price'],
    ['total_price', ' 5 ', 'not_a_price'],
    ['total_price', Number.NaN, 'not_a_price'],
    ['total_price', Number.POSITIVE_INFINITY, 'not_a_price'],
    ['total_price', [2.5], 'not_a_price'],
    ['logged_on', undefined, 'required'],
    ['logged_on', 'yesterday', 'not_an_instant'],
    ['logged_on', new Date('x'), 'not_an_instant'],
    ['logged_on', '2025-04-07T03:11:31', 'no_offset'],
    ['logged_on', new Date(NOW + 61_000), 'in_future'],
  ])('refuses a %s of %s', async (field, value, code) => {
    const { validatePaymentData } = await inMemory();
    const failure = await failureOf(
      Promise.resolve().then(() => validatePaymentData({ ...VALID, [field]: value })),
    );
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: 'invalid', problems: [{ field, code }] });
  });

  test('tells all problems together, each with its field, in the order of the table', async () => {
    const { validatePaymentData } = await inMemory();
    const failure = await failureOf(Promise.resolve().then(() => validatePaymentData({})));
    const fields = ['payment_id', 'user_id', 'order_id', 'payment_type', 'total_price', 'logged_on'];
    expect(failure).toMatchObject({
      code: 'invalid',
      problems: fields.map((field) => ({ field, code: 'required', message: `${field} is missing` })),
      message: fields.map((field) => `${field} is missing`).join('; '),
    });
  });
});

describe('getPaymentTransactions', () => {
  test.each([0, -1, 1.5, Number.NaN])('refuses a limit of %s', async (limit) => {
    const farelog = await inMemory();
    const failure = await failureOf(farelog.getPaymentTransactions({ limit }));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringMatching(/^limit must be/) });
  });

  test('refuses a range that is no date, naming its end', async () => {
    const farelog = await inMemory();
    const wrong = farelog.getPaymentTransactions({ dateRange: ['2025-04-01', 'tomorrow'] });
    expect(await failureOf(wrong)).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^dateRange\[1\] must be a date/),
    });
    const invalid = farelog.getPaymentTransactions({ dateRange: [new Date('x'), '2025-04-01'] });
    expect(await failureOf(invalid)).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^dateRange\[0\] must be a date/),
    });
  });

  test('gives 100 where no limit is given, and as many as are asked for', async () => {
    const farelog = await inMemory();
    await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        farelog.insertPaymentSafely({ ...PAYMENT, payment_id: index + 1 }),
      ),
    );
    expect(await farelog.getPaymentTransactions()).toHaveLength(100);
    expect(await farelog.getPaymentTransactions({ limit: 5_000 })).toHaveLength(120);
  });
});

describe('normalizePaymentType', () => {
  test("follows the source's map, and words of this deployment", async () => {
    const { normalizePaymentType } = await inMemory({
      settings: { FARELOG_PAYMENT_TYPES: 'klarna=pay_later' },
    });
    expect(['credit_card', 'APPLE_PAY', 'Google_Pay', 'klarna', 'cheque'].map(normalizePaymentType)).toEqual([
      'credit_card',
      'mobile_payment',
      'mobile_payment',
      'pay_later',
      'other',
    ]);
  });
});

describe("a platform's logger", () => {
  function recordingLogger(): { logger: Logger; lines: [string, string, unknown?][] } {
    const lines: [string, string, unknown?][] = [];
    const at = (level: string) => (message: string, fields?: unknown) => {
      lines.push(fields === undefined ? [level, message] : [level, message, fields]);
    };
    return {
      lines,
      logger: { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') },
    };
  }

  test("gets the source's lines, and never a rider", async () => {
    const { logger, lines } = recordingLogger();
    const farelog = await inMemory({ logger });
    expect(
      lines.every(([level, message]) => level === 'info' && message.startsWith('Migration applied')),
    ).toBe(true);
    lines.length = 0;
    await farelog.insertPaymentSafely(PAYMENT);
    await farelog.insertPaymentSafely(PAYMENT);
    await failureOf(farelog.insertPaymentSafely({ ...PAYMENT, total_price: '9.99' }));
    await failureOf(
      farelog.insertPaymentSafely({ ...PAYMENT, user_id: 'provider-rider-1'.repeat(20), order_id: 0 }),
    );
    await farelog.processBytemarkWebhook(signed({ ...WEBHOOK, payment_id: 2 }));
    await farelog.processBytemarkWebhook(signed({ ...WEBHOOK, payment_id: 2 }));
    await farelog.processBytemarkWebhook(signed({ ...WEBHOOK, payment_id: 2, user_id: 'provider-rider-2' }));
    await farelog.processPaymentTransaction({ ...BYTEMARK, payment_id: 3 }, { research_id: 'R-17' });
    await failureOf(farelog.processBytemarkWebhook({ headers: {}, body: JSON.stringify(WEBHOOK) }));
    expect(lines).toEqual([
      ['info', 'Payment transaction recorded: 1'],
      ['warn', 'Duplicate payment transaction: 1'],
      ['warn', 'Payment conflict', { problems: ['total_price.differs'] }],
      ['warn', 'Payment invalid', { problems: ['order_id.out_of_range'] }],
      ['info', 'Payment processed successfully: 2'],
      ['warn', 'Duplicate payment processing attempt: 2'],
      ['warn', 'Payment conflict', { problems: ['user_id.differs'] }],
      ['info', 'Payment transaction recorded: 3'],
      [
        'error',
        'Bytemark webhook processing failed: The delivery is not kept: the header webhook-id is missing.',
      ],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/provider-rider|R-17/);
  });

  test('is told that the mapping of riders failed, but not the words of its error, which may name one', async () => {
    const { logger, lines } = recordingLogger();
    const farelog = await inMemory({
      logger,
      mapBytemarkUserToResearchId: (id) => {
        throw new TypeError(`no research id for ${id}`);
      },
    });
    lines.length = 0;
    await expect(farelog.processBytemarkWebhook(signed(WEBHOOK))).rejects.toThrow(
      'no research id for provider-rider-1',
    );
    await expect(farelog.insertPaymentSafely(PAYMENT)).rejects.toThrow(TypeError);
    expect(lines).toEqual([
      ['error', 'Bytemark webhook processing failed: TypeError'],
      ['error', 'Failed to record payment transaction: TypeError'],
    ]);
  });

  test('is told of a setting that does not exist', async () => {
    const { logger, lines } = recordingLogger();
    await inMemory({ logger, settings: { FARELOG_CURENCY: 'USD' } });
    expect(lines).toContainEqual(['warn', 'FARELOG_CURENCY is not a setting of Farelog and is ignored']);
  });
});

describe('mapBytemarkUserToResearchId', () => {
  test.each<[string, OpenOptions['mapBytemarkUserToResearchId']]>([
    ['at once', (id) => `research ${id}`],
    ['as a promise', async (id) => `research ${id}`],
  ])(
    'names the rider of a webhook and of insertPaymentSafely: %s',
    async (_, mapBytemarkUserToResearchId) => {
      const farelog = await inMemory({ ...(mapBytemarkUserToResearchId && { mapBytemarkUserToResearchId }) });
      await farelog.processBytemarkWebhook(signed(WEBHOOK));
      await farelog.insertPaymentSafely({ ...PAYMENT, payment_id: 2, user_id: 42 });
      await farelog.processPaymentTransaction({ ...BYTEMARK, payment_id: 3 }, { research_id: 'R-17' });
      const riders = (await farelog.getPaymentTransactions()).map((row) => [row.payment_id, row.user_id]);
      expect(riders).toEqual([
        [3, 'R-17'],
        [2, 'research 42'],
        [1, 'research provider-rider-1'],
      ]);
    },
  );

  test('that gives no usable id makes the delivery invalid, not the process fail', async () => {
    const farelog = await inMemory({ mapBytemarkUserToResearchId: () => '' });
    expect(await farelog.processBytemarkWebhook(signed(WEBHOOK))).toMatchObject({
      outcome: 'invalid',
      quarantine_id: expect.any(Number),
      problems: [{ field: 'user_id', code: 'required' }],
    });
  });

  test('that fails is told to the caller, keeps nothing, and the next delivery is taken', async () => {
    let down = true;
    const farelog = await inMemory({
      mapBytemarkUserToResearchId: async (id) => {
        if (down) throw new Error('the directory of riders is down');
        return id;
      },
    });
    await expect(farelog.processBytemarkWebhook(signed(WEBHOOK))).rejects.toThrow(
      'directory of riders is down',
    );
    expect(await farelog.getPaymentTransactions()).toEqual([]);
    down = false;
    expect(await farelog.processBytemarkWebhook(signed(WEBHOOK))).toMatchObject({ outcome: 'recorded' });
  });
});

describe('settings of a platform', () => {
  test("go before the environment's", async () => {
    const farelog = await inMemory({
      settings: {
        FARELOG_CURRENCY: 'JPY',
        FARELOG_ZERO_FARES: 'accept',
        FARELOG_REPORT_TIMEZONE: 'Asia/Tokyo',
      },
    });
    await farelog.insertPaymentSafely({ ...PAYMENT, total_price: 250 });
    await farelog.insertPaymentSafely({ ...PAYMENT, payment_id: 2, total_price: 0 });
    expect(await farelog.analyzeRevenueTrends('daily', { from: '2025-04-07', to: '2025-04-08' })).toEqual([
      {
        date: '2025-04-07',
        starts_at: '2025-04-07T00:00:00+09:00',
        transactions: 2,
        revenue: 250,
        avg_transaction_value: 125,
        ...unadjusted(250),
      },
    ]);
    const refused = farelog.insertPaymentSafely({ ...PAYMENT, payment_id: 3, total_price: '2.5' });
    expect(await failureOf(refused)).toMatchObject({ problems: [{ code: 'too_many_digits' }] });
  });

  test('that do not hold are all told at once', async () => {
    const failure = await failureOf(
      inMemory({ settings: { FARELOG_CURRENCY: 'DOLLARS', FARELOG_REPORT_TIMEZONE: 'Mars/Base' } }),
    );
    expect(failure).toMatchObject({ code: 'settings' });
    expect(String(failure)).toMatch(/FARELOG_REPORT_TIMEZONE .*\n.*FARELOG_CURRENCY /);
  });

  test('choose the scheme of signatures', async () => {
    const secret = 'a secret that both share';
    const farelog = await inMemory({
      settings: { FARELOG_WEBHOOK_SCHEME: 'hmac', FARELOG_WEBHOOK_SECRETS: secret },
    });
    const body = JSON.stringify(WEBHOOK);
    const scheme = {
      kind: 'hmac',
      secrets: [Buffer.from(secret)],
      signatureHeader: 'x-bytemark-signature',
      timestampHeader: null,
    } as const;
    const headers = signHmac(scheme, NOW / 1000, body);
    expect(await farelog.processBytemarkWebhook({ headers, body })).toMatchObject({ outcome: 'recorded' });
    const failure = await failureOf(farelog.processBytemarkWebhook({ headers, body: `${body}\n` }));
    expect(failure).toMatchObject({ code: 'bad_signature' });
  });

  test('migrate: false leaves the database as it is', async () => {
    const knex = platformKnex({
      client: 'better-sqlite3',
      connection: { filename: ':memory:' },
      useNullAsDefault: true,
    });
    await failureOf(openTestFarelog({ knex, migrate: false }));
    expect(await knex('sqlite_master').select('name')).toEqual([]);
  });
});
