/** A wrong variant: batches are committed on the main thread, which waits there for another process's lock. */
import { LedgerCalendar } from '../../../dist/domain/ledger.js';
import { currencyOf } from '../../../dist/domain/money.js';
import { Zone } from '../../../dist/domain/time.js';
import { SqliteStore } from '../../../dist/store/sqlite.js';
import { openSqlite } from '../../../dist/store/sqlite-thread.js';
import { SqliteWriter } from '../../../dist/store/sqlite-writer.js';

const LOCK_WAIT_MS = 5_000;
const writers = new WeakMap();
const reporting = { calendar: new LedgerCalendar(Zone.of('America/Chicago')), currency: currencyOf('USD') };

SqliteStore.prototype.commit = async function (batch) {
  if (!writers.has(this)) {
    const { filename } = this.knex.client.connectionSettings;
    writers.set(this, new SqliteWriter(openSqlite(filename, LOCK_WAIT_MS), reporting));
  }
  return writers.get(this).commit(batch);
};
