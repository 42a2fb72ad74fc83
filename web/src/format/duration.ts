/** Lengths of time in English words, as all words here; the two largest units tell enough. */

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "2 hours 5 minutes", "3 seconds"; of less than a second, "no time". */
export function durationInWords(seconds: number): string {
  let rest = Math.floor(Math.abs(seconds));
  const parts = UNITS.map(([unit, length]) => {
    const many = Math.floor(rest / length);
    rest -= many * length;
    return { unit, many };
  });
  const first = parts.findIndex(({ many }) => many > 0);
  if (first < 0) return 'no time';
  return parts
    .slice(first, first + 2)
    .filter(({ many }) => many > 0)
    .map(({ unit, many }) => `${many.toLocaleString('en')} ${unit}${many === 1 ? '' : 's'}`)
    .join(' ');
}

/** How long after a payment it was captured. Clocks differ, so a capture may seem to come first. */
export function lagInWords(loggedOn: string, receivedAt: string): string {
  const seconds = (Date.parse(receivedAt) - Date.parse(loggedOn)) / 1_000;
  if (Math.abs(seconds) < 1) return 'Within the same second';
  if (seconds > 0) return `${durationInWords(seconds)} after the payment`;
  return `${durationInWords(seconds)} before the payment, by the clocks of both`;
}
