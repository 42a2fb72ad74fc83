/** Farelog on MySQL 5.7+, 8, 9 and MariaDB 10.6+: several writers side by side, READ COMMITTED, UTC. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { AuditEvent } from '../domain/audit.js';
import { AppError } from '../domain/errors.js';
import type { Batch } from '../domain/outcome.js';
import { appendAudit } from './audit.js';
import type { BatchResult, FailureKind, Rebuild, Reporting, Store } from './dialect.js';
import { isStale, PAYMENTS } from './dialect.js';
import { emptyLedger, LEDGER_TABLES } from './ledger.js';
import { addCaptures, commitBatch, type MysqlConnection, numberOf, runStatement } from './mysql-writer.js';
import { Deadline, type TimeLimit } from './time-limit.js';

/**
 * Server error numbers and what they mean for the caller. Any other number is `unavailable`: only what a server is known
 * to say of data may bring a payment into quarantine, and a missing privilege or a cluster that is not ready is none.
 */
const MEANING: Readonly<Record<number, FailureKind>> = {
  1205: 'retry', // lock wait timeout
  1213: 'retry', // deadlock
  1062: 'retry', // other writers kept winning the race for the same payments
  1020: 'retry', // record has changed since last read (MariaDB snapshot isolation)
  1969: 'retry', // MariaDB: max_statement_time
  3024: 'retry', // MySQL: max_execution_time
  3101: 'retry', // MySQL's group replication rolled the transaction back at COMMIT
  1053: 'lost', // server shutdown in progress
  1077: 'lost',
  1152: 'lost',
  1158: 'lost',
  1159: 'lost',
  1160: 'lost',
  1161: 'lost',
  1927: 'lost', // MariaDB: connection was killed
  2006: 'lost',
  2013: 'lost',
  1317: 'lost', // query execution was interrupted
  4031: 'lost', // MySQL: closed because it was idle
  1048: 'refused', // must not be null
  1264: 'refused', // out of range
  1265: 'refused', // truncated
  1292: 'refused', // incorrect value of a type
  1300: 'refused', // invalid character string
  1364: 'refused', // no default
  1366: 'refused', // incorrect string value
  1406: 'refused', // too long
  1452: 'refused', // foreign key
  1644: 'refused', // a trigger's own error
  1690: 'refused', // out of range in an expression
  3819: 'refused', // MySQL: check constraint
  4025: 'refused', // MariaDB: check constraint
  1021: 'unavailable', // disk full
  1030: 'unavailable', // storage engine error
  1040: 'unavailable', // too many connections
  1044: 'unavailable',
  1045: 'unavailable', // access denied
  1049: 'unavailable', // unknown database
  1114: 'unavailable', // table is full
  1146: 'unavailable', // no such table
  1180: 'unavailable', // error during COMMIT
  1203: 'unavailable',
  1226: 'unavailable',
  1290: 'unavailable', // read only
  1792: 'unavailable',
  1836: 'unavailable',
};

const ATTEMPTS = 5;

/** How long a statement may run is a setting of another name and unit on each of the two. */
const STATEMENT_TIME = {
  mariadb: {
    set: 'SET SESSION max_statement_time = ?',
    reset: 'SET SESSION max_statement_time = DEFAULT',
    perMs: 1 / 1000,
  },
  mysql: {
    set: 'SET SESSION max_execution_time = ?',
    reset: 'SET SESSION max_execution_time = DEFAULT',
    perMs: 1,
  },
} as const;

/** How MySQL connections are set up by Farelog; a platform's own Knex gets the isolation level with each batch. */
export interface MysqlOptions {
  readonly writers: number;
  /** First shard of this instance for capture counts; its writers take this one and those after it. */
  readonly shard: number;
  readonly ownsKnex: boolean;
  /** After these a transaction that has no answer is taken for lost; by default it is waited for. */
  readonly commitTimeoutMs?: number | undefined;
}

