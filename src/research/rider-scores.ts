/**
 * Recency, frequency and money of riders from the days before a period, and who paid in that period: so that scores are
 * held against what they could not know.
 */
import { isRefusal, type Refusal } from './numeric/answer.js';
import { type RfmScores, rfmScores } from './numeric/rfm.js';
import { type Share, wilson } from './numeric/shares.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { type Span, spentIn } from './segments.js';

/** Riders of one score, or of two. */
export interface ScoreCell {
  readonly riders: number;
  /** Minor units, net. */
  readonly spent: number;
  readonly payments: number;
  /** Of them, who paid in the period after. */
  readonly paidAfter: Share | null;
}

export const SCORES = ['recency', 'frequency', 'monetary'] as const;
export type ScoreName = (typeof SCORES)[number];

export interface RiderScores {
  /** From which scores are told, and in which it was looked who paid. */
  readonly base: Span;
  readonly after: Span;
  readonly riders: number;
  readonly spent: number;
  /** By score from 1 to 5. */
  readonly of: (name: ScoreName, score: number) => ScoreCell;
  readonly both: (recency: number, frequency: number) => ScoreCell;
}

interface Scored {
  readonly scores: RfmScores;
  readonly payments: Float64Array;
  readonly spent: Float64Array;
  readonly again: Uint8Array;
}

export function riderScores(
  observations: Observations,
  base: Span,
  after: Span,
  level: number,
): RiderScores | Refusal {
  const { size, rider, riders, day } = observations;
  const { payments, net } = spentIn(observations, base);
  const last = new Int32Array(riders.length).fill(base.from - 1);
  const again = new Uint8Array(riders.length);
  for (let i = 0; i < size; i++) {
    const [who, when] = [at(rider, i), at(day, i)];
    if (when >= base.from && when < base.to && when > at(last, who)) last[who] = when;
    if (when >= after.from && when < after.to) again[who] = 1;
  }
  let n = 0;
  for (const count of payments) if (count > 0) n += 1;
  const own = {
    daysSince: new Float64Array(n),
    payments: new Float64Array(n),
    spent: new Float64Array(n),
    again: new Uint8Array(n),
  };
  for (let who = 0, place = 0; who < payments.length; who++) {
    if (at(payments, who) === 0) continue;
    own.daysSince[place] = base.to - at(last, who);
    own.payments[place] = at(payments, who);
    own.spent[place] = at(net, who);
    own.again[place] = at(again, who);
    place += 1;
  }
  const scores = rfmScores(own);
  if (isRefusal(scores)) return scores;
  const scored = { scores, ...own };
  return {
    base,
    after,
    riders: n,
    spent: own.spent.reduce((sum, amount) => sum + amount, 0),
    of: (name, score) => cellOf(scored, (i) => scores[name][i] === score, level),
    both: (recency, frequency) =>
      cellOf(scored, (i) => scores.recency[i] === recency && scores.frequency[i] === frequency, level),
  };
}

function cellOf(
  { payments, spent, again }: Scored,
  isIn: (place: number) => boolean,
  level: number,
): ScoreCell {
  const sum = { riders: 0, spent: 0, payments: 0, again: 0 };
  for (let i = 0; i < payments.length; i++) {
    if (!isIn(i)) continue;
    sum.riders += 1;
    sum.spent += at(spent, i);
    sum.payments += at(payments, i);
    sum.again += at(again, i);
  }
  const paidAfter = wilson(sum.again, sum.riders, level);
  return { ...sum, paidAfter: isRefusal(paidAfter) ? null : paidAfter };
}
