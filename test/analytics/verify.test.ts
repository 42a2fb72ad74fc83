/** `verify` finds every kind of damage and names it, and nothing else; `rebuild` mends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/app.js';
import { factOf, factsOfEntry, journalEntries } from '../../src/domain/journal.js';
import { type Entry, entryAt, type Fact, type Section, toEntries } from '../../src/domain/ledger.js';
import { decodeEntries } from '../../src/domain/ledger-bytes.js';
import type { Drift } from '../../src/index.js';
import { farelogMigrations } from '../../src/index.js';
import {
  blockRow,
  type KeyKind,
  keyNumbers,
  nextKeyNumber,
  readBlocks,
  saveBlock,
} from '../../src/store/ledger.js';
import { readMeta } from '../../src/store/meta.js';
import { DATABASES, describeOn, openTestKnex, type TestDatabase } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { expectLedgerEqualsRawRows } from '../support/ledger.js';

function secondOf(instant: string): number {
  return Date.parse(instant) / 1000;
}

/** Received within one hour, by two sources. */
const RECEIVED_MS = Date.parse('2025-04-07T06:10:00Z');

/** Two months of Chicago, whose border lies within a day of UTC; two riders, two types, two hours. */
const DELIVERIES = [
  delivery({
    payment_id: 1,
    user_id: 'ann',
    logged_s: secondOf('2025-04-01T04:59:59Z'),
    received_ms: RECEIVED_MS,
  }),
  delivery({
    payment_id: 2,
    user_id: 'ann',
    logged_s: secondOf('2025-04-01T05:00:00Z'),
    received_ms: RECEIVED_MS,
  }),
  delivery({
    payment_id: 3,
    user_id: 'ann',
    price_minor: 100,
    logged_s: secondOf('2025-04-07T03:11:31Z'),
    received_ms: RECEIVED_MS,
    source: 'api',
  }),
  delivery({
    payment_id: 4,
    user_id: 'bob',
    price_minor: 400,
    logged_s: secondOf('2025-04-07T03:59:59Z'),
    received_ms: RECEIVED_MS,
    source: 'api',
  }),
  delivery({
    payment_id: 5,
    user_id: 'bob',
    payment_type: 'coins',
    logged_s: secondOf('2025-04-07T03:30:00Z'),
    received_ms: RECEIVED_MS,
    source: 'api',
  }),
];
const REVENUE_MINOR = 250 + 250 + 100 + 400 + 250;

async function recordedApp(database: TestDatabase, databaseUrl?: string): Promise<App> {
  const app = await openTestApp({ databaseUrl: databaseUrl ?? (await database.freshUrl()) });
  await recordAll(app, DELIVERIES);
  return app;
}

/** All in the journal, or all in blocks. */
type State = 'journal' | 'posted';
const STATES: readonly State[] = ['journal', 'posted'];

interface Damage {
  readonly name: string;
  readonly damage: string | ((app: App) => Promise<unknown>);
  /**
   * Every drift by the state that was damaged, `section key: from the payments → in the ledger` in payments/minor; a
   * state that is left out cannot be damaged so.
   */
  readonly drifts: Partial<Record<State, readonly string[]>>;
}

function shown(text: string | null): string {
  if (text === null) return 'none';
  if (!text.startsWith('{')) return text;
  return text.replace(/^\{"payments":(-?\d+),"minor":(-?\d+)\}$/, '$1/$2');
}

function lineOf({ rollup, key, expected, found }: Drift): string {
  return `${rollup} ${key}: ${shown(expected)} → ${shown(found)}`;
}

const HOUR = '2025-04-07T03:00:00Z';
const ofApi = "source = 'api' AND outcome = 'recorded'";
const CAPTURE_HOUR = secondOf('2025-04-07T06:00:00Z');

const insertPayment = (id: number, loggedOn: string, price: string): string =>
  `INSERT INTO hntb_bytemark_order_payments (payment_id, user_id, order_id, payment_type, total_price, logged_on)
   VALUES (${id}, 'bob', 1, 'credit_card', ${price}, '${loggedOn}')`;

async function keyOf(app: App, kind: KeyKind, name: string): Promise<number> {
  const no = (await keyNumbers(app.store.knex, kind, [name])).get(name);
  if (no === undefined) throw new Error(`there is no ${kind} ${name}`);
  return no;
}

