/** Observations of a part of their dates: the same columns, looked at from a day to before another. */
import { isDate } from '../domain/calendar-entry.js';
import { AppError } from '../domain/errors.js';
import { dayOf } from './days.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';

/**
 * @param from local date, inclusive; by default that of the observations
 * @param to exclusive
 * @throws AppError `usage` where it is no part of them
 */
export function within(
  observations: Observations,
  from: string = observations.from,
  to: string = observations.to,
): Observations {
  for (const [name, date] of Object.entries({ from, to })) {
    if (!isDate(date)) throw new AppError('usage', `${name} must be a date such as 2025-04-07.`);
  }
  if (from >= to) throw new AppError('usage', 'from must lie before to.');
  if (from < observations.from || to > observations.to) {
    const { from: first, to: end } = observations;
    throw new AppError('usage', `The dataset is of ${first} to before ${end}; ask for a part of that.`);
  }
  const { adjustments, uses } = observations;
  const [first, end] = [firstFrom(observations.day, dayOf(from)), firstFrom(observations.day, dayOf(to))];
  const adjusted = [firstFrom(adjustments.day, dayOf(from)), firstFrom(adjustments.day, dayOf(to))] as const;
  const used = uses?.day
    .map((day, i) => (day >= dayOf(from) && day < dayOf(to) ? i : -1))
    .filter((i) => i >= 0);
  return {
    ...observations,
    ...{ from, to, size: end - first },
    rider: observations.rider.subarray(first, end),
    type: observations.type.subarray(first, end),
    day: observations.day.subarray(first, end),
    second: observations.second.subarray(first, end),
    price: observations.price.subarray(first, end),
    lag: observations.lag.subarray(first, end),
    adjustments: {
      size: adjusted[1] - adjusted[0],
      rider: adjustments.rider.subarray(...adjusted),
      type: adjustments.type.subarray(...adjusted),
      day: adjustments.day.subarray(...adjusted),
      amount: adjustments.amount.subarray(...adjusted),
    },
    ...(uses !== undefined &&
      used !== undefined && {
        uses: {
          size: used.length,
          rider: used.map((i) => at(uses.rider, i)),
          day: used.map((i) => at(uses.day, i)),
        },
      }),
  };
}

/** The first place from which on days are not before one. */
function firstFrom(days: Int32Array, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(days, middle) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
