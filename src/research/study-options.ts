/** Options that the studies of an event share. */
import { z } from 'zod';
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
