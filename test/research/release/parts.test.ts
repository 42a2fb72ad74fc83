/** The parts of a release: what may be declared, unicity, and the exact half of the attack. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Elimination } from '../../../src/research/attack/elimination.js';
import { dayOf } from '../../../src/research/days.js';
import { parseDeclaration } from '../../../src/research/release/declaration.js';
import { latticeOf } from '../../../src/research/release/lattice.js';
import { prepareRelease } from '../../../src/research/release/make.js';
import { releasedRecords, tableRows } from '../../../src/research/release/rows.js';
import { unicityOf } from '../../../src/research/release/unicity.js';
import { declarationOf, observationsOf, type PaymentLine } from '../../support/releases.js';

describe('a declaration is refused', () => {
  const VALID = {
    release: 'first',
    recipient: 'A university',
    purpose: 'A study',
    tables: [{ dimensions: ['week'] }],
  };
  const problemOf = (changes: object): string => {
    try {
      parseDeclaration(JSON.stringify({ ...VALID, ...changes }));
    } catch (error) {
      const told = error instanceof Error && 'problems' in error ? JSON.stringify(error.problems) : '';
      return `${error} ${told}`;
    }
    return 'none';
  };

  test('never as it stands here', () => {
    expect(problemOf({})).toBe('none');
    expect(() => parseDeclaration('{')).toThrow(/no JSON/);
  });

  test.each([
    ['with a name that is no name for a folder', { release: '../first' }, /release: must be/],
    ['with a name in capitals', { release: 'First' }, /release: must be/],
    ['without a recipient', { recipient: ' ' }, /recipient/],
    ['with a k that protects nobody', { k: 4 }, /k: /],
    ['without payments', { measures: ['revenue'] }, /must have payments/],
    ['with weeks and months in one table', { tables: [{ dimensions: ['week', 'month'] }] }, /more than one/],
    ['with a dimension twice', { tables: [{ dimensions: ['type', 'type'] }] }, /twice/],
    ['with a dimension that is none', { tables: [{ dimensions: ['hour'] }] }, /tables.0.dimensions.0/],
    ['that asks for nothing', { tables: [] }, /asks for nothing/],
    ['with prices and no bands', { tables: [{ dimensions: ['price'] }] }, /without price_bands/],
    ['with records by price and no bands', { records: { time: 'week', price: true } }, /without price_bands/],
    ['with a word that is none of its own', { riders: true }, /riders/],
  ])('%s', (_why, changes, message) => {
    expect(problemOf(changes)).toMatch(message);
  });

  test('with bands that do not ascend, or are no prices', () => {
    const bands = (price_bands: string[]) => () =>
      prepareRelease(
        observationsOf([], 7),
        declarationOf({ tables: [{ dimensions: ['price'] }], price_bands }),
      );
    expect(bands(['5.00', '2.00'])).toThrow(/ascend/);
    expect(bands(['0.00', '2.00'])).toThrow(/ascend/);
    expect(bands(['2.005'])).toThrow(/2\.005 has 3 digits/);
  });
});

describe('unicity', () => {
  const sharesOf = (lines: readonly PaymentLine[]) => {
    const observations = observationsOf(lines, 35);
    const declaration = declarationOf({ records: { time: 'day', type: false, pseudonyms: true } });
    const lattice = latticeOf(declaration, { first: dayOf('2026-03-01'), count: 35 }, 1, 1);
    const [grid] = lattice.grids;
    if (grid === undefined) throw new Error('no grid');
    const records = releasedRecords(observations, lattice, grid, () => true, [], undefined);
    return unicityOf(observations, records, grid.cells, { riders: 100, seed: 1 }).map(({ share }) => share);
  };
  const on = (rider: number, ...days: readonly number[]): PaymentLine[] =>
    days.map((day) => ({ rider, type: 0, day, price: 250 }));

  test('is nothing where all pay on the same days, and all where nobody shares one', () => {
    const riders = [0, 1, 2, 3, 4, 5];
    expect(sharesOf(riders.flatMap((rider) => on(rider, 1, 2, 3, 4)))).toEqual([0, 0, 0]);
    const apart = riders.flatMap((rider) => on(rider, ...[0, 1, 2, 3].map((day) => day + 5 * rider)));
    expect(sharesOf(apart)).toEqual([1, 1, 1]);
  });

  test('counts those alone who have so many different payments, and two on one day are one', () => {
    // Two know nothing of the third: any two of their days are both's; its own two are its alone.
    const lines = [...on(0, 1, 2, 3), ...on(1, 1, 2, 3), ...on(2, 4, 5, 5, 5)];
    expect(sharesOf(lines)).toEqual([1 / 3, 0, null]);
  });
});

describe('elimination', () => {
  test('finds what follows from sums, and nothing else', () => {
    const sums = new Elimination();
    sums.add([0, 1, 2], 10);
    sums.add([2, 3], 7);
    sums.add([0, 1, 3], 9);
    // The first and the third less the second: 2 × (0 + 1).
    expect(sums.solve([0, 1])).toBe(6);
    expect(sums.solve([2])).toBe(4);
    expect(sums.solve([3])).toBe(3);
    expect(sums.solve([0])).toBeUndefined();
  });

  test('agrees with the truth, whatever sums are told', () => {
    const told = fc.array(fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 8 }), { maxLength: 12 });
    const truth = fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(told, truth, (sums, values) => {
        const sumOf = (unknowns: readonly number[]): number =>
          unknowns.reduce((sum, one) => sum + (values[one] ?? 0), 0);
        const elimination = new Elimination();
        for (const unknowns of sums) elimination.add(unknowns, sumOf(unknowns));
        for (const unknowns of sums) expect(elimination.solve(unknowns)).toBe(sumOf(unknowns));
        for (let one = 0; one < 8; one++)
          expect([undefined, values[one]]).toContain(elimination.solve([one]));
      }),
      { numRuns: 200 },
    );
  });
});

test('a payment type that a spreadsheet would run has an apostrophe before it, and figures have none', () => {
  const observations = observationsOf(
    Array.from({ length: 20 }, (_, rider) => ({ rider, type: 0, day: 1, price: 250 })),
    7,
  );
  const declaration = declarationOf({ tables: [{ dimensions: ['type'], totals: false }] });
  const { lattice, counts } = prepareRelease(observations, declaration);
  const words = { types: ['=HYPERLINK("x")'], bandStarts: [], currency: observations.currency };
  const rows = [...tableRows(lattice, counts, 0, () => true, ['riders', 'payments', 'revenue'], words)];
  expect(rows).toEqual([['\'=HYPERLINK("x")', '20', '20', '50.00', '0']]);
});
