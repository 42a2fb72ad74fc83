/**
 * Bugs that the simulation must find: real parts, put together wrongly. Each is one that a payments service really has
 * had, and that tests without faults do not see.
 */
import { toRow } from '../../src/domain/payment.js';
import type { Settlement } from '../../src/ingest/door.js';
import type { DriverFlaw } from './database.js';
import { CURRENCY, type DoorFlaw } from './process.js';

export interface PlantedBug {
  readonly door?: DoorFlaw;
  readonly driver?: DriverFlaw;
}

/** Answers when the batch is handed over, and commits behind the sender's back. */
const answerBeforeCommit: DoorFlaw = (door) => async (entries, writer) => {
  door(entries, writer).catch(() => {});
  return entries.map((entry): Settlement => {
    if (entry.kind === 'quarantine') return { kind: 'quarantine', id: 0 };
    if (entry.kind === 'refused') return { kind: 'refused' };
    if (entry.kind === 'adjustment') return { ...entry, outcome: 'recorded', standing: entry.delivery };
    const { payment, capture } = entry.delivery;
    const row = toRow(payment, Math.floor(capture.received_ms / 1000), CURRENCY);
    return { kind: 'payment', outcome: 'recorded', delivery: entry.delivery, row };
  });
};

/** Commits the payment first, and writes what is counted of it in a transaction of its own. */
const rollupsOutside: DriverFlaw = {
  before: (sql, db) => {
    if (sql.startsWith('INSERT INTO farelog_journal') && db.inTransaction) db.exec('COMMIT; BEGIN IMMEDIATE');
  },
};

/** After a deadlock, which undoes the whole transaction, runs the statement again that it was told of, and goes on. */
const retriesTheStatement: DriverFlaw = {
  mend: (code, db) => {
    if (code !== 'SQLITE_BUSY' || !db.inTransaction) return false;
    db.exec('ROLLBACK; BEGIN IMMEDIATE');
    return true;
  },
};

export const PLANTED_BUGS = {
  'answer before commit': { door: answerBeforeCommit },
  'rollups outside the transaction': { driver: rollupsOutside },
  'retry without the whole transaction': { driver: retriesTheStatement },
} as const satisfies Readonly<Record<string, PlantedBug>>;
