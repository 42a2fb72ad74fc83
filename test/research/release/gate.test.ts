/** Releases are attacked by a program that knows their folder alone: a gated one holds, an ungated one does not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { attackReleases } from '../../../src/research/attack/attack.js';
import { type Prepared, prepareRelease, writeRelease } from '../../../src/research/release/make.js';
import { declarationOf, type PaymentLine, observationsOf } from '../../support/releases.js';

const KEY = Buffer.alloc(32, 7);

function folderFor(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function attackOf(prepared: Prepared) {
  const parent = mkdtempSync(join(tmpdir(), 'farelog-release-'));
  try {
    writeRelease(prepared, join(parent, 'release'), KEY);
    return await attackReleases([join(parent, 'release')]);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The same release with nothing hidden, or with small cells hidden and no more. */
function ungated(prepared: Prepared): Prepared {
  return { ...prepared, hidden: prepared.hidden.map((cells) => new Uint8Array(cells.length)) };
}
function withoutComplement(prepared: Prepared): Prepared {
  return { ...prepared, hidden: prepared.hidden.map((cells) => cells.map((why) => (why === 1 ? 1 : 0))) };
}

const line: fc.Arbitrary<PaymentLine> = fc.record({
  rider: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }) }, { weight: 1, arbitrary: fc.constant(0) }),
  type: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 1 }) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) }),
  day: fc.integer({ min: 0, max: 34 }),
  price: fc.constantFrom(125, 250, 250, 275, 500, 1000),
});

test('small', async () => {
  let refused = 0, runs = 0, comp = 0, few = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 150, maxLength: 700 }), fc.constantFrom(0, 1, 2, 3, 4), async (lines, shape) => {
      const declaration = declarationOf(SHAPES[shape] ?? {});
      runs++;
      let prepared;
      try {
        prepared = prepareRelease(observationsOf(lines, 35), declaration);
      } catch (error) {
        refused++;
        if (!String(error).includes('too few riders')) throw error;
        return;
      }
      comp += prepared.complementary; few += prepared.few;
      const { recovered } = await attackOf(prepared);
      expect(recovered).toEqual([]);
    }),
    { numRuns: Number(process.env.RUNS ?? 20) },
  );
  console.log({ runs, refused, comp, few });
}, 600_000);

const SHAPES = [
  { tables: [{ dimensions: ['week', 'type'] }] },
  { tables: [{ dimensions: ['week', 'type'] }, { dimensions: ['month', 'type'] }] },
  { tables: [{ dimensions: ['week', 'type', 'price'] }], price_bands: ['2.00', '3.00'] },
  { tables: [{ dimensions: ['month', 'type'] }, { dimensions: ['week'] }, { dimensions: ['type', 'price'] }], price_bands: ['2.00', '3.00'] },
  { tables: [{ dimensions: ['week', 'type'] }], records: { time: 'week', type: true, price: true, pseudonyms: true }, price_bands: ['3.00'], unicity: { limit: 1 } },
];
