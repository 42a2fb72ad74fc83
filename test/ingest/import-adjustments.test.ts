/** Files of adjustments: a row that does not fit its header, or is no text, is refused by its line, and none is guessed. */
import { expect, test } from 'vitest';
import { type AdjustmentsImport, importAdjustments } from '../../src/ingest/import-adjustments.js';
import { DATABASES, freshStore } from '../support/databases.js';
import { effectsOn, inputFile } from '../support/importing.js';
import { failureOf } from '../support/promises.js';

const SQLITE = DATABASES.find(({ name }) => name === 'sqlite memory');

const HEADER = 'adjustment_id,payment_id,kind,adjusted_on,amount';
const GOOD = 'rf-1,1,refund,2025-04-07T12:00:00Z,1.00';

async function imported(
  name: string,
  content: string | Uint8Array,
  delimiter?: string,
): Promise<AdjustmentsImport> {
  if (SQLITE === undefined) throw new Error('databases are missing');
  const { commit, rules, clock } = effectsOn(await freshStore(SQLITE));
  const file = { file: inputFile(name, content), columns: {}, delimiter };
  return importAdjustments(file, { commit, rules, clock });
}

test.each([
  ['a cell too many', 'rf-2,1,refund,2025-04-07T12:00:00Z,1,000.00', 'wrong_cell_count'],
  ['a cell too few', 'rf-2,1,refund,2025-04-07T12:00:00Z', 'wrong_cell_count'],
  ['a broken quote', '"rf-2,1,refund,2025-04-07T12:00:00Z,1.00', 'broken_quotes'],
])('a row of CSV with %s is refused, and the others are recorded', async (_, row, code) => {
  expect(await imported('refunds.csv', [HEADER, GOOD, row, ''].join('\n'))).toMatchObject({
    ...{ rows: 2, recorded: 1, refused: 1 },
    firstProblems: [{ line: 3, problems: [{ field: 'body', code }] }],
  });
});

test('a row that is not UTF-8 is refused: two broken names must not become one', async () => {
  const latin1 = Buffer.from(`${HEADER}\nrückgabe,1,refund,2025-04-07T12:00:00Z,1.00\n${GOOD}\n`, 'latin1');
  expect(await imported('refunds.csv', latin1)).toMatchObject({
    ...{ rows: 2, recorded: 1, refused: 1 },
    firstProblems: [{ line: 2, problems: [{ code: 'not_utf8' }] }],
  });
});

test('a line that is no JSON, or no object, is refused for that', async () => {
  expect(await imported('refunds.jsonl', '{"adjustment_id":\n[1]\n')).toMatchObject({
    ...{ rows: 2, recorded: 0, refused: 2 },
    firstProblems: [{ problems: [{ code: 'not_json' }] }, { problems: [{ code: 'not_an_object' }] }],
  });
});

test('a delimiter of two characters is refused', async () => {
  const failure = await failureOf(imported('refunds.csv', `${HEADER}\n${GOOD}\n`, '::'));
  expect(failure).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/must be one character/),
  });
});
