/** Another process: commits payments of two years, and posts them, until its standard input ends. */
import { setImmediate as turn } from 'node:timers/promises';
import { LedgerCalendar } from '../../src/domain/ledger.js';
import { postSome } from '../../src/ingest/posting.js';
import { openKnex, openStore } from '../../src/store/open.js';
import { batchOf, commitUntilTaken, delivery } from './deliveries.js';
import { zoneOf } from './zones.js';

const START_S = Date.UTC(2023, 0, 15, 12) / 1000;
const MONTH_S = 30 * 86_400;

let stopped = false;
process.stdin.resume().on('end', () => {
  stopped = true;
});

const reporting = {
  calendar: new LedgerCalendar(zoneOf('America/Chicago')),
  currency: { code: 'USD', digits: 2 },
};
const store = openStore(openKnex(process.argv[2] ?? ''), reporting, {
  writers: 1,
  instance: 'the other',
  ownsKnex: true,
});
let committed = 0;
while (!stopped) {
  const payments = [1, 2, 3].map((by) => {
    const id = committed + by;
    return delivery({
      payment_id: id,
      user_id: `rider-${id % 7}`,
      logged_s: START_S + (id % 24) * MONTH_S,
    });
  });
  await commitUntilTaken(store, batchOf(payments), 0);
  committed += payments.length;
  if (committed % 30 === 0) await postSome({ store, ...reporting }, 20);
  if (committed === 240) process.stdout.write('committing\n');
  await turn();
}
await store.close();
process.stdout.write(`${committed}\n`);
