/** What the study of switching says in words. */
import { isRefusal } from '../numeric/answer.js';
import { counted, intervalInWords, percentInWords, pInWords, typeInSentence } from '../words.js';
import type { Change, ToldMoves } from './switching-shown.js';

export function sentenceOf(told: ToldMoves, period: string): string {
  const { event, paidTo, paid } = told;
  const [, switched, left] = paidTo;
  const share = (own: typeof switched): string =>
    own === undefined ? 'unknown' : `${percentInWords(own.share)} (${intervalInWords(own, percentInWords)})`;
  const span = event === null ? `From one ${period} to the next` : `From before to after ${event.name}`;
  return `${span}, ${counted(paid.units, 'rider')} who paid changed their main payment type in ${share(switched)} of all moves and paid nothing in ${share(left)}.${stayed(told)} ${netInWords(told)}`;
}

/** Of the type that most riders began with. */
function stayed({ matrix, states }: ToldMoves): string {
  const types = matrix.slice(0, -1);
  const place = types.reduce((most, row, k) => (row.moves > (types[most]?.moves ?? 0) ? k : most), 0);
  const to = matrix[place]?.to;
  const own = to === undefined || isRefusal(to) ? undefined : to[place];
  if (own === undefined) return '';
  return ` Of those who mostly paid by ${typeInSentence(states[place] ?? '')}, ${percentInWords(own.share)} stayed with it (${intervalInWords(own, percentInWords)}).`;
}

/** The type that won or lost most, beyond chance for all types together (Bonferroni). */
function netInWords({ changes, names }: ToldMoves): string {
  const [first = '', last = ''] = [names[0], names.at(-1)];
  if (changes.riders < 2) return `Fewer than two riders paid both in ${first} and in ${last}.`;
  const chance = (1 - (changes.types[0]?.net.level ?? 0)) / changes.types.length;
  const size = ({ net }: Change): number => Math.abs(net.estimate);
  const [most] = changes.types.filter(({ pValue }) => pValue < chance).sort((a, b) => size(b) - size(a));
  const riders = `Of ${counted(changes.riders, 'rider')} who paid both in ${first} and in ${last}`;
  if (most === undefined) return `${riders}, no more went to any type than came from it, beyond chance.`;
  const { type, came, left, net, pValue } = most;
  const more =
    came > left
      ? `more came to ${typeInSentence(type)} than left it`
      : `more left ${typeInSentence(type)} than came to it`;
  const points = (value: number): string => percentInWords(value, 2).replace('%', '');
  return `${riders}, ${more} (${counted(came, 'came', 'came')}, ${counted(left, 'left', 'left')}; ${points(net.estimate)} percentage points, ${intervalInWords(net, points)}; ${pInWords(pValue)}).`;
}
