/** The fare and policy calendar: what may stand in it, who changed it, and what is asked of it. */
import { describe, expect, test } from 'vitest';
import type { CalendarClaim } from '../../src/domain/calendar-entry.js';
import { AppError } from '../../src/domain/errors.js';
import { type Calendar, calendarOf } from '../../src/ingest/calendar.js';
import { listAudit } from '../../src/store/audit.js';
import { calendarEntries } from '../../src/store/calendar.js';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { DATABASES, describeOn, freshStore, openTestStore } from '../support/databases.js';

const NOW = Date.parse('2026-03-10T15:00:00Z');
const BY = { actor: 'test', operation: 'a test' };
const FARE = {
  kind: 'fare',
  name: 'Single fare rises',
  starts_on: '2026-03-01',
  ends_before: null,
  payment_type: null,
  price_before_minor: 125,
  price_after_minor: 150,
  note: null,
} as const;

const [, MEMORY] = DATABASES;

async function freshCalendar(database = MEMORY): Promise<{ store: Store; calendar: Calendar }> {
  if (database === undefined) throw new Error('there is no database to test on');
  const store = await freshStore(database);
  return { store, calendar: calendarOf(store, () => NOW) };
}

async function problemsOf(changing: Promise<unknown>): Promise<string[]> {
  const error: unknown = await changing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`was not refused, but ${String(error)}`);
  return error.problems.map(({ message }) => message);
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('an entry is added, changed, ended and removed, and the audit has each', async () => {
      const { store, calendar } = await freshCalendar(database);
      const added = await calendar.add(FARE, BY);
      expect(added).toEqual({ entry_id: 1, ...FARE });
      const changed = await calendar.change(1, { ...FARE, price_after_minor: 160, note: 'board of May' }, BY);
      expect(changed).toEqual({ ...added, price_after_minor: 160, note: 'board of May' });
      const ended = await calendar.end(1, '2026-04-01', BY);
      expect(await calendarEntries(store.knex)).toEqual([{ ...changed, ends_before: '2026-04-01' }]);
      await calendar.remove(1, BY);
      expect(await calendarEntries(store.knex)).toEqual([]);
      const audit = (await listAudit(store.knex, {}, 10)).reverse();
      expect(audit.map(({ action, filter }) => [action, JSON.parse(filter)])).toEqual([
        ['calendar.add', { after: added }],
        ['calendar.change', { before: added, after: changed }],
        ['calendar.end', { before: changed, after: ended }],
        ['calendar.remove', { before: ended }],
      ]);
    });

    test('of two fares that contradict each other and are added at once, one stands', async () => {
      const { calendar } = await freshCalendar(database);
      const settled = await Promise.allSettled([calendar.add(FARE, BY), calendar.add(FARE, BY)]);
      expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await calendar.entries()).toHaveLength(1);
    });
  });
}

test('entries of a span are those that hold on some day of it', async () => {
  const { calendar } = await freshCalendar();
  const event = (name: string, starts_on: string, ends_before: string | null) =>
    calendar.add({ kind: 'event', name, starts_on, ends_before }, BY);
  await event('open', '2026-01-01', null);
  await event('ends as it begins', '2026-02-01', '2026-03-01');
  await event('touches its first day', '2026-02-01', '2026-03-02');
  await event('its last day', '2026-03-31', '2026-04-02');
  await event('after it', '2026-04-01', null);
  const names = (await calendar.entries({ from: '2026-03-01', to: '2026-04-01' })).map(({ name }) => name);
  expect(names).toEqual(['open', 'touches its first day', 'its last day']);
});

