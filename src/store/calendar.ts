/** The fare and policy calendar: its entries, read and changed. What an entry must be like is the domain's to say. */
import type { Knex } from 'knex';
import type { CalendarEntry, CalendarKind, DateSpan } from '../domain/calendar.js';

const CALENDAR = 'farelog_calendar';

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

function toEntry(row: CalendarEntry): CalendarEntry {
  return {
    entry_id: Number(row.entry_id),
    kind: row.kind,
    name: row.name,
    starts_on: row.starts_on,
    ends_before: row.ends_before,
    payment_type: row.payment_type,
    price_before_minor: numberOrNull(row.price_before_minor),
    price_after_minor: numberOrNull(row.price_after_minor),
    note: row.note,
  };
}

/** Entries that hold on some day of the span, of all time without one; by their first day. */
export async function calendarEntries(
  knex: Knex,
  span: Partial<DateSpan> = {},
  kinds?: readonly CalendarKind[],
): Promise<CalendarEntry[]> {
  const { from, to } = span;
  const query = knex(CALENDAR).orderBy(['starts_on', 'entry_id']);
  if (to !== undefined) query.where('starts_on', '<', to);
  if (from !== undefined)
    query.where((either) => {
      either.whereNull('ends_before').orWhere('ends_before', '>', from);
    });
  if (kinds !== undefined) query.whereIn('kind', [...kinds]);
  const rows: CalendarEntry[] = await query;
  return rows.map(toEntry);
}

export async function findCalendarEntry(knex: Knex, id: number): Promise<CalendarEntry | undefined> {
  const row: CalendarEntry | undefined = await knex(CALENDAR).where('entry_id', id).first();
  return row === undefined ? undefined : toEntry(row);
}

export async function insertCalendarEntry(
  trx: Knex.Transaction,
  entry: Omit<CalendarEntry, 'entry_id'>,
): Promise<number> {
  const [id] = await trx(CALENDAR).insert(entry);
  return Number(id);
}

export async function updateCalendarEntry(trx: Knex.Transaction, entry: CalendarEntry): Promise<void> {
  const { entry_id, ...content } = entry;
  await trx(CALENDAR).where({ entry_id }).update(content);
}

export async function deleteCalendarEntry(trx: Knex.Transaction, id: number): Promise<void> {
  await trx(CALENDAR).where('entry_id', id).delete();
}
