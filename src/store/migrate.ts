/**
 * Running the migrations. Knex keeps the books and a lock row of its own; that row outlives a killed migrator, so
 * here a lock that dies with its holder stands around it, under which a left-over lock row is known to be stale.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Knex } from 'knex';
import { AppError } from '../domain/errors.js';
import { dialectOf, PAYMENTS } from './dialect.js';
import { farelogMigrations } from './migrations/source.js';

const LOCK_WAIT_S = 60;

export interface MigrationStatus {
  readonly name: string;
  readonly applied: boolean;
}

export async function migrationStatus(knex: Knex): Promise<MigrationStatus[]> {
  const [completed, pending]: [{ name: string }[], { name: string }[]] =
    await knex.migrate.list(farelogMigrations);
  return [
    ...completed.map(({ name }) => ({ name, applied: true })),
    ...pending.map(({ name }) => ({ name, applied: false })),
  ];
}

/** Applies what is pending; returns the names applied. Safe to run again after a crash at any point. */
export function migrateUp(knex: Knex): Promise<string[]> {
  return exclusively(knex, async () => {
    const [, applied]: [number, string[]] = await knex.migrate.latest(farelogMigrations);
    return applied;
  });
}

/** Undoes the newest applied migration; returns the names undone. The oldest one drops the payments table. */
export function migrateDown(knex: Knex): Promise<string[]> {
  return exclusively(knex, () => undoNewest(knex));
}

/** Undoes, newest first, every migration later than `timestamp` (14 digits); returns the names undone. */
export async function rollbackTo(knex: Knex, timestamp: string): Promise<string[]> {
  const known = await migrationStatus(knex);
  if (!/^\d{14}$/.test(timestamp) || !known.some(({ name }) => name.startsWith(timestamp))) {
    const list = known.map(({ name }) => name.slice(0, 14)).join(', ');
    throw new AppError('usage', `--to ${timestamp} names no migration; there are ${list}.`);
  }
  return exclusively(knex, async () => {
    const undone: string[] = [];
    for (;;) {
      const newest = (await migrationStatus(knex)).filter(({ applied }) => applied).at(-1);
      if (newest === undefined || newest.name.slice(0, 14) <= timestamp) return undone;
      undone.push(...(await undoNewest(knex)));
    }
  });
}

/** Whether undoing the newest migration would drop payments. */
export async function downWouldDropPayments(knex: Knex): Promise<boolean> {
  const applied = (await migrationStatus(knex)).filter((migration) => migration.applied);
  if (applied.length !== 1) return false;
  return (await knex(PAYMENTS).select('payment_id').first()) !== undefined;
}

async function undoNewest(knex: Knex): Promise<string[]> {
  const [, undone]: [number, string[]] = await knex.migrate.down(farelogMigrations);
  return undone;
}

function exclusively<T>(knex: Knex, work: () => Promise<T>): Promise<T> {
  const locked = async (): Promise<T> => {
    await knex.migrate.forceFreeMigrationsLock(farelogMigrations);
    return work();
  };
  return dialectOf(knex) === 'sqlite' ? underFileLock(knex, locked) : underServerLock(knex, locked);
}

/** MySQL's GET_LOCK belongs to a connection and goes with it. The name is hashed by SHA2: MySQL 9.6 has no MD5 any more. */
async function underServerLock<T>(knex: Knex, work: () => Promise<T>): Promise<T> {
  // The lock needs a connection of its own; a pool of one has none, and Knex's own lock row must do.
  if (knex.client.pool?.max === 1) return work();
  const name = "CONCAT('farelog migrations ', LEFT(SHA2(DATABASE(), 256), 16))";
  return knex.transaction(async (trx) => {
    const [rows] = await trx.raw(`SELECT GET_LOCK(${name}, ${LOCK_WAIT_S}) AS locked`);
    if (Number(rows[0]?.locked) !== 1) throw otherMigrator();
    try {
      return await work();
    } finally {
      await trx.raw(`SELECT RELEASE_LOCK(${name})`);
    }
  });
}

/** A lock on a file beside the database, held by a transaction and so gone with its process. */
async function underFileLock<T>(knex: Knex, work: () => Promise<T>): Promise<T> {
  const file: unknown = knex.client.connectionSettings?.filename;
  if (typeof file !== 'string' || file === '' || file.includes(':memory:')) return work();
  const lock = new Database(`${file}-migrating`, { timeout: 0 });
  try {
    await lockExclusively(lock);
    return await work();
  } finally {
    lock.close();
  }
}

async function lockExclusively(lock: Database.Database): Promise<void> {
  const deadline = performance.now() + LOCK_WAIT_S * 1000;
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return;
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
      if (performance.now() > deadline) throw otherMigrator();
    }
    await sleep(20);
  }
}

function otherMigrator(): AppError {
  return new AppError(
    'unavailable',
    `Another process has been migrating this database for over ${LOCK_WAIT_S} s. Wait for it, or stop it, and try again.`,
  );
}