/** Changes what a block holds, and what it says of itself with it. */
function changeBlock(
  section: Section,
  period: number,
  name: string,
  change: (entry: Entry) => Entry | undefined,
): (app: App) => Promise<void> {
  return async (app) => {
    const { knex } = app.store;
    const key = await keyOf(app, section === 'riders' ? 'rider' : 'type', name);
    const [block] = await readBlocks(knex, section, [period]);
    if (block === undefined) throw new Error(`there is no block ${section} ${period}`);
    const entries = decodeEntries(block.data);
    const rows = Array.from({ length: entries.length }, (_, at) => entryAt(entries, at));
    let changed = 0;
    const altered = rows.flatMap((entry) => {
      if (entry.key !== key) return [entry];
      changed++;
      return change(entry) ?? [];
    });
    expect(changed).toBeGreaterThan(0);
    await saveBlock(knex, blockRow(section, period, block.version, toEntries(altered)));
  };
}

/** A block too many. */
function addBlock(
  section: Section,
  period: number,
  name: string,
  entry: Partial<Entry>,
): (app: App) => Promise<void> {
  return async (app) => {
    const key = await keyOf(app, section === 'riders' ? 'rider' : 'type', name);
    const entries = toEntries([{ bucket: 0, value: 0, count: 1, sum: 0, ...entry, key }]);
    await saveBlock(app.store.knex, blockRow(section, period, 99, entries));
  };
}

/** An entry of the journal with these facts, under this month. */
async function addToJournal(app: App, month: number, facts: readonly Fact[]): Promise<void> {
  const [entry] = journalEntries(facts, app.reader.calendar);
  if (entry === undefined) throw new Error('there are no facts');
  await app.store.knex('farelog_journal').insert({ ...entry, month, minor: String(entry.minor) });
}

/** Takes payment 5, the only one of coins, out of the journal. */
async function takeFromJournal(app: App): Promise<Fact[]> {
  const april = { month: 202504 };
  const [row] = await app.store.knex('farelog_journal').where(april);
  const facts: Fact[] = factsOfEntry(row.facts);
  await app.store.knex('farelog_journal').where(april).delete();
  await addToJournal(
    app,
    202504,
    facts.filter(({ payment_type }) => payment_type !== 'coins'),
  );
  return facts.filter(({ payment_type }) => payment_type === 'coins');
}

const FACTS_OF_5 = DELIVERIES.slice(4).map(factOf);

/** Both states say the same. */
const either = (...drifts: readonly string[]): Damage['drifts'] => ({ journal: drifts, posted: drifts });
const posted = (...drifts: readonly string[]): Damage['drifts'] => ({ posted: drifts });

/** Whole seconds from `logged_on` to the receipt. */
const LAG_5 = RECEIVED_MS / 1000 - secondOf('2025-04-07T03:30:00Z');
const LAG_1 = RECEIVED_MS / 1000 - secondOf('2025-04-01T04:59:59Z');

/** Payment 5 is missing from the ledger, or is there once more. */
const COINS_MISSING = [
  `revenue ${HOUR} coins: 1/250 → none`,
  `prices ${HOUR} coins 250: 1/0 → none`,
  'prices 202504 coins 250: 1/0 → none',
  `lags ${HOUR} coins ${LAG_5}: 1/0 → none`,
  `lags 202504 coins ${LAG_5}: 1/0 → none`,
  `riders ${HOUR} bob: 2/650 → 1/400`,
  'riders 202504 bob: 2/650 → 1/400',
];
const COINS_TWICE = COINS_MISSING.map((line) =>
  line.replace(/→ none/, line.startsWith('revenue') ? '→ 2/500' : '→ 2/0').replace('→ 1/400', '→ 3/900'),
);
/** The other way round: gone from the payments. */
const COINS_TOO_MANY = COINS_MISSING.map((line) =>
  line.replace(/: 1\/(\d+) → none/, ': none → 1/$1').replace('2/650 → 1/400', '1/400 → 2/650'),
);

