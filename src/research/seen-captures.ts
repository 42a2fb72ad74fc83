/** Payments of live sources with the local day of their capture, as far as captures have been watched. */
import { isRefusal, type Refusal, refuse } from './numeric/answer.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { ridersIn } from './result.js';
import { dayOfReading, zoneNamed } from './whole-days.js';

export interface SeenCaptures {
  readonly size: number;
  /** Numbers of the payments. */
  readonly payment: Int32Array;
  /** Local day of the payment, and days from then to the one of capture. */
  readonly day: Int32Array;
  readonly daysLater: Int32Array;
  /** Seconds, none below zero. */
  readonly seconds: Float64Array;
  /** The last local day that was over. */
  readonly lastDay: number;
  readonly riders: number;
  /** Of live sources, whether seen or not. */
  readonly live: number;
  readonly beforeMade: number;
  readonly unfinished: number;
}

/** Beyond this share of captures before the payment, clocks are to be set and not lags to be told. */
const MAX_BEFORE_MADE = 0.1;

/** @param until the local day before which every capture is in the data; undefined: that of reading, or of the last capture */
export function seenCaptures(observations: Observations, until: number | undefined): SeenCaptures | Refusal {
  const { size, lag, day, provenance, zone } = observations;
  let [live, beforeMade] = [0, 0];
  for (let i = 0; i < size; i++) {
    if (Number.isNaN(at(lag, i))) continue;
    live += 1;
    if (at(lag, i) < 0) beforeMade += 1;
  }
  if (live === 0) {
    return refuse(
      'too_few',
      'No payment came by a live source; imports, syncs and replays tell nothing of lag.',
    );
  }
  if (beforeMade > MAX_BEFORE_MADE * live) {
    return refuse(
      'out_of_domain',
      `${beforeMade} of ${live} payments were captured before they were made: the clocks of provider and service disagree. Set them, then study later days.`,
    );
  }
  const captured = captureDays(observations);
  if (isRefusal(captured)) return captured;
  const known = provenance.kind === 'live' ? dayOfReading(provenance.read_at, zone) : captured.last;
  const lastDay = (until ?? known) - 1;
  const isSeen = (i: number): boolean => {
    const on = at(captured.of, i);
    return on >= 0 && Math.max(on, at(day, i)) <= lastDay;
  };
  let seen = 0;
  for (let i = 0; i < size; i++) if (isSeen(i)) seen += 1;
  const columns = {
    payment: new Int32Array(seen),
    rider: new Int32Array(seen),
    day: new Int32Array(seen),
    daysLater: new Int32Array(seen),
    seconds: new Float64Array(seen),
  };
  for (let i = 0, place = 0; i < size; i++) {
    if (!isSeen(i)) continue;
    columns.payment[place] = i;
    columns.rider[place] = at(observations.rider, i);
    columns.day[place] = at(day, i);
    columns.daysLater[place] = Math.max(0, at(captured.of, i) - at(day, i));
    columns.seconds[place] = Math.max(0, at(lag, i));
    place += 1;
  }
  const riders = ridersIn({ riders: observations.riders, rider: columns.rider });
  return { size: seen, ...columns, riders, lastDay, live, beforeMade, unfinished: live - seen };
}

/** No payment is captured later than this: beyond it the number is wrong. */
const MAX_DAYS_LATER = 20_000;

/** Local day of each capture, −1 where there is no lag. A day begins where the zone says so. */
function captureDays({
  size,
  lag,
  day,
  second,
  zone,
}: Observations): { readonly of: Int32Array; readonly last: number } | Refusal {
  const known = zoneNamed(zone);
  const starts = new Map<number, number>();
  const startOf = (own: number): number => {
    const start = starts.get(own) ?? known.startOf(own * 86_400);
    starts.set(own, start);
    return start;
  };
  const of = new Int32Array(size).fill(-1);
  let last = -1;
  let [from, to] = [Number.NaN, Number.NaN];
  let inside = -1;
  for (let i = 0; i < size; i++) {
    const own = at(lag, i);
    if (Number.isNaN(own)) continue;
    if (own > MAX_DAYS_LATER * 86_400) {
      return refuse('out_of_domain', `A payment has a lag of ${own} seconds, which is none.`);
    }
    const captured = at(second, i) + own;
    if (!(captured >= from && captured < to)) {
      inside = at(day, i);
      while (captured < startOf(inside)) inside -= 1;
      while (captured >= startOf(inside + 1)) inside += 1;
      [from, to] = [startOf(inside), startOf(inside + 1)];
    }
    of[i] = inside;
    if (inside > last) last = inside;
  }
  return { of, last };
}
