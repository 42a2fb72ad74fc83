/**
 * Changes of the fare and policy calendar. Each is one transaction with its rows of the audit. It first writes when the
 * calendar was changed, and so takes a lock: no two instances add fares that contradict each other.
 */
import type { Knex } from 'knex';
import { type AuditAction, type AuditEvent, filterText } from '../domain/audit.js';
import type { CalendarEntry, CalendarKind, DateSpan } from '../domain/calendar.js';
import {
  type CalendarClaim,
  type CalendarContent,
  type CheckedEntry,
  checkEntry,
  nameOfEntry,
  overlappingFares,
} from '../domain/calendar-entry.js';
import { AppError, type Problem } from '../domain/errors.js';
import { appendAudit } from '../store/audit.js';
import {
  calendarEntries,
  deleteCalendarEntry,
  findCalendarEntry,
  insertCalendarEntry,
  updateCalendarEntry,
} from '../store/calendar.js';
import type { Store } from '../store/dialect.js';
import { writeMeta } from '../store/meta.js';

/** Who changes the calendar, for the audit. */
export type ChangedBy = Pick<AuditEvent, 'actor' | 'operation'>;

export interface CalendarImport {
  readonly added: number;
  /** Rows that are entries already, in every field. */
  readonly unchanged: number;
}

export interface Calendar {
  /** Entries that hold on some day of the span, by their first day. */
  entries(span?: Partial<DateSpan>, kinds?: readonly CalendarKind[]): Promise<CalendarEntry[]>;
  /** @throws AppError `invalid` with all problems */
  add(claim: CalendarClaim, by: ChangedBy): Promise<CalendarEntry>;
  /**
   * Writes the whole entry anew.
   * @throws AppError `not_found`, or `invalid` with all problems
   */
  change(id: number, claim: CalendarClaim, by: ChangedBy): Promise<CalendarEntry>;
  /** Lets an entry end before a date. @throws as `change` */
  end(id: number, endsBefore: string, by: ChangedBy): Promise<CalendarEntry>;
  /** Takes out an entry that was never true; one that was is ended. @throws AppError `not_found` */
  remove(id: number, by: ChangedBy): Promise<CalendarEntry>;
  /** Adds all rows, or none where one has a problem; those that are here already are passed over. */
  import(rows: readonly CalendarClaim[], by: ChangedBy): Promise<CalendarImport>;
}

/** Of the whole calendar: it is read at once. */
const MAX_ENTRIES = 2_000;
const AUDIT_ROWS = 100;

export function calendarOf(store: Store, clock: () => number): Calendar {
  const changing = <T>(work: (trx: Knex.Transaction, now: number) => Promise<T>): Promise<T> =>
    store.write(async (trx) => {
      const now = clock();
      await writeMeta(trx, { calendar_changed_ms: String(now) });
      return work(trx, now);
    });
  const change = (
    id: number,
    claimOf: (before: CalendarEntry) => CalendarClaim,
    by: ChangedBy & { readonly action: AuditAction },
  ): Promise<CalendarEntry> =>
    changing(async (trx, now) => {
      const before = await entryOf(trx, id);
      const others = (await calendarEntries(trx)).filter(({ entry_id }) => entry_id !== id);
      const after = { entry_id: id, ...accepted(withOverlaps(checkEntry(claimOf(before)), others)) };
      await updateCalendarEntry(trx, after);
      await appendAudit(trx, [auditRow(by, { before, after }, now)]);
      return after;
    });
  return {
    entries: (span, kinds) => calendarEntries(store.knex, span, kinds),
    add: (claim, by) =>
      changing(async (trx, now) => {
        const others = await calendarEntries(trx);
        const content = accepted(withOverlaps(checkEntry(claim), others));
        refuseTooMany(others.length + 1);
        const entry = { entry_id: await insertCalendarEntry(trx, content), ...content };
        await appendAudit(trx, [auditRow({ ...by, action: 'calendar.add' }, { after: entry }, now)]);
        return entry;
      }),
    change: (id, claim, by) => change(id, () => claim, { ...by, action: 'calendar.change' }),
    end: (id, endsBefore, by) =>
      change(id, (before) => ({ ...before, ends_before: endsBefore }), { ...by, action: 'calendar.end' }),
    remove: (id, by) =>
      changing(async (trx, now) => {
        const before = await entryOf(trx, id);
        await deleteCalendarEntry(trx, id);
        await appendAudit(trx, [auditRow({ ...by, action: 'calendar.remove' }, { before }, now)]);
        return before;
      }),
    import: (rows, by) => changing((trx, now) => importRows(trx, rows, by, now)),
  };
}