export class MysqlStore implements Store {
  readonly dialect = 'mysql';
  readonly writers: number;
  readonly knex: Knex;
  readonly #reporting: Reporting;
  readonly #options: MysqlOptions;
  #kind: keyof typeof STATEMENT_TIME | undefined;

  constructor(knex: Knex, reporting: Reporting, options: MysqlOptions) {
    this.knex = knex;
    this.writers = options.writers;
    this.#reporting = reporting;
    this.#options = options;
  }

  commit(batch: Batch, writer: number): Promise<BatchResult> {
    const { commitTimeoutMs } = this.#options;
    return this.#onConnection((connection) =>
      commitTimeoutMs === undefined
        ? this.#commitOn(connection, batch, writer)
        : within(commitTimeoutMs, connection, this.#commitOn(connection, batch, writer)),
    );
  }

  async #commitOn(connection: MysqlConnection, batch: Batch, writer: number): Promise<BatchResult> {
    try {
      if (!this.#options.ownsKnex) {
        await runStatement(connection, 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
      }
      return await commitBatch(connection, batch, this.#reporting, this.#options.shard + writer);
    } catch (error) {
      if (this.classify(error) !== 'lost') await runStatement(connection, 'ROLLBACK');
      throw error;
    }
  }

  /** Lends a connection of the pool; one that broke, or whose state is unknown, does not go back into it. */
  async #onConnection<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const connection: MysqlConnection & { __knex__disposed?: unknown } =
      await this.knex.client.acquireConnection();
    try {
      return await work(connection);
    } catch (error) {
      if (this.classify(error) === 'lost') connection.__knex__disposed = error;
      throw error;
    } finally {
      await this.knex.client.releaseConnection(connection);
    }
  }

  appendAudit(events: readonly AuditEvent[]): Promise<void> {
    return this.write((trx) => appendAudit(trx, events));
  }

