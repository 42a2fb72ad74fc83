/** Options that the studies of an event share. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { dateOf } from './days.js';
import type { StudyEvent } from './events.js';
import { isFileOption } from './option-shapes.js';
import { SERIES_OUTCOMES } from './outcome-series.js';
import { SEGMENTATIONS } from './segments.js';

export const event = z
  .string()
  .max(256)
  .optional()
  .describe(
    "The event: number or name of an entry of the calendar, or a date (YYYY-MM-DD). By default the period's only entry that can be meant.",
  );

const weeks = z.number().int().min(2).max(104);
export const beforeWeeks = weeks
  .default(12)
  .describe('Whole weeks before the event that are compared, where the data have as many.');
export const afterWeeks = weeks
  .default(12)
  .describe('Whole weeks from the event on that are compared, where the data have as many.');

export const seriesOutcome = z
  .enum(SERIES_OUTCOMES)
  .default('revenue')
  .describe('What is counted: revenue net of adjustments, payments, or different riders who paid.');

export const paymentType = z
  .string()
  .max(32)
  .optional()
  .describe('Payments of this type alone; by default all.');

export const segments = z
  .enum(SEGMENTATIONS)
  .describe(
    'Groups of riders: none; spend (fifths by net spending), tenure (since the first payment) or method (of most payments), all told from before the compared weeks; file (segments_csv).',
  );

export const segmentsCsv = z
  .string()
  .optional()
  .describe(
    'Content of a CSV with the columns rider (pseudonym of the data) and segment, for segments=file.',
  );

export const seed = z
  .number()
  .int()
  .min(1)
  .max(2_147_483_647)
  .default(1)
  .describe('Seed of what is drawn by chance: the same seed, the same interval.');

/** What stands in a result as chosen: what was found out where it was left open, and files by their digest alone. */
export function chosenOf(
  options: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const own = Object.entries(options).map(([name, value]) =>
    isFileOption(name) && typeof value === 'string'
      ? [name, `SHA-256 ${createHash('sha256').update(value).digest('hex')}`]
      : [name, value],
  );
  return { ...Object.fromEntries(own), ...found };
}

/** The event among what was chosen. */
export const chosenEvent = ({ name, day, end, entry }: StudyEvent): Readonly<Record<string, unknown>> => ({
  event: entry === null ? name : String(entry.entry_id),
  event_from: dateOf(day),
  ...(end === null ? {} : { event_to: dateOf(end) }),
});
