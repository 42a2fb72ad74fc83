/**
 * How long the reads of one answer may take. Modes: none (commands, the library), or a limit that begins with the
 * snapshot and ends with it.
 *
 * Three things hold it. Between statements the clock is looked at before each is sent. Within a statement MySQL and
 * MariaDB stop it themselves (`max_execution_time`, `max_statement_time`). SQLite runs within this process and cannot be
 * told to stop from outside, so statements that may walk through many rows call a function of ours for each
 * (`whereInTime`), which throws when the time is over. As such a statement holds up everything else here meanwhile, none
 * may take longer than two seconds, whatever the limit.
 *
 * The trade-off: a call a row, only where an answer has a limit and only in those statements. What reads by an index alone
 * is not watched from within.
 */
import type Database from 'better-sqlite3';
import type { Knex } from 'knex';
import { AppError } from '../domain/errors.js';

export interface TimeLimit {
  readonly ms: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** 0 is no limit. */
export function timeLimit(ms: number, clock: () => number): TimeLimit | undefined {
  return ms === 0 ? undefined : { ms, clock };
}

/** The longest that one statement may hold up this process. */
const MAX_HOLD_MS = 2_000;

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 1_024;

/** Connections that have the function, each with the deadline of the transaction that is on it. */
const OF_CONNECTION = new WeakMap<Database.Database, Deadline>();

/** The transactions whose statements may call the function. */
const WATCHED = new WeakSet<Knex>();

export class Deadline {
  readonly limit: TimeLimit;
  readonly #end: number;
  #statementEnd = Number.POSITIVE_INFINITY;
  #rows = 0;
  /** Set once reading was stopped here. */
  #stoppedMs: number | undefined;

  constructor(limit: TimeLimit) {
    this.limit = limit;
    this.#end = limit.clock() + limit.ms;
  }

  /** @throws AppError `too_slow` before a statement that comes after the end */
  watchStatements(trx: Knex.Transaction): void {
    trx.on('query', ({ sql }: { readonly sql: string }) => {
      // What ends the transaction must always go through.
      if (!/^\s*(select|with)\b/i.test(sql)) return;
      const now = this.limit.clock();
      if (now > this.#end) throw this.#stop(this.limit.ms);
      this.#statementEnd = Math.min(this.#end, now + MAX_HOLD_MS);
    });
  }

  /** Lets statements of a transaction on SQLite be stopped from within. */
  watchRows(trx: Knex.Transaction, db: Database.Database): void {
    if (!OF_CONNECTION.has(db)) {
      db.function('farelog_in_time', { varargs: true }, () => {
        OF_CONNECTION.get(db)?.countRow();
        return 1;
      });
    }
    OF_CONNECTION.set(db, this);
    WATCHED.add(trx);
  }

  /** @throws AppError `too_slow` where the time of the statement is over */
  countRow(): void {
    this.#rows += 1;
    if (this.#rows % ROWS_PER_LOOK !== 0 || this.limit.clock() <= this.#statementEnd) return;
    throw this.#stop(Math.min(this.limit.ms, MAX_HOLD_MS));
  }

  /** Why reading failed: that it was stopped, here or by the server; any other error as it is. */
  explain(error: unknown): unknown {
    // Knex puts the statement before the message of whatever is thrown while it runs.
    if (this.#stoppedMs !== undefined) return tooSlow(this.#stoppedMs);
    const number = error instanceof Error && 'errno' in error ? error.errno : undefined;
    // MySQL's ER_QUERY_TIMEOUT and MariaDB's ER_STATEMENT_TIMEOUT.
    return number === 3024 || number === 1969 ? tooSlow(this.limit.ms) : error;
  }

  #stop(ms: number): AppError {
    this.#stoppedMs = ms;
    return tooSlow(ms);
  }
}

function tooSlow(ms: number): AppError {
  return new AppError(
    'too_slow',
    `Reading this takes longer than ${ms / 1000} s. Ask for a shorter range (from and to), and without as_of where ` +
      'figures as they are now will do. FARELOG_QUERY_TIMEOUT_MS is the limit of this server.',
  );
}

/**
 * Has a statement that may walk through many rows stopped when its time is over. It must come first, since SQLite looks
 * at conditions in their order and leaves the rest out once one fails.
 * @param column of the table that is walked through
 */
export function whereInTime(query: Knex.QueryBuilder, knex: Knex, column: string): void {
  if (WATCHED.has(knex)) query.whereRaw('farelog_in_time(??)', [column]);
}