  write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#transact(work, 'read committed');
  }

  snapshot<T>(work: (trx: Knex.Transaction) => Promise<T>, limit?: TimeLimit): Promise<T> {
    if (limit === undefined) return this.#transact(work, 'repeatable read');
    const deadline = new Deadline(limit);
    return this.#transact((trx) => this.#limited(trx, work, deadline), 'repeatable read');
  }

  /** Which of the two it is; asked once. */
  async #server(trx: Knex.Transaction): Promise<keyof typeof STATEMENT_TIME> {
    if (this.#kind !== undefined) return this.#kind;
    const [rows] = await trx.raw('SELECT VERSION() AS version');
    this.#kind = /mariadb/i.test(String(rows[0]?.version)) ? 'mariadb' : 'mysql';
    return this.#kind;
  }

  async #limited<T>(
    trx: Knex.Transaction,
    work: (trx: Knex.Transaction) => Promise<T>,
    deadline: Deadline,
  ): Promise<T> {
    const time = STATEMENT_TIME[await this.#server(trx)];
    await trx.raw(time.set, [deadline.limit.ms * time.perMs]);
    deadline.watchStatements(trx);
    try {
      return await work(trx);
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      // The connection goes back to the pool. One that broke does not, and has nothing to be undone.
      await trx.raw(time.reset).catch(() => undefined);
    }
  }

  /** Again where that can help: reads too may meet the table locks of a rebuild as a deadlock. */
  async #transact<T>(
    work: (trx: Knex.Transaction) => Promise<T>,
    isolationLevel: Knex.IsolationLevels,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.knex.transaction(work, { isolationLevel });
      } catch (error) {
        if (this.classify(error) !== 'retry' || attempt === ATTEMPTS) throw error;
        await sleep(attempt * (5 + Math.random() * 20));
      }
    }
  }

  /**
   * Under LOCK TABLES, which MySQL combines with a transaction only where autocommit is off (Reference Manual,
   * "Interaction of Table Locking and Transactions"): other writers wait, and a crash leaves the old ledger.
   */
  rebuild(work: (rebuild: Rebuild) => Promise<void>): Promise<void> {
    return this.knex.transaction(async (trx) => {
      const connection: MysqlConnection = await trx.client.acquireConnection();
      const run = (sql: string): Promise<unknown> => runStatement(connection, sql);
      await run('SET autocommit = 0');
      try {
        const writing = [...LEDGER_TABLES, 'farelog_meta'].map((table) => `${table} WRITE`);
        // A lock holds for the name under which a statement calls the table, so aliases have one of their own.
        const read = [
          ...[PAYMENTS, `${PAYMENTS} AS p`, 'farelog_captures', 'farelog_captures AS c'],
          'farelog_adjustments AS a',
        ];
        const reading = read.map((table) => `${table} READ`);
        await run(`LOCK TABLES ${[...writing, ...reading].join(', ')}`);
        await emptyLedger(trx);
        await work({ trx, addCaptures: (rows) => addCaptures(connection, rows, this.#options.shard) });
        await run('COMMIT');
      } catch (error) {
        await run('ROLLBACK');
        throw error;
      } finally {
        await run('UNLOCK TABLES');
        await run('SET autocommit = 1');
      }
    });
  }

  classify(error: unknown): FailureKind {
    if (isStale(error)) return 'retry';
    const number = numberOf(error);
    // The driver's own failures (socket, protocol, pool) have no server number: errno is negative or missing.
    if (number === undefined || number < 0) return isConnectionError(error) ? 'lost' : 'unavailable';
    return MEANING[number] ?? 'unavailable';
  }

  /** InnoDB's purge and the binary log's expiry do this in their own time; nothing here can hurry them. */
  async scrub(): Promise<boolean> {
    return true;
  }

  textOf(column: string): string {
    return `CAST(${column} AS CHAR)`;
  }

  async close(): Promise<void> {
    if (this.#options.ownsKnex) await this.knex.destroy();
  }
}

/**
 * The network may swallow a connection without a word, and TCP gives it up after a quarter of an hour. Closed, it takes
 * an unanswered transaction with it; an unanswered COMMIT has an outcome that the next try finds.
 */
async function within<T>(ms: number, connection: MysqlConnection, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      connection.destroy();
      const message = `the database has not answered for ${ms} ms`;
      reject(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
    }, ms);
  });
  // What the abandoned transaction still says, if anything, is nobody's concern.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that broke under way; one that could not be made at all is `unavailable`. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The driver on a connection that had broken before: no code, but `fatal`.
  if (!('code' in error)) return 'fatal' in error && error.fatal === true;
  return [
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'PROTOCOL_CONNECTION_LOST',
    'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  ].includes(String(error.code));
}

/**
 * Refuses a server whose COMMIT does not reach the disk, because an acknowledgement would then be a promise that a
 * power cut breaks. Warnings are returned, for the log.
 */
export async function checkMysqlDurability(knex: Knex, acceptWeak: boolean): Promise<string[]> {
  const [rows] = await knex.raw(
    "SHOW VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog')",
  );
  const variables = new Map<string, string>(
    rows.map((row: { Variable_name: string; Value: string }) => [row.Variable_name.toLowerCase(), row.Value]),
  );
  const warnings: string[] = [];
  const flush = variables.get('innodb_flush_log_at_trx_commit');
  if (flush !== '1') {
    const cause = `innodb_flush_log_at_trx_commit is ${flush}, so a power cut can lose payments that were acknowledged.`;
    if (!acceptWeak) {
      throw new AppError(
        'settings',
        `${cause} Set it to 1 on the server, or start with FARELOG_WEAK_DURABILITY=accept to take that risk.`,
      );
    }
    warnings.push(`${cause} Accepted by FARELOG_WEAK_DURABILITY.`);
  }
  if (variables.get('log_bin') === 'ON' && variables.get('sync_binlog') !== '1') {
    warnings.push(
      'The binary log is on and sync_binlog is not 1: after a power cut, replicas can differ from the primary.',
    );
  }
  return warnings;
}
