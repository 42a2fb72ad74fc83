/** Switching: against a plain count, what is folded, and what may not be told from it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SwitchCounter, type SwitchingRow, type TypedPayment } from '../../src/analytics/switching.js';
import { NOW_S, openTestApp as openTestServer } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks } from '../support/figures.js';
import { failureOf } from '../support/promises.js';

const TYPES = ['card', 'coins', 'mobile_payment', 'other'];

interface Step {
  readonly rider: string;
  readonly from: string;
  readonly to: string;
}

/** Every step of every rider, one by one. */
function stepsOf(payments: readonly TypedPayment[]): Step[] {
  return [...new Set(payments.map(({ user_id }) => user_id))].flatMap((rider) => {
    const own = payments.filter(({ user_id }) => user_id === rider);
    return own.slice(1).map(({ payment_type }, index) => ({
      rider,
      from: own[index]?.payment_type ?? '',
      to: payment_type,
    }));
  });
}

function plainRows(steps: readonly Step[]): SwitchingRow[] {
  const cells = [...new Set(steps.map(({ from, to }) => `${from} ${to}`))];
  return cells.map((cell) => {
    const [from = '', to = ''] = cell.split(' ');
    const own = steps.filter((step) => step.from === from && step.to === to);
    const all = steps.filter((step) => step.from === from);
    return {
      from_type: from,
      to_type: to,
      transitions: own.length,
      riders: new Set(own.map(({ rider }) => rider)).size,
      share_of_from: Math.round((own.length / all.length) * 1e6) / 1e6,
    };
  });
}

/** The rule of folding, said in another way: step by step, on the steps themselves. */
function folded(steps: readonly Step[], minRiders: number): Step[] {
  const few = (list: readonly Step[], { from, to }: Step): boolean => {
    const riders = list.filter((step) => step.from === from && step.to === to).map(({ rider }) => rider);
    return new Set(riders).size < minRiders;
  };
  const once = steps.map((step) => (few(steps, step) ? { ...step, to: 'other' } : step));
  const twice = once.map((step) => (few(once, step) ? { ...step, from: 'other', to: 'other' } : step));
  return twice.filter((step) => !few(twice, step));
}

const inOrder = (rows: readonly SwitchingRow[]): SwitchingRow[] =>
  rows.toSorted(
    (a, b) =>
      b.transitions - a.transitions ||
      (a.from_type < b.from_type ? -1 : a.from_type > b.from_type ? 1 : a.to_type < b.to_type ? -1 : 1),
  );

const payments = fc.array(
  fc.record({
    user_id: fc.integer({ min: 0, max: 12 }).map((rider) => `rider-${rider}`),
    payment_type: fc.constantFrom(...TYPES),
  }),
  { maxLength: 120 },
);

function counted(list: readonly TypedPayment[], minRiders: number): SwitchingRow[] {
  const counter = new SwitchCounter(TYPES);
  for (const payment of list) counter.add(payment);
  return counter.rows(minRiders);
}

describe('switching, counted', () => {
  test('equals the steps of every rider, one by one', () => {
    fc.assert(
      fc.property(payments, (list) => {
        expect(counted(list, 1)).toEqual(inOrder(plainRows(stepsOf(list))));
      }),
    );
  });

  test('with folding shows no row of fewer riders, and everything else as it is', () => {
    fc.assert(
      fc.property(payments, fc.integer({ min: 1, max: 14 }), (list, minRiders) => {
        const rows = counted(list, minRiders);
        expect(rows).toEqual(inOrder(plainRows(folded(stepsOf(list), minRiders))));
        for (const { riders } of rows) expect(riders).toBeGreaterThanOrEqual(minRiders);
      }),
    );
  });

  test('knows as many types as it remembers, and takes the rest for other', () => {
    const names = Array.from({ length: 40 }, (_, index) => `type-${index}`);
    const counter = new SwitchCounter(names);
    for (const payment_type of names) counter.add({ user_id: 'r', payment_type });
    const rows = counter.rows(1);
    expect(rows.reduce((sum, { transitions }) => sum + transitions, 0)).toBe(39);
    expect(rows[0]).toMatchObject({ from_type: 'other', to_type: 'other', transitions: 7 });
    expect(rows).toContainEqual(expect.objectContaining({ from_type: 'type-31', to_type: 'other' }));
  });
});

