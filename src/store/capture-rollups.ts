/** Reading the deliveries counted by hour, source, outcome and reason; the dialects' writers write them. */
import type { Knex } from 'knex';
import type { CaptureRollup } from '../domain/capture-rollup.js';
import type { Source } from '../domain/outcome.js';
import type { Span } from '../domain/time.js';

const CAPTURES = 'farelog_capture_hourly';

type CaptureRow = Record<keyof CaptureRollup, string> & Pick<CaptureRollup, 'source' | 'outcome'>;

/** Recorded payments by hour and source with their shards added up, for `verify`. */
export async function recordedCaptures(knex: Knex): Promise<CaptureRollup[]> {
  const rows: CaptureRow[] = await knex(CAPTURES)
    .select('hour_s', 'source')
    .sum({ deliveries: 'deliveries' })
    .where({ outcome: 'recorded', reason: '' })
    .groupBy('hour_s', 'source');
  return rows.map(({ hour_s, source, deliveries }) => ({
    hour_s: Number(hour_s),
    source,
    outcome: 'recorded',
    reason: '',
    deliveries: Number(deliveries),
  }));
}

export type CaptureRate = Omit<CaptureRollup, 'hour_s'>;

/** Deliveries of whole hours by source, outcome and reason, shards added up. */
export async function captureRates(knex: Knex, span: Span): Promise<CaptureRate[]> {
  const rows: CaptureRow[] = await knex(CAPTURES)
    .select('source', 'outcome', 'reason')
    .sum({ deliveries: 'deliveries' })
    .where('hour_s', '>=', span.from)
    .where('hour_s', '<', span.to)
    .groupBy('source', 'outcome', 'reason');
  return rows.map((row) => ({ ...row, deliveries: Number(row.deliveries) }));
}

/** The last hour in which a source has recorded a payment, up to a second; undefined where it never has. */
export async function lastRecordedHour(
  knex: Knex,
  source: Source,
  until?: number,
): Promise<number | undefined> {
  const query = knex(CAPTURES).where({ source, outcome: 'recorded', reason: '' }).max({ hour: 'hour_s' });
  if (until !== undefined) query.where('hour_s', '<=', until);
  const hour: unknown = (await query.first())?.hour;
  return hour === null || hour === undefined ? undefined : Number(hour);
}
