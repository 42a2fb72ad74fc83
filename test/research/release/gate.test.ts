/** Releases are attacked by a program that knows their folder alone: a gated one holds, an ungated one does not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AttackReport, attackReleases } from '../../../src/research/attack/attack.js';
import type { Observations } from '../../../src/research/observations.js';
import { prepareRelease, writeRelease } from '../../../src/research/release/make.js';
import type { Prepared } from '../../../src/research/release/prepared.js';
import { declarationOf, observationsOf, type PaymentLine } from '../../support/releases.js';

const KEY = Buffer.alloc(32, 7);
const DAYS = 35;

function written(prepared: Prepared): { folder: string; remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'farelog-release-'));
  const folder = join(parent, 'release');
  writeRelease(prepared, folder, KEY);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

async function attackOf(...all: readonly Prepared[]): Promise<AttackReport> {
  const releases = all.map(written);
  try {
    return await attackReleases(releases.map(({ folder }) => folder));
  } finally {
    for (const { remove } of releases) remove();
  }
}

/** The same release with nothing hidden; and with small cells hidden, and nothing for their sake. */
function ungated(prepared: Prepared): Prepared {
  return { ...prepared, hidden: prepared.hidden.map((cells) => new Uint8Array(cells.length)) };
}
function smallCellsAlone(prepared: Prepared): Prepared {
  return { ...prepared, hidden: prepared.hidden.map((cells) => cells.map((why) => (why === 1 ? 1 : 0))) };
}

const LINE: fc.Arbitrary<PaymentLine> = fc.record({
  rider: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  type: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 1 }) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) },
  ),
  day: fc.integer({ min: 0, max: DAYS - 1 }),
  price: fc.constantFrom(125, 250, 250, 275, 500, 1000),
});
const LINES = fc.array(LINE, { minLength: 300, maxLength: 900, size: 'max' });

const SHAPES = [
  { tables: [{ dimensions: ['week', 'type'] }] },
  { tables: [{ dimensions: ['week', 'type'] }, { dimensions: ['month', 'type'] }] },
  { tables: [{ dimensions: ['day'] }, { dimensions: ['month', 'type'] }] },
  {
    price_bands: ['2.00', '3.00'],
    tables: [{ dimensions: ['month', 'type'] }, { dimensions: ['week'] }, { dimensions: ['type', 'price'] }],
  },
  {
    price_bands: ['3.00'],
    tables: [{ dimensions: ['week', 'type'] }],
    records: { time: 'week', type: true, price: true, pseudonyms: true },
    unicity: { limit: 1 },
  },
];

const ADVICE = /too few riders, and nothing that could be hidden/;

function prepared(observations: Observations, shape: object): ReturnType<typeof prepareRelease> | undefined {
  try {
    return prepareRelease(observations, declarationOf({ ...shape }));
  } catch (error) {
    // So few riders that nothing may be told is an answer too.
    expect(String(error)).toMatch(ADVICE);
    return undefined;
  }
}

describe('of random payments', () => {
  test('a gated release gives no small cell away, whatever its tables', async () => {
    const complementary: number[] = [];
    await fc.assert(
      fc.asyncProperty(LINES, fc.constantFrom(...SHAPES), async (lines, shape) => {
        const release = prepared(observationsOf(lines, DAYS), shape);
        if (release === undefined) return;
        complementary.push(release.complementary);
        expect((await attackOf(release)).recovered).toEqual([]);
      }),
      { numRuns: 8 },
    );
    // What is hidden for the sake of others is what this is about.
    expect(complementary.filter((count) => count > 0).length).toBeGreaterThan(complementary.length / 3);
  });

  test('with nothing hidden, every small cell of every table is found', async () => {
    await fc.assert(
      fc.asyncProperty(LINES, fc.constantFrom(...SHAPES.slice(0, 4)), async (lines, shape) => {
        const release = prepared(observationsOf(lines, DAYS), shape);
        if (release === undefined) return;
        const told = release.lattice.grids.map(({ told }) => told);
        const small = release.counts.grids.flatMap(({ riders }, grid) =>
          told[grid] ? [...riders].filter((count) => count > 0 && count < 11) : [],
        );
        const { recovered } = await attackOf(ungated(release));
        const shown = recovered.filter(({ how }) => how === 'shown').map(({ low }) => low);
        expect(shown.sort()).toEqual(small.sort());
      }),
      { numRuns: 6 },
    );
  });
});

