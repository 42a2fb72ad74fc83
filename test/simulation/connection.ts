/**
 * A process's way to the database: the store's interface over a line that delays, breaks and loses answers.
 *
 * A transaction is asked for, runs, and is answered; each is an event, so transactions of several writers and processes
 * overtake each other. It may fail before it began, within (`database.ts`), or after COMMIT, when the answer is lost. A
 * process that was killed may have its last transactions run or not, and is never answered.
 */
import type { Knex } from 'knex';
import type { Batch } from '../../src/domain/outcome.js';
import type { BatchResult, FailureKind, Rebuild, Store } from '../../src/store/dialect.js';
import { DRIVER_CODES, driverError, type StatementFault } from './database.js';
import { strikes, type World } from './world.js';

const ANY_CODE = Object.values(DRIVER_CODES);
/** `write` of the real store waits for a lock in real time, which a simulation has not. */
const WRITE_CODES = [DRIVER_CODES.lost, DRIVER_CODES.unavailable];
/** Statements of a transaction that a fault may fall on, counted from its BEGIN. */
const LAST_STATEMENT = 24;

export class Connection implements Store {
  readonly dialect = 'sqlite';
  readonly knex: Knex;
  readonly writers: number;
  readonly #committing = new Set<number>();

  constructor(
    readonly world: World,
    readonly name: string,
    readonly lives: () => boolean,
  ) {
    this.knex = world.database.store.knex;
    this.writers = world.weather.writers;
  }

  async commit(batch: Batch, writer: number): Promise<BatchResult> {
    const { database, laws } = this.world;
    const rows = batch.deliveries.length + batch.quarantined.length + batch.refused.length;
    laws.batchBegins(rows, this.#committing.has(writer));
    this.#committing.add(writer);
    try {
      const what = `${this.name}.${writer} commits ${rows}`;
      return await this.#ask(what, ANY_CODE, (fault) => database.commit(batch, fault));
    } finally {
      this.#committing.delete(writer);
    }
  }

  write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#ask(`${this.name} writes`, WRITE_CODES, (fault) => this.world.database.write(work, fault));
  }

  #ask<T>(
    what: string,
    codes: readonly string[],
    run: (fault: StatementFault | undefined) => Promise<T>,
  ): Promise<T> {
    const { world } = this;
    const { schedule, weather } = world;
    const { chance } = schedule;
    const travel = (): number =>
      chance.between(0, weather.storeMs) * (strikes(world, weather.late, 'answer late') ? 20 : 1);
    return new Promise((resolve, reject) => {
      const answer = (how: string, settle: () => void): void => {
        schedule.after(travel(), `${what}: ${how}`, () => {
          if (this.lives()) settle();
        });
      };
      if (strikes(world, weather.failsBefore, 'transaction failed before it began')) {
        const code = chance.oneOf(ANY_CODE);
        answer(code, () => reject(driverError(code)));
        return;
      }
      schedule.after(travel(), what, async () => {
        // What a killed process had asked for may still have been in its own buffers.
        if (!this.lives() && chance.happens(0.5)) return;
        if (world.databaseDown) {
          answer('it is down', () => reject(driverError('SQLITE_CANTOPEN')));
          return;
        }
        const life = world.databaseLife;
        const lost = (): void => reject(driverError(DRIVER_CODES.lost));
        try {
          const result = await run(this.#statementFault(codes));
          if (strikes(world, weather.commitAnswerLost, 'answer of COMMIT lost'))
            answer('the answer is lost', lost);
          else answer('done', () => (world.databaseLife === life ? resolve(result) : lost()));
        } catch (error) {
          answer(String(error), () => reject(error));
        }
      });
    });
  }

  #statementFault(codes: readonly string[]): StatementFault | undefined {
    const { calm, weather, schedule } = this.world;
    const { chance } = schedule;
    if (calm || !chance.happens(weather.statementFails)) return undefined;
    // Half of them early, since most transactions are short.
    const last = chance.happens(0.5) ? 6 : LAST_STATEMENT;
    return { statement: chance.whole(0, last), code: chance.oneOf(codes), undone: chance.happens(0.5) };
  }

  appendAudit(): Promise<void> {
    throw new Error('the write side appends nothing to the audit');
  }

  snapshot<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#ask(`${this.name} reads`, WRITE_CODES, (fault) => this.world.database.snapshot(work, fault));
  }

  /** Nobody is erased here. */
  scrub(): Promise<boolean> {
    return Promise.resolve(true);
  }

  rebuild(work: (rebuild: Rebuild) => Promise<void>): Promise<void> {
    return this.#ask(`${this.name} rebuilds`, WRITE_CODES, (fault) =>
      this.world.database.rebuild(work, fault),
    );
  }

  classify(error: unknown): FailureKind {
    return this.world.database.store.classify(error);
  }

  textOf(column: string): string {
    return this.world.database.store.textOf(column);
  }

  async close(): Promise<void> {}
}
