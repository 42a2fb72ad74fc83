/** The check itself: it finds each way in which a database can break the promise, and nothing where it is kept. */
import { expect, test } from 'vitest';
import { AcknowledgementLog, check, type Verdict } from './acknowledgements.js';
import { deliveryOf } from './deliveries.js';
import { sendLoad } from './load.js';
import { onEachDatabase, startService } from './places.js';
import { runOn } from './raw-statements.js';

const PAYMENTS = 40;

/** A wrong thing done to a database, and what the check must say. */
const BREAKS: readonly [what: string, statements: readonly string[], found: Partial<Verdict>][] = [
  [
    'a payment is gone',
    ['DELETE FROM hntb_bytemark_order_payments WHERE payment_id = 7'],
    { lost: 1, altered: 0 },
  ],
  [
    'a cent is missing',
    ['UPDATE hntb_bytemark_order_payments SET total_price = total_price - 0.01 WHERE payment_id = 7'],
    { lost: 0, altered: 1, invented: 1 },
  ],
  [
    'a price is a double beside the cent',
    ['UPDATE hntb_bytemark_order_payments SET total_price = total_price + 0.0000001 WHERE payment_id = 7'],
    { lost: 0, altered: 1, totalsWrong: 0 },
  ],
  [
    'a rider is another one',
    ["UPDATE hntb_bytemark_order_payments SET user_id = 'someone' WHERE payment_id = 7"],
    { altered: 1, totalsWrong: 0 },
  ],
  [
    'a payment is there that nobody sent',
    [
      `INSERT INTO hntb_bytemark_order_payments
        SELECT 900001, user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on
        FROM hntb_bytemark_order_payments WHERE payment_id = 7`,
    ],
    { lost: 0, invented: 1 },
  ],
  ['a capture is gone', ['DELETE FROM farelog_captures WHERE payment_id = 7'], { lost: 0, totalsWrong: 1 }],
  ['payments are in no total', ['DELETE FROM farelog_journal'], { lost: 0, altered: 0, inJournal: 0 }],
  [
    'a journal entry says more than it holds',
    ['UPDATE farelog_journal SET minor = minor + 1 WHERE month = 202501'],
    { lost: 0, altered: 0 },
  ],
  [
    'a day counts a cent too much',
    ["INSERT INTO farelog_ledger VALUES ('revenue', 20250101, 1, 0, 1, x'00')"],
    { lost: 0, totalsWrong: 1 },
  ],
  [
    'captures are counted twice',
    ["UPDATE farelog_capture_hourly SET deliveries = deliveries + 1 WHERE outcome = 'recorded'"],
    { totalsWrong: 1 },
  ],
];

const TABLES = [
  'hntb_bytemark_order_payments',
  'farelog_captures',
  'farelog_journal',
  'farelog_ledger',
  'farelog_capture_hourly',
];
const KEEP = TABLES.map((table) => `CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
const RESTORE = TABLES.flatMap((table) => [
  `DELETE FROM ${table}`,
  `INSERT INTO ${table} SELECT * FROM kept_${table}`,
]);

onEachDatabase((database) => {
  test('the check finds nothing where the promise is kept, and each way of breaking it', async () => {
    const url = await database.freshUrl();
    const log = new AcknowledgementLog();
    const service = await startService(url);
    const waiting = Array.from({ length: PAYMENTS }, (_, index) => deliveryOf(index + 1));
    await sendLoad({ url: service.url, log, waiting });
    await service.stop();
    await runOn(url, KEEP);
    const kept = { sent: PAYMENTS, acknowledged: PAYMENTS, payments: PAYMENTS, holds: true };
    expect(await check(log, url)).toMatchObject(kept);
    for (const [what, statements, found] of BREAKS) {
      await runOn(url, statements);
      expect(await check(log, url), what).toMatchObject({ ...found, holds: false });
      await runOn(url, RESTORE);
    }
    expect(await check(log, url)).toMatchObject(kept);
    // What only the log can tell.
    log.answered(log.sent(deliveryOf(7)), { status: 201, body: '' });
    expect(await check(log, url), 'acknowledged as new twice').toMatchObject({ lost: 0, doubled: 1 });
    log.answered(log.sent({ body: '{', payment: null }), { status: 202, body: '{"quarantine_id":1}' });
    expect(await check(log, url), 'not in quarantine').toMatchObject({ lost: 1, holds: false });
  });
});