/** Payments of riders, each a minute after the one before. */
function paid(list: readonly TypedPayment[], first = NOW_S - 86_400) {
  return list.map((one, index) =>
    delivery({
      ...one,
      payment_id: index + 1,
      logged_s: first + index * 60,
      received_ms: (first + index * 60 + 1) * 1000,
    }),
  );
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('switching over stored payments is that of their order in time, however they came', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl(), clock: () => NOW_S * 1000 });
      await fc.assert(
        fc.asyncProperty(payments, fc.infiniteStream(fc.nat()), async (list, order) => {
          await emptyBooks(app);
          const shuffled = paid(list)
            .map((one) => ({ one, at: order.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one);
          await recordAll(app, shuffled);
          const { rows, min_riders } = await app.figures.switching({ days: 3, minRiders: 1 });
          expect(rows).toEqual(inOrder(plainRows(stepsOf(list))));
          expect(min_riders).toBe(1);
        }),
        { numRuns: 15 },
      );
    });

    test('ends where its range ends, and knows an earlier state', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl(), clock: () => NOW_S * 1000 });
      const step = (payment_type: string): TypedPayment => ({ user_id: 'r', payment_type });
      await recordAll(app, paid([step('card'), step('coins'), step('card'), step('card')]));
      const ask = async (more: object): Promise<string[]> => {
        const { rows } = await app.figures.switching({ minRiders: 1, ...more });
        return rows.map((row) => `${row.from_type} ${row.to_type}`).sort();
      };
      expect(await ask({})).toEqual(['card card', 'card coins', 'coins card']);
      const second = new Date((NOW_S - 86_400 + 60) * 1000).toISOString();
      expect(await ask({ from: second })).toEqual(['card card', 'coins card']);
      expect(await ask({ to: second })).toEqual([]);
      expect(await ask({ asOf: '2' })).toEqual(['card coins']);
    });
  });
}

describe('switching, asked for', () => {
  test('of a long range is refused with what is possible', async () => {
    const app = await openTestApp({ databaseUrl: 'sqlite::memory:', clock: () => NOW_S * 1000 });
    expect((await app.figures.switching({ days: 92 })).rows).toEqual([]);
    const autumn = { from: '2025-08-03', to: '2025-11-03' };
    expect((await app.figures.switching(autumn)).rows).toEqual([]);
    for (const request of [{ days: 93 }, { from: '2025-12-01' }, { from: '2025-08-02', to: '2025-11-03' }])
      expect(String(await failureOf(app.figures.switching(request)))).toContain('at most 92 days');
  });

  test('by an analyst shows what 11 riders did, by a researcher all', async () => {
    const service = await openTestServer();
    const riders = (count: number, from: string, to: string): TypedPayment[] =>
      Array.from({ length: count }, (_, index) => [
        { user_id: `${from}-${to}-${index}`, payment_type: from },
        { user_id: `${from}-${to}-${index}`, payment_type: to },
      ]).flat();
    await recordAll(
      service.app,
      paid([...riders(11, 'card', 'coins'), ...riders(10, 'coins', 'card'), ...riders(1, 'coins', 'paypal')]),
    );
    const ask = async (role: 'analyst' | 'researcher' | 'admin'): Promise<[number, string[]]> => {
      const answer = (await service.get('/api/v1/analytics/switching', role)).json();
      const rows: SwitchingRow[] = answer.rows;
      return [answer.min_riders, rows.map((row) => `${row.from_type} ${row.to_type} ${row.riders}`)];
    };
    expect(await ask('analyst')).toEqual([11, ['card coins 11', 'coins other 11']]);
    const all = ['card coins 11', 'coins card 10', 'coins paypal 1'];
    expect(await ask('researcher')).toEqual([1, all]);
    expect(await ask('admin')).toEqual([1, all]);
    const csv = await service.get('/api/v1/analytics/switching?format=csv', 'analyst');
    expect(csv.body.split('\r\n')[0]).toBe('from_type,to_type,transitions,riders,share_of_from');
    expect(csv.body).not.toContain('paypal');
  });
});
