/** The fare and policy calendar as rows of a dataset, and back. */
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { z } from 'zod';
import { CALENDAR_KINDS, type CalendarEntry } from '../../domain/calendar.js';
import { type Currency, numberToMinor } from '../../domain/money.js';
import { dayOf } from '../days.js';
import { type Rows, toRows } from './cells.js';
import { TABLES } from './tables.js';

export function calendarRows(entries: readonly CalendarEntry[]): Rows {
  const records = entries.map((entry) => [
    entry.entry_id,
    entry.kind,
    entry.name,
    dayOf(entry.starts_on),
    entry.ends_before === null ? null : dayOf(entry.ends_before),
    entry.payment_type,
    entry.price_before_minor,
    entry.price_after_minor,
    entry.note,
  ]);
  return toRows(TABLES.calendar, records);
}

const text = z.string().nullish();
const date = z.date().transform((value) => value.toISOString().slice(0, 10));
const price = z.number().nullish();
const rowShape = z.object({
  entry_id: z.number(),
  kind: z.enum(CALENDAR_KINDS),
  name: z.string(),
  starts_on: date,
  ends_before: date.nullish(),
  payment_type: text,
  price_before: price,
  price_after: price,
  note: text,
});

export async function readCalendar(path: string, currency: Currency): Promise<CalendarEntry[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  const minor = (value: number | null | undefined): number | null =>
    value == null ? null : numberToMinor(value, currency);
  return rows.map((row) => {
    const { price_before, price_after, ends_before, payment_type, note, ...entry } = rowShape.parse(row);
    return {
      ...entry,
      ends_before: ends_before ?? null,
      payment_type: payment_type ?? null,
      price_before_minor: minor(price_before),
      price_after_minor: minor(price_after),
      note: note ?? null,
    };
  });
}