async function importRows(
  trx: Knex.Transaction,
  rows: readonly CalendarClaim[],
  by: ChangedBy,
  now: number,
): Promise<CalendarImport> {
  const standing = await calendarEntries(trx);
  const known = new Set(standing.map(contentKey));
  const problems: Problem[] = [];
  const added: CalendarEntry[] = [];
  for (const [index, claim] of rows.entries()) {
    const number = index + 1;
    // Rows that stand beside each other in the file are named by their places in it.
    const others = [...standing, ...added];
    const checked = checkEntry(claim);
    if (checked.ok && known.has(contentKey(checked.entry))) continue;
    const judged = withOverlaps(checked, others, (other) =>
      standing.includes(other) ? nameOfEntry(other) : `row ${other.entry_id} "${other.name}"`,
    );
    if (judged.ok) {
      known.add(contentKey(judged.entry));
      added.push({ entry_id: number, ...judged.entry });
    } else
      problems.push(
        ...judged.problems.map((problem) => ({ ...problem, message: `row ${number}: ${problem.message}` })),
      );
  }
  if (problems.length > 0) throw refusal(problems);
  refuseTooMany(standing.length + added.length);
  const events: AuditEvent[] = [];
  for (const { entry_id: _, ...content } of added) {
    const after = { entry_id: await insertCalendarEntry(trx, content), ...content };
    events.push(auditRow({ ...by, action: 'calendar.add' }, { after }, now));
  }
  for (let at = 0; at < events.length; at += AUDIT_ROWS)
    await appendAudit(trx, events.slice(at, at + AUDIT_ROWS));
  return { added: added.length, unchanged: rows.length - added.length };
}

function contentKey(entry: CalendarContent): string {
  const { kind, name, starts_on, ends_before, payment_type, price_before_minor, price_after_minor, note } =
    entry;
  return JSON.stringify([
    ...[kind, name, starts_on, ends_before, payment_type],
    ...[price_before_minor, price_after_minor, note],
  ]);
}

function withOverlaps(
  checked: CheckedEntry,
  others: readonly CalendarEntry[],
  nameOf: (entry: CalendarEntry) => string = nameOfEntry,
): CheckedEntry {
  if (!checked.ok) return checked;
  const overlapping = overlappingFares(checked.entry, others);
  if (overlapping.length === 0) return checked;
  const type = checked.entry.payment_type ?? 'all payment types';
  const problems = overlapping.map((other) => ({
    field: 'starts_on',
    code: 'overlaps',
    message: `starts_on and ends_before overlap with another fare of ${type}: ${nameOf(other)}; end the one before the other begins`,
  }));
  return { ok: false, problems };
}

function accepted(checked: CheckedEntry): CalendarContent {
  if (checked.ok) return checked.entry;
  throw refusal(checked.problems);
}

function refusal(problems: readonly Problem[]): AppError {
  return new AppError('invalid', 'The calendar is not changed: what was given is not valid.', { problems });
}

function refuseTooMany(entries: number): void {
  if (entries > MAX_ENTRIES)
    throw new AppError(
      'usage',
      `A calendar holds ${MAX_ENTRIES} entries at most; this would make ${entries}.`,
    );
}

async function entryOf(trx: Knex.Transaction, id: number): Promise<CalendarEntry> {
  const entry = await findCalendarEntry(trx, id);
  if (entry === undefined) throw new AppError('not_found', `The calendar has no entry ${id}.`);
  return entry;
}

function auditRow(
  by: ChangedBy & { readonly action: AuditAction },
  what: { readonly before?: CalendarEntry; readonly after?: CalendarEntry },
  now: number,
): AuditEvent {
  return { ...by, filter: filterText(what, (text) => text), at_ms: now };
}
