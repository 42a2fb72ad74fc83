/** The weeks before and after an event that are compared, and the days before them from which segments are told. */
import { dateOf, dayOf } from './days.js';
import type { StudyEvent } from './events.js';
import { type Refusal, refuse } from './numeric/answer.js';
import type { Observations } from './observations.js';
import { type Periods, periodsOf } from './periods.js';
import type { SegmentKind, Span } from './segments.js';
import { endOfWholeDays } from './whole-days.js';

export interface EventWindow {
  /** Weeks of seven days from the event's first day on, both ways: none has days of both. */
  readonly weeks: Periods;
  /** Weeks before the event, which is the number of the first week after it. */
  readonly before: number;
  readonly after: number;
  /** From which segments are told. */
  readonly base: Span;
  readonly warnings: readonly string[];
}

export interface WindowOptions {
  readonly before: number;
  readonly after: number;
  /** As many weeks on both sides. */
  readonly balanced: boolean;
  readonly segments: SegmentKind;
}

const FEWEST_WEEKS = 2;
const BASE_WEEKS = 4;

export function weeksAround(
  observations: Observations,
  event: StudyEvent,
  options: WindowOptions,
): EventWindow | Refusal {
  const [first, end] = [dayOf(observations.from), endOfWholeDays(observations)];
  const last = event.end === null ? end : Math.min(end, event.end);
  const available = Math.floor((event.day - first) / 7);
  const after = Math.min(options.after, Math.max(0, Math.floor((last - event.day) / 7)));
  if (available < FEWEST_WEEKS || after < FEWEST_WEEKS) {
    return refuse(
      'too_few',
      `There are ${Math.min(options.before, available)} whole weeks before the event ${event.name} (${dateOf(event.day)}) and ${after} of it; ${FEWEST_WEEKS} are needed on each side.`,
    );
  }
  const wanted = Math.min(options.before, available, options.balanced ? after : available);
  const told = options.segments === 'none' || options.segments === 'file' ? 0 : BASE_WEEKS;
  const before = Math.max(FEWEST_WEEKS, Math.min(wanted, available - told));
  const start = event.day - 7 * before;
  const overlaps = told > 0 && available - before < told;
  const kept = options.balanced ? Math.min(before, after) : after;
  return {
    weeks: periodsOf('week', start, event.day + 7 * kept, event.day),
    before,
    after: kept,
    base: overlaps ? { from: start, to: event.day } : { from: first, to: start },
    warnings: overlaps
      ? [
          `There are fewer than ${BASE_WEEKS} weeks before those that are compared, so segments are told from the compared weeks themselves: riders who were high by chance fall, and those who were low rise.`,
        ]
      : [],
  };
}

/** "2026-01-01 to before 2026-03-26". */
export const weeksInWords = ({ bounds }: Periods, from: number, to: number): string =>
  `${dateOf(bounds[from] ?? 0)} to before ${dateOf(bounds[to] ?? 0)}`;
