/** Reading captures: how far they have come, and which one an instant names. */
import type { Knex } from 'knex';

const CAPTURES = 'farelog_captures';

interface CaptureTime {
  readonly sequence: number;
  readonly receivedMs: number | null;
}

/** The newest capture: up to where a figure counts; the sequence 0 where there is none. */
export async function newestCapture(knex: Knex): Promise<CaptureTime> {
  const row = await knex(CAPTURES).select('sequence', 'received_ms').orderBy('sequence', 'desc').first();
  return row === undefined
    ? { sequence: 0, receivedMs: null }
    : { sequence: Number(row.sequence), receivedMs: Number(row.received_ms) };
}

/** When the last capture up to `sequence` came in, in milliseconds since 1970; null where there is none. */
export async function receivedAt(knex: Knex, sequence: number): Promise<number | null> {
  const row = await knex(CAPTURES)
    .select('received_ms')
    .where('sequence', '<=', sequence)
    .orderBy('sequence', 'desc')
    .first();
  return row === undefined ? null : Number(row.received_ms);
}

/** When the first capture after `sequence` came in, in milliseconds since 1970; undefined where there is none. */
export async function receivedAfter(knex: Knex, sequence: number): Promise<number | undefined> {
  const row = await knex(CAPTURES)
    .select('received_ms')
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .first();
  return row === undefined ? undefined : Number(row.received_ms);
}

/**
 * The last capture that had come in by an instant; 0 where none had. Sequences follow the clock but for some
 * milliseconds between instances, so the search goes by halves.
 */
export async function sequenceAt(knex: Knex, ms: number): Promise<number> {
  let low = 0;
  let high = (await newestCapture(knex)).sequence;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const at = await receivedAt(knex, middle);
    if (at === null || at <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}