describe('an entry is refused', () => {
  const refused: readonly (readonly [string, CalendarClaim, RegExp])[] = [
    ['of an unknown kind', { kind: 'strike' }, /^kind must be one of fare, promotion/],
    ['without a name', { name: '  ' }, /^name must say what happened/],
    ['with a long name', { name: 'x'.repeat(101) }, /^name must have at most 100/],
    ['with a name that is no text', { name: 7 }, /^name must be text/],
    ['on a day that is not', { starts_on: '2026-02-30' }, /^starts_on must be a date/],
    ['without a day', { starts_on: '' }, /^starts_on must be the first date/],
    ['that ends as it begins', { ends_before: '2026-03-01' }, /^ends_before must lie after starts_on/],
    ['at half a cent', { price_after_minor: 1.5 }, /^price_after_minor must be a whole number/],
    ['below nothing', { price_before_minor: -1 }, /^price_before_minor must be a whole number/],
    ['as a fare without a price', { price_after_minor: null }, /^price_after_minor must say/],
  ];
  test.each(refused)('%s', async (_, changes, message) => {
    const { calendar } = await freshCalendar();
    const problems = await problemsOf(calendar.add({ ...FARE, ...changes }, BY));
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(await calendar.entries()).toEqual([]);
  });

  test('with all its problems at once', async () => {
    const { calendar } = await freshCalendar();
    const claim = { kind: 'fare', name: '', starts_on: 'today', price_after_minor: 'two' };
    expect(await problemsOf(calendar.add(claim, BY))).toHaveLength(3);
  });
});

describe('fares of one payment type', () => {
  const may: readonly (readonly [string, CalendarClaim])[] = [
    ['one follows another that has no end', { starts_on: '2026-05-01' }],
    ['one is over before the other begins', { starts_on: '2026-02-01', ends_before: '2026-03-01' }],
    ['they are of different types', { payment_type: 'transit_card' }],
    ['the other is a promotion', { kind: 'promotion' }],
  ];
  test.each(may)('stand beside each other where %s', async (_, changes) => {
    const { calendar } = await freshCalendar();
    await calendar.add(FARE, BY);
    expect((await calendar.add({ ...FARE, ...changes }, BY)).entry_id).toBe(2);
  });

  test('are refused where they overlap, and the other one is named', async () => {
    const { calendar } = await freshCalendar();
    await calendar.add(FARE, BY);
    const earlier = { ...FARE, starts_on: '2026-02-01', ends_before: '2026-03-02' };
    const named = [expect.stringContaining('1 "Single fare rises" (2026-03-01 to further notice)')];
    expect(await problemsOf(calendar.add(earlier, BY))).toEqual(named);
    expect(await problemsOf(calendar.add(FARE, BY))).toEqual(named);
  });
});

describe('an import', () => {
  const rows = [
    FARE,
    { ...FARE, starts_on: '2026-05-01', price_before_minor: 150, price_after_minor: '175' },
  ];

  test('adds what is new, again nothing, and a row of the audit each', async () => {
    const { store, calendar } = await freshCalendar();
    expect(await calendar.import(rows, BY)).toEqual({ added: 2, unchanged: 0 });
    expect(await calendar.import(rows, BY)).toEqual({ added: 0, unchanged: 2 });
    expect((await listAudit(store.knex, {}, 10)).map(({ action }) => action)).toEqual([
      'calendar.add',
      'calendar.add',
    ]);
  });

  test('adds nothing where one row has a problem, and tells those of all rows', async () => {
    const { calendar } = await freshCalendar();
    const wrong = [{ ...FARE, kind: 'x' }, FARE, { ...FARE, name: 'Another' }];
    expect(await problemsOf(calendar.import(wrong, BY))).toEqual([
      expect.stringMatching(/^row 1: kind/),
      expect.stringMatching(/^row 3: .*row 2 "Single fare rises"/),
    ]);
    expect(await calendar.entries()).toEqual([]);
  });
});

test('card numbers are taken out before anything is kept', async () => {
  const { store, calendar } = await freshCalendar();
  await calendar.add({ ...FARE, note: 'paid with 4111 1111 1111 1111' }, BY);
  const kept = JSON.stringify([await calendar.entries(), await listAudit(store.knex, {}, 10)]);
  expect(kept).not.toContain('4111');
});

test('another process of the same file sees it', async () => {
  const [file] = DATABASES;
  const url = (await file?.freshUrl()) ?? '';
  const [one, two] = [openTestStore(url), openTestStore(url, 'two')];
  await migrateUp(one.knex);
  await calendarOf(one, () => NOW).add(FARE, BY);
  expect(await calendarEntries(two.knex)).toHaveLength(1);
});
