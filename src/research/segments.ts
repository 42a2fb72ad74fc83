/**
 * Riders by segment: by what they spent, since when they pay and how they mostly paid, all told from a base period that
 * ends before what is studied begins; or by a file of the study's own. A segment told from the very weeks that are
 * compared would move by itself: who spent much by chance spends less later.
 */
import { dateOf } from './days.js';
import { isRefusal, type Refusal, refuse } from './numeric/answer.js';
import { quintilesOf } from './numeric/rfm.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { fileRows } from './rider-file.js';

export const SEGMENTATIONS = ['none', 'spend', 'tenure', 'method', 'file'] as const;
export type SegmentKind = (typeof SEGMENTATIONS)[number];

/** Local days, from inclusive, to exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Segmentation {
  readonly by: SegmentKind;
  /** How riders came into segments, in a sentence. */
  readonly rule: string;
  readonly names: readonly string[];
  /** By the rider's number: the place of the segment's name; −1: of none. */
  readonly of: Int16Array;
  readonly warnings: readonly string[];
}

export const MAX_SEGMENTS = 64;
const MAX_NAME = 64;
/** Upper ends of classes of tenure, in days. */
const TENURES = [90, 365] as const;

/** The segment of everyone. */
export const everyone = ({ riders }: Observations): Segmentation => ({
  by: 'none',
  rule: 'All riders together.',
  names: ['all'],
  of: new Int16Array(riders.length),
  warnings: [],
});

export function segmentRiders(
  observations: Observations,
  by: SegmentKind,
  base: Span,
  file: string | undefined,
): Segmentation | Refusal {
  if (by === 'none') return everyone(observations);
  if (by === 'file') return fromFile(observations, file);
  if (base.to <= base.from) {
    return refuse(
      'too_few',
      'There are no days before the event to tell segments from; begin the data earlier.',
    );
  }
  const made = { spend: bySpend, tenure: byTenure, method: byMethod }[by](observations, base);
  if (isRefusal(made)) return made;
  const none = made.of.reduce((count, place) => (place < 0 ? count + 1 : count), 0);
  const warning = `${none} riders paid nothing in the base period and are in no segment.`;
  return { ...made, by, warnings: [...made.warnings, ...(none === 0 ? [] : [warning])] };
}

type Made = Omit<Segmentation, 'by'>;

const spanText = ({ from, to }: Span): string => `${dateOf(from)} to before ${dateOf(to)}`;

/** Net spending of each rider in the span, and how many payments. */
export function spentIn(
  { riders, size, rider, day, price, adjustments }: Observations,
  { from, to }: Span,
): { readonly payments: Int32Array; readonly net: Float64Array } {
  const [payments, net] = [new Int32Array(riders.length), new Float64Array(riders.length)];
  for (let i = 0; i < size; i++) {
    const [when, who] = [at(day, i), at(rider, i)];
    if (when < from || when >= to) continue;
    payments[who] = at(payments, who) + 1;
    net[who] = at(net, who) + at(price, i);
  }
  for (let i = 0; i < adjustments.size; i++) {
    const [when, who] = [at(adjustments.day, i), at(adjustments.rider, i)];
    if (when >= from && when < to) net[who] = at(net, who) + at(adjustments.amount, i);
  }
  return { payments, net };
}

function bySpend(observations: Observations, base: Span): Made | Refusal {
  const { payments, net } = spentIn(observations, base);
  const payers: number[] = [];
  for (let who = 0; who < payments.length; who++) if (at(payments, who) > 0) payers.push(who);
  if (payers.length < 5) {
    return refuse('too_few', `Quintiles need five riders who paid in the base period; ${payers.length} did.`);
  }
  const quintiles = quintilesOf(Float64Array.from(payers, (who) => at(net, who)));
  const of = new Int16Array(payments.length).fill(-1);
  for (const [place, who] of payers.entries()) of[who] = at(quintiles, place) - 1;
  return {
    rule: `Fifths of riders by net spending of ${spanText(base)}; a rider is in the fifth that is 1 more than the fifths of riders who spent strictly less, so equal riders are together.`,
    names: ['spent least', 'second fifth', 'third fifth', 'fourth fifth', 'spent most'],
    of,
    warnings: [],
  };
}