const DAMAGES: readonly Damage[] = [
  {
    name: 'a count of revenue',
    damage: changeBlock('revenue', 20250406, 'credit_card', (entry) => ({ ...entry, count: 3 })),
    drifts: posted(`revenue ${HOUR} credit_card: 2/500 → 3/500`),
  },
  {
    name: 'a sum of revenue, by a cent',
    damage: changeBlock('revenue', 20250406, 'credit_card', (entry) => ({ ...entry, sum: entry.sum - 1 })),
    drifts: posted(`revenue ${HOUR} credit_card: 2/500 → 2/499`),
  },
  {
    name: 'revenue in the hour after its own',
    damage: changeBlock('revenue', 20250406, 'coins', (entry) => ({ ...entry, bucket: 23 })),
    drifts: posted(`revenue ${HOUR} coins: 1/250 → none`, 'revenue 2025-04-07T04:00:00Z coins: none → 1/250'),
  },
  {
    name: 'a missing entry of revenue',
    damage: changeBlock('revenue', 20250406, 'credit_card', () => undefined),
    drifts: posted(`revenue ${HOUR} credit_card: 2/500 → none`),
  },
  {
    name: 'a missing block of revenue',
    damage: "DELETE FROM farelog_ledger WHERE section = 'revenue' AND period = 20250406",
    drifts: posted(`revenue ${HOUR} credit_card: 2/500 → none`, `revenue ${HOUR} coins: 1/250 → none`),
  },
  {
    name: 'a block of revenue too many, in a month without payments',
    damage: addBlock('revenue', 20240101, 'coins', { bucket: 6, sum: 5 }),
    drifts: posted('revenue 2024-01-01T12:00:00Z coins: none → 1/5'),
  },
  {
    name: 'a block of revenue for a whole month, which it does not have',
    damage: addBlock('revenue', 202504, 'coins', { sum: 5 }),
    drifts: posted('revenue 202504 coins: none → 1/5'),
  },
  {
    name: 'a block of a day that is none, which ranges would count',
    damage: addBlock('revenue', 20250432, 'coins', { sum: 5 }),
    drifts: posted('revenue 2025-05-02T05:00:00Z coins: none → 1/5'),
  },
  {
    name: 'a price of a day, its month untouched',
    damage: changeBlock('prices', 20250406, 'coins', (entry) => ({ ...entry, value: 251 })),
    drifts: posted(`prices ${HOUR} coins 250: 1/0 → none`, `prices ${HOUR} coins 251: none → 1/0`),
  },
  {
    name: 'a count of prices of a month, its days untouched',
    damage: changeBlock('prices', 202504, 'coins', (entry) => ({ ...entry, count: 2 })),
    drifts: posted('prices 202504 coins 250: 1/0 → 2/0'),
  },
  {
    name: 'a lag, by a second',
    damage: changeBlock('lags', 20250406, 'coins', (entry) => ({ ...entry, value: entry.value - 1 })),
    drifts: posted(`lags ${HOUR} coins ${LAG_5}: 1/0 → none`, `lags ${HOUR} coins ${LAG_5 - 1}: none → 1/0`),
  },
  {
    name: 'a missing block of lags of a month',
    damage: "DELETE FROM farelog_ledger WHERE section = 'lags' AND period = 202503",
    drifts: posted(`lags 202503 credit_card ${LAG_1}: 1/0 → none`),
  },
  {
    name: 'a count of a rider, of a day',
    damage: changeBlock('riders', 20250406, 'bob', (entry) => ({ ...entry, count: 3 })),
    drifts: posted(`riders ${HOUR} bob: 2/650 → 3/650`),
  },
  {
    name: 'the spending of a rider, of a month',
    damage: changeBlock('riders', 202504, 'bob', (entry) => ({ ...entry, sum: entry.sum + 1 })),
    drifts: posted('riders 202504 bob: 2/650 → 2/651'),
  },
  {
    name: 'a missing entry of a rider',
    damage: changeBlock('riders', 202504, 'bob', () => undefined),
    drifts: posted('riders 202504 bob: 2/650 → none'),
  },
  {
    name: 'a block of riders too many, in a month without payments',
    damage: addBlock('riders', 203001, 'bob', { sum: 5 }),
    drifts: posted('riders 203001 bob: none → 1/5'),
  },
  {
    name: "all riders' payments in the month after theirs",
    damage: "UPDATE farelog_ledger SET period = 202505 WHERE section = 'riders' AND period = 202504",
    drifts: posted(
      'riders 202504 ann: 2/350 → none',
      'riders 202504 bob: 2/650 → none',
      'riders 202505 ann: none → 2/350',
      'riders 202505 bob: none → 2/650',
    ),
  },
  {
    name: 'a block that says more payments than it holds',
    damage:
      "UPDATE farelog_ledger SET payments = payments + 1 WHERE section = 'revenue' AND period = 20250406",
    drifts: posted('revenue 20250406 as a whole: 3/750 → 4/750'),
  },
  {
    name: 'a block that says a cent less than it holds',
    damage: "UPDATE farelog_ledger SET minor = minor - 1 WHERE section = 'riders' AND period = 202503",
    drifts: posted('riders 202503 as a whole: 1/250 → 1/249'),
  },
  {
    name: 'a block with bytes that are none',
    damage: "UPDATE farelog_ledger SET data = X'09' WHERE section = 'riders' AND period = 202503",
    drifts: posted(
      'riders 202503: none → A block of the ledger has the version 9',
      'riders 202503 as a whole: 0/0 → 1/250',
      'riders 202503 ann: 1/250 → none',
    ),
  },
  {
    name: 'a block that is cut off',
    damage: async (app) => {
      const [block] = await readBlocks(app.store.knex, 'revenue', [20250331]);
      const data = block?.data.subarray(0, -1);
      await app.store.knex('farelog_ledger').where({ section: 'revenue', period: 20250331 }).update({ data });
    },
    drifts: posted(
      'revenue 20250331: none → A block of the ledger is cut off',
      'revenue 20250331 as a whole: 0/0 → 1/250',
      'revenue 2025-04-01T04:00:00Z credit_card: 1/250 → none',
    ),
  },
  {
    name: 'the numbers of two riders, swapped',
    damage: async (app) => {
      const [ann, bob] = [await keyOf(app, 'rider', 'ann'), await keyOf(app, 'rider', 'bob')];
      const rider = (no: number) => app.store.knex('farelog_ledger_keys').where({ kind: 'rider', no });
      await rider(ann).update({ no: 999 });
      await rider(bob).update({ no: ann });
      await rider(999).update({ no: bob });
    },
    drifts: posted(
      'riders 2025-04-01T04:00:00Z ann: 1/250 → none',
      'riders 2025-04-01T04:00:00Z bob: none → 1/250',
      'riders 202503 ann: 1/250 → none',
      'riders 202503 bob: none → 1/250',
      'riders 2025-04-01T05:00:00Z ann: 1/250 → none',
      'riders 2025-04-01T05:00:00Z bob: none → 1/250',
      `riders ${HOUR} ann: 1/100 → 2/650`,
      `riders ${HOUR} bob: 2/650 → 1/100`,
      'riders 202504 ann: 2/350 → 2/650',
      'riders 202504 bob: 2/650 → 2/350',
    ),
  },
  {
    name: 'the name of a payment type, by a capital',
    damage: async (app) => {
      const no = await keyOf(app, 'type', 'coins');
      const named = app.store.knex('farelog_ledger_keys').where({ kind: 'type', no });
      await named.update({ name: app.store.dialect === 'sqlite' ? 'Coins' : Buffer.from('Coins') });
    },
    drifts: posted(
      `revenue ${HOUR} coins: 1/250 → none`,
      `revenue ${HOUR} Coins: none → 1/250`,
      `prices ${HOUR} coins 250: 1/0 → none`,
      `prices ${HOUR} Coins 250: none → 1/0`,
      'prices 202504 coins 250: 1/0 → none',
      'prices 202504 Coins 250: none → 1/0',
      `lags ${HOUR} coins ${LAG_5}: 1/0 → none`,
      `lags ${HOUR} Coins ${LAG_5}: none → 1/0`,
      `lags 202504 coins ${LAG_5}: 1/0 → none`,
      `lags 202504 Coins ${LAG_5}: none → 1/0`,
    ),
  },
  {
    // The newest number: without its name, the next new name would get that very number.
    name: 'the lost number of the newest rider',
    damage: async (app) => {
      const no = await keyOf(app, 'rider', 'bob');
      expect(await nextKeyNumber(app.store.knex, 'rider')).toBe(no + 1);
      await app.store.knex('farelog_ledger_keys').where({ kind: 'rider', no }).delete();
    },
    drifts: posted(
      `riders ${HOUR} bob: 2/650 → none`,
      `riders ${HOUR} number 1: none → 2/650`,
      'riders 202504 bob: 2/650 → none',
      'riders 202504 number 1: none → 2/650',
    ),
  },
  {
    name: 'a payment missing from the journal',
    damage: async (app) => {
      expect(await takeFromJournal(app)).toEqual(FACTS_OF_5);
    },
    drifts: { journal: COINS_MISSING },
  },
  {
    name: 'a payment of the journal under the month after its own, where no reader of its month finds it',
    damage: async (app) => addToJournal(app, 202505, await takeFromJournal(app)),
    drifts: {
      journal: [
        ...COINS_MISSING,
        `revenue ${HOUR} coins: none → 1/250`,
        `prices ${HOUR} coins 250: none → 1/0`,
        'prices 202504 coins 250: none → 1/0',
        `lags ${HOUR} coins ${LAG_5}: none → 1/0`,
        `lags 202504 coins ${LAG_5}: none → 1/0`,
        `riders ${HOUR} bob: none → 1/250`,
        'riders 202504 bob: none → 1/250',
      ],
    },
  },
  {
    name: 'a payment that is in a block and in the journal too',
    damage: (app) => addToJournal(app, 202504, FACTS_OF_5),
    drifts: posted(...COINS_TWICE),
  },
  {
    name: 'a payment that is in a block and in the journal too, under a month without payments',
    damage: (app) => addToJournal(app, 209901, FACTS_OF_5),
    drifts: posted(...COINS_TOO_MANY.map((line) => line.replace(/1\/400 → 2\/650/, 'none → 1/250'))),
  },
  {
    name: 'a payment that another program deleted and that was recorded again',
    damage: async (app) => {
      await app.store.knex('hntb_bytemark_order_payments').where('payment_id', 5).delete();
      expect(await recordAll(app, DELIVERIES.slice(4))).toEqual(['recorded']);
    },
    drifts: either(...COINS_TWICE, 'capture 2025-04-07T06:00:00Z api: 3 → 4'),
  },
  {
    name: 'a count of deliveries',
    damage: `UPDATE farelog_capture_hourly SET deliveries = deliveries + 1 WHERE ${ofApi}`,
    drifts: either('capture 2025-04-07T06:00:00Z api: 3 → 4'),
  },
  {
    name: 'a missing row of deliveries',
    damage: `DELETE FROM farelog_capture_hourly WHERE ${ofApi}`,
    drifts: either('capture 2025-04-07T06:00:00Z api: 3 → none'),
  },
  {
    name: 'a row of deliveries too many',
    damage: `INSERT INTO farelog_capture_hourly VALUES (${CAPTURE_HOUR}, 'sync', 'recorded', '', 0, 7)`,
    drifts: either('capture 2025-04-07T06:00:00Z sync: none → 7'),
  },
  {
    name: 'a payment that another program inserted',
    damage: insertPayment(9, '2025-04-07 03:20:00', '7.77'),
    drifts: either(
      `revenue ${HOUR} credit_card: 3/1277 → 2/500`,
      `prices ${HOUR} credit_card 777: 1/0 → none`,
      'prices 202504 credit_card 777: 1/0 → none',
      `riders ${HOUR} bob: 3/1427 → 2/650`,
      'riders 202504 bob: 3/1427 → 2/650',
    ),
  },
  ...[
    ['in a year of its own', '2019-07-01 12:00:00', '2019-07-01T12:00:00Z', '201907', '7.77', '777'],
    ['before 1970', '1969-12-31 12:30:00', '1969-12-31T12:00:00Z', '196912', '7.77', '777'],
    ['with a price below zero', '2019-07-01 12:00:00', '2019-07-01T12:00:00Z', '201907', '-7.77', '-777'],
  ].map(([what, loggedOn = '', hour, month, price = '', minor]) => ({
    name: `a payment that another program inserted, ${what}`,
    damage: insertPayment(9, loggedOn, price),
    drifts: either(
      `revenue ${hour} credit_card: 1/${minor} → none`,
      `prices ${hour} credit_card ${minor}: 1/0 → none`,
      `prices ${month} credit_card ${minor}: 1/0 → none`,
      `riders ${hour} bob: 1/${minor} → none`,
      `riders ${month} bob: 1/${minor} → none`,
    ),
  })),
  {
    name: 'a payment that another program deleted',
    damage: 'DELETE FROM hntb_bytemark_order_payments WHERE payment_id = 5',
    drifts: either(...COINS_TOO_MANY),
  },
  {
    name: 'a price that another program changed, by a cent',
    damage: 'UPDATE hntb_bytemark_order_payments SET total_price = 2.51 WHERE payment_id = 5',
    drifts: either(
      `revenue ${HOUR} coins: 1/251 → 1/250`,
      `prices ${HOUR} coins 251: 1/0 → none`,
      `prices ${HOUR} coins 250: none → 1/0`,
      'prices 202504 coins 251: 1/0 → none',
      'prices 202504 coins 250: none → 1/0',
      `riders ${HOUR} bob: 2/651 → 2/650`,
      'riders 202504 bob: 2/651 → 2/650',
    ),
  },
  {
    name: 'a rider that another program changed',
    damage: "UPDATE hntb_bytemark_order_payments SET user_id = 'eve' WHERE payment_id = 5",
    drifts: either(
      `riders ${HOUR} bob: 1/400 → 2/650`,
      `riders ${HOUR} eve: 1/250 → none`,
      'riders 202504 bob: 1/400 → 2/650',
      'riders 202504 eve: 1/250 → none',
    ),
  },
  {
    name: 'a type that another program changed',
    damage: "UPDATE hntb_bytemark_order_payments SET payment_type = 'tokens' WHERE payment_id = 5",
    drifts: either(
      ...COINS_TOO_MANY.filter((line) => !line.startsWith('riders')),
      ...COINS_MISSING.filter((line) => !line.startsWith('riders')).map((line) =>
        line.replace('coins', 'tokens'),
      ),
    ),
  },
  {
    name: 'a time that another program changed, over the border of a month',
    damage: "UPDATE hntb_bytemark_order_payments SET logged_on = '2025-04-01 05:00:00' WHERE payment_id = 1",
    drifts: either(
      'revenue 2025-04-01T04:00:00Z credit_card: none → 1/250',
      'prices 2025-04-01T04:00:00Z credit_card 250: none → 1/0',
      'prices 202503 credit_card 250: none → 1/0',
      `lags 2025-04-01T04:00:00Z credit_card ${LAG_1}: none → 1/0`,
      `lags 202503 credit_card ${LAG_1}: none → 1/0`,
      'riders 2025-04-01T04:00:00Z ann: none → 1/250',
      'riders 202503 ann: none → 1/250',
      'revenue 2025-04-01T05:00:00Z credit_card: 2/500 → 1/250',
      'prices 2025-04-01T05:00:00Z credit_card 250: 2/0 → 1/0',
      'prices 202504 credit_card 250: 2/0 → 1/0',
      `lags 2025-04-01T05:00:00Z credit_card ${LAG_1 - 1}: 2/0 → 1/0`,
      `lags 202504 credit_card ${LAG_1 - 1}: 2/0 → 1/0`,
      'riders 2025-04-01T05:00:00Z ann: 2/500 → 1/250',
      'riders 202504 ann: 3/600 → 2/350',
    ),
  },
  {
    name: 'a capture that another program deleted',
    damage: 'DELETE FROM farelog_captures WHERE payment_id = 5',
    drifts: either(
      `lags ${HOUR} coins ${LAG_5}: none → 1/0`,
      `lags 202504 coins ${LAG_5}: none → 1/0`,
      'capture 2025-04-07T06:00:00Z api: 2 → 3',
    ),
  },
  {
    name: 'a capture whose time another program changed, within its hour',
    damage: 'UPDATE farelog_captures SET received_ms = received_ms + 1000 WHERE payment_id = 5',
    drifts: either(
      `lags ${HOUR} coins ${LAG_5 + 1}: 1/0 → none`,
      `lags ${HOUR} coins ${LAG_5}: none → 1/0`,
      `lags 202504 coins ${LAG_5 + 1}: 1/0 → none`,
      `lags 202504 coins ${LAG_5}: none → 1/0`,
    ),
  },
];

