/** The write side under simulated faults: no law is broken, a seed replays a run, and planted bugs are found. */
import { randomInt } from 'node:crypto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { batchOf, delivery, quarantined } from '../support/deliveries.js';
import { Database } from './database.js';
import { type RunReport, run, toldOf } from './episode.js';
import { Laws } from './laws.js';
import { PLANTED_BUGS } from './planted-bugs.js';
import { CALENDAR, CURRENCY } from './process.js';
import { FAULTS } from './weather.js';

const STEPS = 10_000;
/** Seconds on a quiet machine; no law depends on it. */
const TIMEOUT_MS = 300_000;

function expectNothingBroken({ broken }: RunReport): void {
  if (broken !== undefined) throw new Error(toldOf(broken));
}

test(
  'no law is broken, and every kind of fault has struck',
  async () => {
    const report = await run(1, 2 * STEPS);
    expectNothingBroken(report);
    expect(FAULTS.filter((fault) => (report.faults.get(fault) ?? 0) === 0)).toEqual([]);
    expect(report.payments).toBeGreaterThan(1_000);
  },
  TIMEOUT_MS,
);

test(
  'no law is broken from a seed that nobody chose',
  async () => {
    expectNothingBroken(await run(randomInt(2 ** 31), STEPS));
  },
  TIMEOUT_MS,
);

test('a seed replays a run, step by step; another one is another run', async () => {
  const [first, again, other] = [await run(7, 1), await run(7, 1), await run(8, 1)];
  expect(again).toEqual(first);
  expect(other.trace).not.toBe(first.trace);
});

describe('a planted bug is found, and its seed shows it again', () => {
  for (const [name, bug] of Object.entries(PLANTED_BUGS)) {
    test(
      name,
      async () => {
        const { broken } = await run(1, 5 * STEPS, bug);
        expect(broken?.violation).toMatch(/^(1, answered and not kept|5, figures)/);
        const replayed = await run(broken?.seed ?? 0, 1, bug);
        expect(replayed.broken).toEqual(broken);
      },
      TIMEOUT_MS,
    );
  }
});

describe('what is wrong in the database breaks a law', () => {
  const PAYMENTS = 'hntb_bytemark_order_payments';
  const LIMITS = { maxRows: 10, maxBytes: 1_000, maxWaitMs: 1, maxQueue: 10 };
  const sent = new Map([1, 2].map((id) => [id, [delivery({ payment_id: id }).payment]]));
  let database: Database;
  let laws: Laws;
  beforeEach(async () => {
    database = await Database.open({ calendar: CALENDAR, currency: CURRENCY });
    onTestFinished(() => database.store.close());
    laws = new Laws(database, LIMITS);
    const deliveries = [1, 2].map((id) => delivery({ payment_id: id }));
    await database.commit(batchOf(deliveries, { quarantined: [quarantined()] }), undefined);
    await laws.lookAtEverything(sent);
  });

  test('and nothing wrong breaks none', () => {
    expect(laws.violation).toBeUndefined();
  });

  const wrongs = [
    ['a price that changed', `UPDATE ${PAYMENTS} SET total_price = 9.99 WHERE payment_id = 1`, '2, first'],
    [
      'a payment that nobody sent',
      `INSERT INTO ${PAYMENTS} SELECT 3, user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on
       FROM ${PAYMENTS} WHERE payment_id = 1`,
      '8, nothing invented',
    ],
    ['a capture that is gone', 'DELETE FROM farelog_captures WHERE payment_id = 1', '8, nothing invented'],
    ['a payment that is gone', `DELETE FROM ${PAYMENTS} WHERE payment_id = 1`, '2, first'],
    ['a payment that is not in the journal', 'DELETE FROM farelog_journal', '5, figures'],
    [
      'a count',
      "UPDATE farelog_capture_hourly SET deliveries = deliveries + 1 WHERE outcome = 'invalid'",
      '6, counts',
    ],
    ['an attempt too many', 'UPDATE farelog_quarantine SET attempts = attempts + 1', '7, quarantine'],
    ['a delivery that is not in quarantine', 'DELETE FROM farelog_quarantine', '7, quarantine'],
  ] as const;
  for (const [wrong, sql, law] of wrongs) {
    test(wrong, async () => {
      database.db.exec(sql);
      await laws.lookAtEverything(sent);
      expect(laws.violation?.startsWith(law)).toBe(true);
    });
  }
});
