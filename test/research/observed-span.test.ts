/** A dataset and the live database are the same observations, and so is each part of their dates. */
import { expect, test } from 'vitest';
import { openDataset } from '../../src/research/dataset/open-dataset.js';
import { observeLive } from '../../src/research/live-observations.js';
import type { Observations } from '../../src/research/observations.js';
import { within } from '../../src/research/observed-span.js';
import { build, openCity, PERIOD } from '../support/datasets.js';
import { observed } from '../support/observations.js';

/** What does not hang on how riders are named and numbered: they are told apart by the order in which they come. */
function plain({ rider, riders: _, type, types, adjustments, ...all }: Observations) {
  const order = new Map<number, number>();
  const placeOf = (number: number): number => {
    const place = order.get(number) ?? order.size;
    order.set(number, place);
    return place;
  };
  const typesOf = (numbers: Uint16Array): string[] => Array.from(numbers, (number) => types[number] ?? '?');
  return {
    ...{ from: all.from, to: all.to, size: all.size, zone: all.zone, currency: all.currency },
    columns: [all.day, all.second, all.price, all.lag].map((column) => [...column]),
    riders: [...rider].map(placeOf),
    types: typesOf(type),
    adjusted: Array.from(adjustments.day, (day, i) => [
      ...[day, placeOf(adjustments.rider[i] ?? -1)],
      ...[typesOf(adjustments.type)[i], adjustments.amount[i]],
    ]).sort(),
  };
}

test('what a dataset holds of some dates is what the live database has of them', async () => {
  const app = await openCity();
  const { folder } = await build(app);
  const frozen = await openDataset(folder);
  const { store, reader, clock } = app;
  const live = (dates: { from: string; to: string }): Promise<Observations> =>
    observeLive({ store, calendar: reader.calendar, currency: reader.currency, clock }, dates);
  for (const dates of [
    PERIOD,
    { from: '2026-05-10', to: '2026-06-20' },
    { from: '2026-06-30', to: PERIOD.to },
  ]) {
    const seen = plain(await live(dates));
    expect(seen.size).toBeGreaterThan(0);
    expect(plain(within(frozen, dates.from, dates.to))).toEqual(seen);
  }
});

test('uses, which come in any order, are of the same dates', () => {
  const uses = { size: 3, rider: Int32Array.of(0, 0, 0), day: Int32Array.of(20_457, 20_454, 20_456) };
  const payments = [1, 2, 3, 4].map((day) => ({ rider: 'r', date: `2026-01-0${day}` }));
  const part = within({ ...observed(payments), uses }, '2026-01-01', '2026-01-04');
  expect([part.size, part.uses?.size, [...(part.uses?.day ?? [])]]).toEqual([3, 2, [20_454, 20_456]]);
});

test.each([
  ['2026-01-01', 'soon', /to must be a date/],
  ['2026-01-01', '2026-02-30', /to must be a date/],
  ['2026-01-03', '2026-01-02', /from must lie before to/],
  ['2025-12-31', '2026-01-02', /The dataset is of 2026-01-01 to before 2026-01-05/],
])('from %s to %s is refused', (from, to, message) => {
  const payments = [1, 4].map((day) => ({ rider: 'r', date: `2026-01-0${day}` }));
  expect(() => within(observed(payments), from, to)).toThrow(message);
});
