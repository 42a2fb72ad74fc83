/**
 * Appends to the audit. A row must be durable before what it tells of is shown, so every caller waits.
 *
 * Modes: idle → appending → idle. What comes while a transaction is under way waits and then goes in the next one
 * together, up to `MAX_GROUP` rows: however many read at once, this process holds one connection and waits in one
 * place for the chain's head, and its readers share the wait for the disk. Beyond `MAX_WAITING` a caller is refused.
 * Trade-off: a transaction that fails refuses all that went in it, and none of what they asked for is shown.
 */
import type { AuditEvent } from '../domain/audit.js';
import { AppError } from '../domain/errors.js';
import type { Store } from '../store/dialect.js';

const MAX_GROUP = 100;
const MAX_WAITING = 1_000;

/** Writes one event down; settles when it is durable. */
export type Audit = (event: Omit<AuditEvent, 'at_ms'>) => Promise<void>;

interface Waiting {
  readonly event: AuditEvent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** @returns a function that throws AppError `unavailable` where the audit cannot be written */
export function openAuditLog(store: Store, clock: () => number): Audit {
  let waiting: Waiting[] = [];
  let appending = false;
  const appendAll = async (): Promise<void> => {
    appending = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, MAX_GROUP);
      waiting = waiting.slice(MAX_GROUP);
      try {
        await store.appendAudit(group.map(({ event }) => event));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(unwritten(error));
      }
    }
    appending = false;
  };
  return (event) => {
    if (waiting.length >= MAX_WAITING) return Promise.reject(unwritten(undefined));
    return new Promise((resolve, reject) => {
      waiting.push({ event: { ...event, at_ms: clock() }, resolve, reject });
      if (!appending) void appendAll();
    });
  };
}

function unwritten(cause: unknown): AppError {
  return new AppError(
    'unavailable',
    'This is shown or changed only once it is written in the audit, which cannot be done now. Try again later.',
    { cause },
  );
}
