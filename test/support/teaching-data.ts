/** The public teaching data that stand beside the checkout, in ../shared/data. They are read there and not copied in. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe } from 'vitest';
import { constant, type Design, designOf } from '../../src/research/numeric/least-squares.js';

const FOLDER = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

const missing = !existsSync(FOLDER);
if (missing) console.error(`The teaching data are not in ${FOLDER}: tests of published figures are SKIPPED.`);

/** Tests that hold results against published ones; skipped, and loudly, where the data are not there. */
export function describeOnData(name: string, tests: () => void): void {
  describe.skipIf(missing)(missing ? `${name}: the teaching data are not beside the checkout` : name, tests);
}

export interface TeachingData {
  numbers(column: string): Float64Array;
  texts(column: string): string[];
}

export function teachingData(file: string): TeachingData {
  const rows: Record<string, string>[] = parse(readFileSync(`${FOLDER}${file}`), { columns: true });
  const texts = (column: string): string[] =>
    rows.map((row) => {
      const value = row[column];
      if (value === undefined) throw new Error(`${file} has no column ${column}`);
      return value;
    });
  return { texts, numbers: (column) => Float64Array.from(texts(column), Number) };
}

/** Real investment growth on real growth and the real interest rate before. */
export function investment(): { outcome: Float64Array; design: Design } {
  const data = teachingData('macrodata.csv');
  const growth = (column: string): Float64Array => {
    const values = data.numbers(column);
    return values.slice(1).map((value, i) => 400 * (Math.log(value) - Math.log(values[i] ?? 0)));
  };
  const outcome = growth('realinv');
  const design = designOf({
    constant: constant(outcome.length),
    growth: growth('realgdp'),
    interest: data.numbers('realint').slice(0, -1),
  });
  return { outcome, design };
}
