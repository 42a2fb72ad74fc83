/** The list of runs on every database: what it tells of a report is taken out of its JSON by the database itself. */
import { expect, test } from 'vitest';
import { finishRun, listRuns, startRun } from '../../src/store/reconciliations.js';
import { DATABASES, describeOn, freshStore } from '../support/databases.js';

const STARTED = { source: 'api', name: 'a list', from_s: 100, to_s: 200, started_ms: 5_000 };

for (const database of DATABASES) {
  describeOn(database, () => {
    test('a run tells its totals to the cent, one that failed or is under way none', async () => {
      const store = await freshStore(database);
      const headline = {
        ...{ payments_here: 3, total_here: 10_000_000.07, payments_there: 4, total_there: 0.1 },
        ...{ difference: 9_999_999.97, pending: 2, recorded: 1, open: 7 },
      };
      const { pending, recorded, open, ...totals } = headline;
      const report = JSON.stringify({ totals, counts: { pending }, recorded, open, days: [] });
      await store.write(async (trx) => {
        await finishRun(trx, await startRun(trx, STARTED), { finished_ms: 6_000, report });
        const failed = { finished_ms: 7_000, report: JSON.stringify({ failure: 'no answer' }) };
        await finishRun(trx, await startRun(trx, STARTED), failed);
        await startRun(trx, STARTED);
      });
      const runs = await listRuns(store.knex, undefined, 10);
      expect(runs.map((run) => [run.id, run.finished_ms, run.headline])).toEqual([
        [3, null, null],
        [2, 7_000, null],
        [1, 6_000, headline],
      ]);
    });
  });
}