const DAMAGED_STATES = DAMAGES.flatMap(({ name, damage, drifts }) =>
  STATES.flatMap((state) => {
    const expected = drifts[state];
    return expected === undefined ? [] : [{ name, state, damage, expected }];
  }),
);

/** Another process that commits payments all over two years until it is stopped; tells how many they were. */
async function startCommitting(url: string): Promise<{ stop(): Promise<number> }> {
  const pathOf = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
  const loaders = ['--import', 'tsx', '--import', pathOf('tsx-in-threads.mjs')];
  const child = spawn(process.execPath, [...loaders, pathOf('keep-committing.ts'), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
  });
  const said = async (): Promise<string> => {
    const [text] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    return String(text);
  };
  expect(await said()).toBe('committing\n');
  return {
    async stop() {
      const total = said();
      child.stdin.end();
      return Number(await total);
    },
  };
}

const NO_ADJUSTMENTS = { adjustments: 0, adjustments_minor: '0', waiting_adjustments: 0 };

// One SQLite is like the other here.
for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('an empty database agrees', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl() });
      expect(await app.verify()).toEqual({
        ok: true,
        payments: 0,
        revenue_minor: '0',
        ...NO_ADJUSTMENTS,
        rollup_rows: 0,
        drifts: 0,
        first_drifts: [],
      });
    });

    test('a live database agrees, before and after its journal is posted, and tells what was compared', async () => {
      const app = await recordedApp(database);
      const { recorder } = await app.writeSide();
      // A duplicate, a conflict and an invalid one count as deliveries, which no payment stands for.
      await recordAll(app, DELIVERIES.slice(0, 2));
      await recorder.recordWebhook(Buffer.from('not JSON'));
      await recorder.recordRecord({ payment_id: 1 }, 'api');
      const agreed = {
        ok: true,
        payments: 5,
        revenue_minor: String(REVENUE_MINOR),
        ...NO_ADJUSTMENTS,
        drifts: 0,
        first_drifts: [],
      };
      // Two of deliveries; the journal has no rows of sums.
      expect(await app.verify()).toEqual({ ...agreed, rollup_rows: 2 });
      expect(await app.post()).toBe(5);
      const progress: number[] = [];
      // Four of revenue; of days and months, five and five of prices and of lags, four and three of riders.
      const rollup_rows = 2 + 4 + (5 + 5) + (5 + 5) + (4 + 3);
      expect(await app.verify((payments) => progress.push(payments))).toEqual({ ...agreed, rollup_rows });
      expect(progress).toEqual([1, 5]);
    });

    describe('damage', () => {
      test.each(DAMAGED_STATES)(
        'is found, named and mended: $name, $state',
        async ({ state, damage, expected }) => {
          const app = await recordedApp(database);
          if (state === 'posted') await app.post();
          await (typeof damage === 'string' ? app.store.knex.raw(damage) : damage(app));
          const report = await app.verify();
          expect(report.first_drifts.map(lineOf).sort()).toEqual([...expected].sort());
          expect(report).toMatchObject({ ok: expected.length === 0, drifts: expected.length });
          for (const drift of report.first_drifts) expect(drift.expected).not.toBe(drift.found);
          const [rows] = await app.store.knex('hntb_bytemark_order_payments').count({ count: '*' });
          expect(await app.rebuild()).toBe(Number(rows?.count));
          expect(await app.verify()).toMatchObject({ ok: true, drifts: 0, payments: Number(rows?.count) });
          await expectLedgerEqualsRawRows(app.store);
        },
      );

      test('is counted in full and listed up to a hundred', async () => {
        const app = await openTestApp({ databaseUrl: await database.freshUrl() });
        const hour = secondOf('2025-04-07T00:00:00Z');
        const many = Array.from({ length: 150 }, (_, index) =>
          delivery({ payment_id: index + 1, logged_s: hour + index * 3_600 }),
        );
        await recordAll(app, many);
        await app.post();
        await app.store.knex('farelog_ledger').where('section', 'revenue').delete();
        const report = await app.verify();
        expect(report).toMatchObject({ ok: false, drifts: 150 });
        expect(report.first_drifts).toHaveLength(100);
      });
    });

    test('a table whose rows other programs wrote has its ledger after the first opening', async () => {
      const url = await database.freshUrl();
      const theirs = openTestKnex(url);
      await theirs.migrate.up(farelogMigrations);
      expect(await theirs.schema.hasTable('farelog_captures')).toBe(false);
      await theirs.raw(insertPayment(7, '2025-04-07 03:59:59', '2.5'));
      await theirs.raw(insertPayment(8, '2025-04-07 04:00:00', '0.1'));
      await theirs.raw(insertPayment(9, '2025-04-07 04:00:01', '0.2'));
      // A database in memory is seen by its own Knex only; else Farelog opens the address.
      const app = await openTestApp(
        database.name === 'sqlite memory' ? { knex: theirs } : { databaseUrl: url },
      );
      expect(await app.verify()).toMatchObject({ ok: true, payments: 3, revenue_minor: '280' });
      expect((await app.figures.methods({ from: '2025-04-06', to: '2025-04-08' })).rows).toEqual([
        expect.objectContaining({
          payment_type: 'credit_card',
          transaction_count: 3,
          total_revenue: 2.8,
          avg_transaction_value: 0.9333,
        }),
      ]);
      await expectLedgerEqualsRawRows(app.store);
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('is not alarmed by what another process commits and posts meanwhile, between rebuilds too', async () => {
      const url = await database.freshUrl();
      const app = await openTestApp({ databaseUrl: url });
      const writer = await startCommitting(url);
      const count = async (): Promise<number> => {
        const [rows] = await app.store.knex('hntb_bytemark_order_payments').count({ count: '*' });
        return Number(rows?.count);
      };
      let meanwhile = 0;
      for (let times = 0; times < 10; times++) {
        const before = await count();
        const report = await app.verify();
        meanwhile += (await count()) - before;
        if (times % 4 === 3) await app.rebuild();
        expect(report).toMatchObject({ ok: true, first_drifts: [] });
        expect(report.payments).toBeGreaterThanOrEqual(before);
      }
      const committed = await writer.stop();
      expect(meanwhile).toBeGreaterThan(0);
      expect(await app.verify()).toMatchObject({ ok: true, payments: committed });
    });

    describe('a database whose ledger was made with other settings', () => {
      test.each([
        ['FARELOG_REPORT_TIMEZONE', 'Asia/Kathmandu', 'America/Chicago'],
        ['FARELOG_CURRENCY', 'KWD', 'USD'],
      ])('does not open with a changed %s until it is rebuilt', async (name, changed, before) => {
        const url = await database.freshUrl();
        const made = await recordedApp(database, url);
        const refused = openTestApp({ databaseUrl: url, environment: { [name]: changed } });
        await expect(refused).rejects.toMatchObject({
          code: 'settings',
          message: expect.stringMatching(
            new RegExp(`: ${name} was ${before} and is ${changed}\\. .*farelog rebuild`),
          ),
        });
        // Refusing changed nothing.
        expect(await made.verify()).toMatchObject({ ok: true, payments: 5 });
        const rebuilding = await openTestApp({
          databaseUrl: url,
          environment: { [name]: changed },
          acceptStaleLedger: true,
        });
        expect(await rebuilding.rebuild()).toBe(5);
        const opened = await openTestApp({ databaseUrl: url, environment: { [name]: changed } });
        expect(await opened.verify()).toMatchObject({ ok: true, payments: 5 });
        await expect(openTestApp({ databaseUrl: url })).rejects.toMatchObject({ code: 'settings' });
      });

      test('names both when both changed', async () => {
        const url = await database.freshUrl();
        await recordedApp(database, url);
        const environment = { FARELOG_REPORT_TIMEZONE: 'UTC', FARELOG_CURRENCY: 'EUR' };
        await expect(openTestApp({ databaseUrl: url, environment })).rejects.toThrow(
          /FARELOG_REPORT_TIMEZONE was America\/Chicago and is UTC; FARELOG_CURRENCY was USD and is EUR/,
        );
      });

      test('opens with another name of the same zone', async () => {
        const url = await database.freshUrl();
        await recordedApp(database, url);
        const app = await openTestApp({
          databaseUrl: url,
          environment: { FARELOG_REPORT_TIMEZONE: 'america/chicago' },
        });
        expect(await app.verify()).toMatchObject({ ok: true });
      });
    });

    describe('a changed pseudonym key', () => {
      const claim = {
        payment_id: 77,
        user_id: 'provider-rider',
        order_id: 1,
        payment_type: 'coins',
        total_price: '1.00',
        logged_on: '2025-04-07T03:11:31Z',
      };
      const OTHER_KEY = { FARELOG_PSEUDONYM_KEY: 'another pseudonym key' };

      test('is refused before anything is recorded, both keys named, and reading goes on', async () => {
        const url = await database.freshUrl();
        const app = await recordedApp(database, url);
        const { pseudonym_key_id: keyId } = await readMeta(app.store.knex);
        expect(keyId).toMatch(/^[0-9a-f]{8}$/);
        const other = await openTestApp({ databaseUrl: url, environment: OTHER_KEY });
        for (const attempt of [1, 2]) {
          await expect(other.writeSide(), `attempt ${attempt}`).rejects.toMatchObject({
            code: 'settings',
            message: expect.stringMatching(
              new RegExp(`pseudonym key ${keyId}; the key at hand is (?!${keyId})[0-9a-f]{8}\\.`),
            ),
          });
        }
        expect((await readMeta(other.store.knex)).pseudonym_key_id).toBe(keyId);
        expect(await other.verify()).toMatchObject({ ok: true, payments: 5 });
        await other.close();
      });

      test('is taken where that is said to be meant, and makes another rider', async () => {
        const url = await database.freshUrl();
        const app = await recordedApp(database, url);
        const { recorder } = await app.writeSide();
        expect(await recorder.recordRecord(claim, 'api')).toMatchObject({ outcome: 'recorded' });
        const environment = { ...OTHER_KEY, FARELOG_PSEUDONYM_KEY_CHANGE: 'accept' };
        const other = await openTestApp({ databaseUrl: url, environment });
        const answer = await (await other.writeSide()).recorder.recordRecord(claim, 'api');
        expect(answer).toMatchObject({ outcome: 'conflict', problems: [{ field: 'user_id' }] });
        await expect((await openTestApp({ databaseUrl: url })).writeSide()).rejects.toMatchObject({
          code: 'settings',
        });
      });
    });
  });
}
