/**
 * The simulated database: the real SQLite store in memory, with a driver that fails.
 *
 * A transaction runs as one event, so transactions are in a strict order, and their requests and answers are what can be
 * late, lost and out of order (`connection.ts`). Within a transaction the driver fails at a given statement, BEGIN and
 * COMMIT among them; SQLite may then have undone the transaction by itself or leave that to the client, and both are
 * tried. Only a COMMIT behaves in one way: busy leaves the transaction open, whatever else fails undoes it. Payments that the database refuses for good are told by their id. What was committed survives
 * every crash. Trade-off: two transactions never interleave; that is tested on real servers (`test/store/`).
 */
import Sqlite from 'better-sqlite3';
import type { Knex } from 'knex';
import type { Batch } from '../../src/domain/outcome.js';
import type { BatchResult, Rebuild, Reporting, Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { openKnex, openStore } from '../../src/store/open.js';

/** Codes of the driver, by what the store's `classify` makes of them. */
export const DRIVER_CODES = {
  retry: 'SQLITE_BUSY',
  lost: 'SQLITE_IOERR',
  unavailable: 'SQLITE_FULL',
} as const;

export function driverError(code: string): Error {
  return new Sqlite.SqliteError(`simulated ${code}`, code);
}

export interface StatementFault {
  /** The statement of the transaction that fails, counted from 0; where it has fewer, none does. */
  readonly statement: number;
  readonly code: string;
  /** Whether the database has undone the transaction by itself. */
  readonly undone: boolean;
}

/** What a planted bug changes in the driver. */
export interface DriverFlaw {
  /** Runs before each statement. */
  readonly before?: (sql: string, db: Sqlite.Database) => void;
  /** Takes care of a failed statement in its own way; true where the statement is to run after all. */
  readonly mend?: (code: string, db: Sqlite.Database) => boolean;
}

const INSERTS_PAYMENT = /^INSERT INTO hntb_bytemark_order_payments/;

export class Database {
  /** Payments that are refused, whatever else is in their transaction. */
  readonly poisonous = new Set<number>();
  /** Told of every transaction of payments that has committed. */
  onCommitted: (batch: Batch, result: BatchResult) => void = () => {};
  readonly #flaw: DriverFlaw;
  #fault: StatementFault | undefined;
  #statements = 0;
  /** How often a fault has struck. */
  struck = 0;

  private constructor(
    readonly store: Store,
    readonly db: Sqlite.Database,
    /** Statements that never fail, for those who look at the database from outside. */
    readonly plain: Sqlite.Database['prepare'],
    flaw: DriverFlaw,
  ) {
    this.#flaw = flaw;
  }

  static async open(reporting: Reporting, flaw: DriverFlaw = {}): Promise<Database> {
    const knex = openKnex('sqlite::memory:');
    await migrateUp(knex);
    const store = openStore(knex, reporting, { writers: 1, instance: 'simulated', ownsKnex: true });
    const db: Sqlite.Database = await knex.client.acquireConnection();
    await knex.client.releaseConnection(db);
    const plain = db.prepare.bind(db);
    const database = new Database(store, db, plain, flaw);
    Object.defineProperty(db, 'prepare', {
      value: (sql: string) => database.#watched(plain<unknown[]>(sql), sql),
    });
    return database;
  }

  async commit(batch: Batch, fault: StatementFault | undefined): Promise<BatchResult> {
    const result = await this.#withFault(fault, () => this.store.commit(batch, 0));
    this.onCommitted(batch, result);
    return result;
  }

  write<T>(work: (trx: Knex.Transaction) => Promise<T>, fault: StatementFault | undefined): Promise<T> {
    return this.#withFault(fault, () => this.store.write(work));
  }

  snapshot<T>(work: (trx: Knex.Transaction) => Promise<T>, fault: StatementFault | undefined): Promise<T> {
    return this.#withFault(fault, () => this.store.snapshot(work));
  }

  rebuild(work: (rebuild: Rebuild) => Promise<void>, fault: StatementFault | undefined): Promise<void> {
    return this.#withFault(fault, () => this.store.rebuild(work));
  }

  async #withFault<T>(fault: StatementFault | undefined, run: () => Promise<T>): Promise<T> {
    this.#fault = fault;
    this.#statements = 0;
    try {
      return await run();
    } finally {
      this.#fault = undefined;
    }
  }

  #watched(statement: Sqlite.Statement<unknown[]>, sql: string): Sqlite.Statement<unknown[]> {
    const run = statement.run.bind(statement);
    const get = statement.get.bind(statement);
    const all = statement.all.bind(statement);
    const watched =
      (go: (...values: unknown[]) => unknown) =>
      (...values: unknown[]): unknown => {
        this.#before(sql, values);
        return go(...values);
      };
    return Object.defineProperties(statement, {
      run: { value: watched(run) },
      get: { value: watched(get) },
      all: { value: watched(all) },
    });
  }

  #before(sql: string, values: readonly unknown[]): void {
    this.#flaw.before?.(sql, this.db);
    if (INSERTS_PAYMENT.test(sql) && this.poisonous.has(Number(values[0])))
      throw driverError('SQLITE_CONSTRAINT_CHECK');
    const fault = this.#fault;
    if (fault === undefined || /^ROLLBACK/.test(sql) || this.#statements++ !== fault.statement) return;
    this.struck++;
    if (this.#flaw.mend?.(fault.code, this.db) === true) return;
    const undone = /^COMMIT/.test(sql) ? fault.code !== DRIVER_CODES.retry : fault.undone;
    if (undone && this.db.inTransaction) this.db.exec('ROLLBACK');
    throw driverError(fault.code);
  }
}