/** Different riders who pay once each, at one of three prices. */
const crowd = (riders: number, first: number, line: Pick<PaymentLine, 'type' | 'day'>): PaymentLine[] =>
  Array.from({ length: riders }, (_, one) => ({ rider: first + one, ...line, price: 250 + 50 * (one % 3) }));

const TWO_TYPES: readonly PaymentLine[] = [
  ...crowd(40, 0, { type: 0, day: 1 }),
  ...crowd(50, 0, { type: 0, day: 8 }),
  ...crowd(30, 100, { type: 1, day: 2 }),
  ...crowd(35, 100, { type: 1, day: 9 }),
];

/** Two weeks, three types; three riders pay in coins in the first week. */
const SQUARE = observationsOf(
  [...TWO_TYPES, ...crowd(3, 200, { type: 2, day: 3 }), ...crowd(25, 200, { type: 2, day: 10 })],
  14,
);

describe('a table whose totals are told', () => {
  const TABLE = { tables: [{ dimensions: ['week', 'type'] }] };

  test('hidden alone, its small cell is found by subtraction, to the payment', async () => {
    const { recovered } = await attackOf(smallCellsAlone(prepareRelease(SQUARE, declarationOf(TABLE))));
    const place = { time: '2026-03-01', payment_type: 'coins', price_from: null };
    expect(recovered).toContainEqual({
      ...{ release: 'first', file: 'by-week-type.csv', ...place },
      ...{ how: 'subtracted', what: 'payments', low: 3, high: 3 },
    });
  });

  test('types that are written with an apostrophe are known again by it, hidden alone or gated', async () => {
    const formulas = { ...SQUARE, types: SQUARE.types.map((name) => `=${name}`) };
    const release = prepareRelease(formulas, declarationOf(TABLE));
    expect((await attackOf(smallCellsAlone(release))).recovered).toContainEqual(
      expect.objectContaining({ payment_type: "'=coins", how: 'subtracted', what: 'payments', low: 3 }),
    );
    expect((await attackOf(release)).recovered).toEqual([]);
  });

  test('three more are hidden with it, so that no sum has one unknown', async () => {
    const release = prepareRelease(SQUARE, declarationOf(TABLE));
    expect([release.few, release.complementary]).toEqual([1, 3]);
    expect((await attackOf(release)).recovered).toEqual([]);
  });

  test('those hidden for themselves and for others look alike', () => {
    const { folder, remove } = written(prepareRelease(SQUARE, declarationOf(TABLE)));
    onTestFinished(remove);
    const rows = readdirSync(folder)
      .filter((file) => file.endsWith('.csv'))
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\r\n').slice(1));
    const hidden = rows.filter((row) => row.endsWith(',1'));
    expect(hidden).toHaveLength(4);
    expect(hidden.every((row) => /^[\w,-]*,,,,1$/.test(row))).toBe(true);
    const described = JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8'));
    // No order of theirs but that of their names.
    expect(described.types).toEqual(['card', 'coins', 'mobile_payment']);
    // Nothing that tells how much was hidden for which reason, nor the last capture: as many payments as there are.
    const own = [
      'format',
      'k',
      'dominance_percent',
      'measures',
      'types',
      'price_bands',
      'tables',
      'records',
      'unicity',
    ];
    const given = ['release', 'recipient', 'purpose', 'from', 'to', 'zone', 'currency', 'digits'];
    expect(Object.keys(described).sort()).toEqual([...own, ...given].sort());
  });
});

test.each([
  [10, 2],
  [11, 0],
])('a cell of %i riders makes %i rows that are hidden', (riders, hidden) => {
  const lines = [...crowd(40, 0, { type: 0, day: 1 }), ...crowd(riders, 100, { type: 1, day: 1 })];
  const table = { tables: [{ dimensions: ['type'] }], measures: ['riders', 'payments'] };
  const release = prepareRelease(observationsOf(lines, 7), declarationOf(table));
  expect([release.few + release.complementary, release.dominated]).toEqual([hidden, 0]);
});

test('averages that are the same by chance are no fare: the attack thinks again, and finds nothing', async () => {
  const weeks = [0, 1, 2, 3, 4];
  const lines = weeks.flatMap((week) => [
    // Four pay 1150 together; everywhere else the average is 300.
    ...crowd(week === 0 ? 4 : 30, 0, { type: 0, day: 7 * week }),
    ...crowd(30, 100, { type: 1, day: 7 * week }),
  ]);
  const byWeek = [{ dimensions: ['week', 'type'] }, { dimensions: ['week'] }];
  const tables = byWeek.map((table) => ({ ...table, totals: false }));
  const release = prepareRelease(observationsOf(lines, DAYS), declarationOf({ tables }));
  expect([release.few, release.complementary]).toEqual([1, 1]);
  expect((await attackOf(release)).recovered).toEqual([]);
});

