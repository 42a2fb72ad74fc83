/** What each way of coming in has brought: how its deliveries ended, when it last brought a payment, and how far it has read. */
import type { Knex } from 'knex';
import { OUTCOMES, type Outcome, SOURCES, type Source } from '../domain/outcome.js';
import { type Span, toIso } from '../domain/time.js';
import { captureRates, lastRecordedHour } from '../store/capture-rollups.js';
import { lastReceived, sequenceAt } from '../store/captures.js';
import { readMeta } from '../store/meta.js';
import type { Ledger } from './ledger.js';
import { endOfHours, hourOf } from './performance.js';
import { ascendingCounts, countsByType } from './prices.js';
import { ascendingOf, quantileOf, toDecimals } from './quantiles.js';

export interface SourceRow extends Readonly<Record<Outcome, number>> {
  readonly source: Source;
  /** Within the range, whatever became of them. */
  readonly deliveries: number;
  /** Conflicts and invalid ones among them, from 0 to 1, to 6 decimals; null where there were none. */
  readonly error_rate: number | null;
  /** When the last payment that it has recorded came in, whatever the range; null where it never has. */
  readonly last_recorded: string | null;
}

/** Seconds from payment to capture, of live sources together. */
export interface LiveLag {
  readonly payments: number;
  readonly p50_seconds: number;
  readonly p95_seconds: number;
  readonly p99_seconds: number;
  readonly max_seconds: number;
}

export interface SourcesFigure {
  /** In the order in which sources are named everywhere. */
  readonly rows: SourceRow[];
  /** Null where no payment came in live. */
  readonly lag: LiveLag | null;
  /** The provider's list that was pulled last, and up to where all of it is here; null where none was. */
  readonly pull: { readonly name: string; readonly watermark: string } | null;
  /** The portal that was synced last, the row up to which all was read, and when that sync had begun. */
  readonly sync: {
    readonly name: string;
    /** Null where no row was read yet. */
    readonly watermark: number | null;
    readonly synced_at: string | null;
  } | null;
}

const HOUR_MS = 3_600_000;
/** Instances' clocks differ by less. */
const CLOCKS_MS = 60_000;

export async function sourcesFigure(ledger: Ledger, span: Span): Promise<SourcesFigure> {
  const to = Math.min(span.to, await endOfHours(ledger));
  const rates = await captureRates(ledger.trx, { from: hourOf(span.from), to });
  const until = await ledger.countsUntil();
  const newest = await ledger.watermark();
  const rows: SourceRow[] = [];
  for (const source of SOURCES) {
    const own = rates.filter((rate) => rate.source === source);
    const count = (outcome?: Outcome): number =>
      own.reduce(
        (sum, rate) => sum + (outcome === undefined || rate.outcome === outcome ? rate.deliveries : 0),
        0,
      );
    const deliveries = count();
    const [recorded = 0, duplicate = 0, conflict = 0, invalid = 0] = OUTCOMES.map(count);
    rows.push({
      source,
      deliveries,
      ...{ recorded, duplicate, conflict, invalid },
      error_rate: deliveries === 0 ? null : toDecimals((conflict + invalid) / deliveries, 6),
      last_recorded: await lastRecorded(ledger.trx, source, newest.sequence, until),
    });
  }
  return { rows, lag: await liveLag(ledger, span), ...(await marks(ledger)) };
}

/** Counted deliveries tell the hour, and its captures the moment: captures have no index by time, nor by source. */
async function lastRecorded(
  trx: Knex,
  source: Source,
  newest: number,
  until: number | undefined,
): Promise<string | null> {
  const hour = await lastRecordedHour(trx, source, until === undefined ? undefined : until / 1000);
  if (hour === undefined) return null;
  const [start, end] = [hour * 1000 - CLOCKS_MS, hour * 1000 + HOUR_MS + CLOCKS_MS];
  const range = {
    first: await sequenceAt(trx, start),
    last: Math.min(await sequenceAt(trx, end), newest),
  };
  const receivedMs = await lastReceived(trx, source, range);
  return receivedMs === undefined ? null : toIso(Math.floor(receivedMs / 1000));
}

async function liveLag(ledger: Ledger, span: Span): Promise<LiveLag | null> {
  const all = new Map<number, number>();
  for (const counts of (await countsByType(ledger, 'lags', span)).values())
    for (const [lag, count] of counts) all.set(lag, (all.get(lag) ?? 0) + count);
  const lags = ascendingCounts(all);
  if (lags.length === 0) return null;
  const ascending = ascendingOf(lags);
  const at = (quantile: number): number => toDecimals(quantileOf(ascending, quantile) ?? 0, 4);
  return {
    payments: ascending.length,
    ...{ p50_seconds: at(0.5), p95_seconds: at(0.95), p99_seconds: at(0.99) },
    max_seconds: lags.at(-1)?.value ?? 0,
  };
}

async function marks(ledger: Ledger): Promise<Pick<SourcesFigure, 'pull' | 'sync'>> {
  const meta = await readMeta(ledger.trx);
  const { pulled_source, pulled_until, synced_source, synced_id, synced_at } = meta;
  return {
    pull:
      pulled_source === undefined || pulled_until === undefined
        ? null
        : { name: pulled_source, watermark: toIso(Number(pulled_until)) },
    sync:
      synced_source === undefined || synced_id === undefined
        ? null
        : {
            name: synced_source,
            watermark: Number(synced_id) < 0 ? null : Number(synced_id),
            synced_at: synced_at === undefined ? null : toIso(Number(synced_at)),
          },
  };
}