function byTenure({ riders, size, rider, day }: Observations, base: Span): Made {
  const first = new Int32Array(riders.length).fill(base.to);
  let earliest = base.to;
  for (let i = 0; i < size; i++) {
    const [who, when] = [at(rider, i), at(day, i)];
    if (when < at(first, who)) first[who] = when;
    if (when < earliest) earliest = when;
  }
  const of = new Int16Array(riders.length).fill(-1);
  for (let who = 0; who < riders.length; who++) {
    const tenure = base.to - at(first, who);
    if (tenure > 0) of[who] = TENURES.filter((end) => tenure > end).length;
  }
  const [low, high] = TENURES;
  const seen = base.to - earliest;
  return {
    rule: `Days from a rider's first observed payment to ${dateOf(base.to)}.`,
    names: [`up to ${low} days`, `${low + 1} to ${high} days`, `over ${high} days`],
    of,
    warnings:
      seen > high
        ? []
        : [`The payments begin ${seen} days before ${dateOf(base.to)}: no longer tenure can be told.`],
  };
}

function byMethod({ riders, types, size, rider, type, day }: Observations, base: Span): Made | Refusal {
  if (types.length > MAX_SEGMENTS) {
    return refuse('out_of_domain', `${types.length} payment types are more than ${MAX_SEGMENTS} segments.`);
  }
  // Names stand in order, so that the first of equal counts is the first by name.
  const names = types.toSorted();
  const placeOf = Int16Array.from(types, (name) => names.indexOf(name));
  const counts = new Int32Array(riders.length * names.length);
  for (let i = 0; i < size; i++) {
    const when = at(day, i);
    if (when < base.from || when >= base.to) continue;
    const cell = at(rider, i) * names.length + at(placeOf, at(type, i));
    counts[cell] = at(counts, cell) + 1;
  }
  const of = new Int16Array(riders.length).fill(-1);
  for (let who = 0; who < riders.length; who++) {
    let most = 0;
    for (let place = 0; place < names.length; place++) {
      const count = at(counts, who * names.length + place);
      if (count <= most) continue;
      most = count;
      of[who] = place;
    }
  }
  return {
    rule: `The payment type of most of a rider's payments of ${spanText(base)}; of equal ones the first by name.`,
    names,
    of,
    warnings: [],
  };
}

function fromFile({ riders }: Observations, file: string | undefined): Segmentation | Refusal {
  if (file === undefined) {
    return refuse(
      'out_of_domain',
      'Segments of a file need the file: a CSV of the columns rider and segment.',
    );
  }
  const rows = fileRows(file, 'segments', 'rider and segment');
  if (isRefusal(rows)) return rows;
  const [titles, ...lines] = rows;
  const [riderColumn, segmentColumn] = ['rider', 'segment'].map((title) => titles?.indexOf(title) ?? -1);
  if (riderColumn === undefined || segmentColumn === undefined || riderColumn < 0 || segmentColumn < 0) {
    return refuse(
      'out_of_domain',
      'The first line of the file of segments must name the columns rider and segment.',
    );
  }
  const numbers = new Map(riders.map((name, who) => [name, who]));
  const [names, places] = [[] as string[], new Map<string, number>()];
  const of = new Int16Array(riders.length).fill(-1);
  let unknown = 0;
  for (const [index, line] of lines.entries()) {
    const [name = '', segment = ''] = [line[riderColumn], line[segmentColumn]];
    if (name === '' || segment === '' || segment.length > MAX_NAME) {
      return refuse(
        'out_of_domain',
        `Line ${index + 2} of the file of segments needs a rider and a segment of 1 to ${MAX_NAME} characters.`,
      );
    }
    const place = places.get(segment) ?? names.push(segment) - 1;
    places.set(segment, place);
    if (names.length > MAX_SEGMENTS) {
      return refuse('out_of_domain', `The file names more than ${MAX_SEGMENTS} segments.`);
    }
    const who = numbers.get(name);
    if (who === undefined) unknown += 1;
    else if (of[who] !== -1 && of[who] !== place) {
      return refuse(
        'out_of_domain',
        `Line ${index + 2} of the file of segments puts a rider into a second segment.`,
      );
    } else of[who] = place;
  }
  const told = of.reduce((count, place) => (place < 0 ? count : count + 1), 0);
  if (told === 0) {
    return refuse(
      'too_few',
      'No rider of the file of segments is in the data; are they pseudonyms of this dataset?',
    );
  }
  return {
    by: 'file',
    rule: "Segments of the study's own file.",
    names,
    of,
    warnings: [
      ...(unknown === 0 ? [] : [`${unknown} riders of the file of segments are not in the data.`]),
      ...(told === riders.length
        ? []
        : [`${riders.length - told} riders are not in the file of segments, and in no segment.`]),
    ],
  };
}