test('what lies between weeks and months is found where both are shown, and is kept', async () => {
  // March ends on a Tuesday: its last three days are the week of the 29th less April's four.
  const both = { tables: [{ dimensions: ['week'] }, { dimensions: ['month'] }] };
  const days = Array.from({ length: 42 }, (_, day) => day).filter((day) => day < 28 || day > 30);
  const lines = days.flatMap((day) => crowd(20, day, { type: 0, day }));
  const observations = observationsOf([...lines, ...crowd(4, 300, { type: 0, day: 29 })], 42);
  const release = prepareRelease(observations, declarationOf(both));
  const naive = await attackOf(ungated(release));
  expect(naive.recovered).toContainEqual(
    expect.objectContaining({ file: 'weeks less months', time: '2026-03-29 2026-03', low: 4, high: 4 }),
  );
  expect((await attackOf(release)).recovered).toEqual([]);
});

test('two releases that hold by themselves are found out together, where they are', async () => {
  const days = Array.from({ length: 14 }, (_, day) => day);
  const lines = [
    ...days.slice(0, 13).flatMap((day) => crowd(20, day, { type: 0, day })),
    ...crowd(3, 300, { type: 0, day: 13 }),
  ];
  const total = declarationOf({ tables: [{ dimensions: [] }] });
  const second = { ...total, release: 'second' };
  const without = lines.filter(({ day }) => day < 13);
  const [all, less] = [
    prepareRelease(observationsOf(lines, 14), total),
    prepareRelease(observationsOf(without, 13), second),
  ];
  expect((await attackOf(all)).recovered).toEqual([]);
  expect((await attackOf(less)).recovered).toEqual([]);
  expect((await attackOf(all, less)).recovered).toEqual([
    expect.objectContaining({ file: 'one release less another', time: '2026-03-14', low: 3, high: 3 }),
  ]);
});

test('one rider who pays most of a cell is hidden in it, and can be shown where nobody outweighs the others', () => {
  const big = Array.from({ length: 200 }, () => ({ rider: 999, type: 1, day: 2, price: 1000 }));
  const outweighed = observationsOf([...TWO_TYPES, ...big], 14);
  const table = { tables: [{ dimensions: ['week', 'type'] }], dominance_percent: 10 };
  // The cell, and all payments of its type.
  expect(prepareRelease(outweighed, declarationOf(table)).dominated).toBe(2);
  const countsAlone = declarationOf({ ...table, measures: ['riders', 'payments'] });
  expect(prepareRelease(outweighed, countsAlone).dominated).toBe(0);
});

describe('records', () => {
  const RECORDS = {
    records: { time: 'week', type: true, price: false, pseudonyms: true },
    unicity: { limit: 1 },
  };

  test('of few riders are left out, and counting them finds nothing', async () => {
    const release = prepareRelease(SQUARE, declarationOf(RECORDS));
    expect((await attackOf(release)).recovered).toEqual([]);
    const { recovered } = await attackOf(ungated(release));
    expect(recovered).toEqual([expect.objectContaining({ how: 'counted', what: 'riders', low: 3 })]);
  });

  test('of one rider have another name in another release, and none is a stored one', () => {
    const ridersIn = (release: string): Set<string> => {
      const parent = mkdtempSync(join(tmpdir(), 'farelog-release-'));
      onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
      const folder = join(parent, release);
      writeRelease(
        prepareRelease(SQUARE, declarationOf({ ...RECORDS, release })),
        folder,
        Buffer.from(release),
      );
      const rows = readFileSync(join(folder, 'records.csv'), 'utf8').trim().split('\r\n').slice(1);
      expect(readdirSync(folder).sort()).toEqual(['README.md', 'SHA256SUMS', 'records.csv', 'release.json']);
      return new Set(rows.map((row) => row.split(',').at(-1) ?? ''));
    };
    const [first, second] = [ridersIn('first'), ridersIn('second')];
    expect(first.size).toBe(85);
    expect(second.size).toBe(first.size);
    expect([...first].filter((name) => second.has(name))).toEqual([]);
    expect([...first].filter((name) => SQUARE.riders.includes(name))).toEqual([]);
  });
});
