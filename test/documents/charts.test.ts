/** What the charts show, and that drawing them is repeatable. */
import { expect, test } from 'vitest';
import {
  type ChartTheme,
  HEAT_STEPS,
  heatStep,
  MAX_DAY_BARS,
  methodMix,
  revenueByDay,
  weekdayHours,
} from '../../src/documents/charts.js';
import { typeInWords } from '../../src/documents/names.js';
import { chartSvg } from '../../src/documents/svg.js';
import { USD } from '../support/databases.js';
import { goldenReport } from '../support/golden.js';

const THEME: ChartTheme = {
  ink: '#111111',
  quiet: '#555555',
  gridLine: '#dddddd',
  paper: '#ffffff',
  accent: '#0b5cab',
  accentSoft: '#94bce3',
  heat: ['#f0f0f0', '#e0e0e0', '#c0c0c0', '#a0a0a0', '#808080', '#404040', '#000000'],
  fontFamily: 'sans-serif',
};

const month = goldenReport('full-month');
const long = goldenReport('long-range');
const place = { widthPx: 880, id: 'chart', className: 'wide', label: 'A chart' };

/** How often a colour fills something. */
const fills = (svg: string, colour: string): number => svg.split(`fill="${colour}"`).length - 1;

test('a month has a bar a day, weekends in the softer colour', () => {
  const svg = chartSvg(revenueByDay(month.trends, USD, THEME, 880), place);
  expect(fills(svg, THEME.accent)).toBe(22);
  expect(fills(svg, THEME.accentSoft)).toBe(9);
  expect(svg).toContain('>Mar 29</text>');
  expect(svg).toContain('>$25k</text>');
});

test('a long range has a line of days and the exact mean of seven', () => {
  expect(long.trends.length).toBeGreaterThan(MAX_DAY_BARS);
  const { option } = revenueByDay(long.trends, USD, THEME, 880);
  const [days, means] = [option.series].flat();
  expect([days, means].map((series) => series?.type)).toEqual(['line', 'line']);
  const first = long.trends
    .slice(0, 7)
    .reduce((cents, day) => cents + Math.round(day.daily_revenue * 100), 0);
  expect(means?.data).toHaveLength(long.trends.length);
  expect([means?.data].flat().slice(5, 7)).toEqual([null, Math.round((first / 7) * 100) / 10_000]);
});

test('methods have a bar each, named in words, with the share of revenue', () => {
  const svg = chartSvg(methodMix(month.paymentMethods, typeInWords, USD, THEME, 880), place);
  expect(svg).toContain('>Mobile payment</text>');
  expect(svg).toContain('>34.6%</text>');
  expect(fills(svg, THEME.accent)).toBe(9);
});

test('the heat map has a cell for each hour of the week, Monday on top', () => {
  const { option } = weekdayHours(month.profile, THEME, 880);
  const svg = chartSvg({ option, heightPx: 260 }, place);
  expect(THEME.heat.reduce((cells, colour) => cells + fills(svg, colour), 0)).toBe(168);
  const [series] = [option.series].flat();
  const monday = month.profile.find(({ weekday, hour }) => weekday === 1 && hour === 7);
  expect(series?.data).toContainEqual([7, 0, 6, monday?.transactions, monday?.revenue]);
});

test('steps of heat: none is none, the least is seen, the most is the last', () => {
  expect([0, 1, 100, 101, 599, 600].map((value) => heatStep(value, 600))).toEqual([0, 1, 1, 2, 6, 6]);
  expect(heatStep(0, 0)).toBe(0);
  expect(THEME.heat).toHaveLength(HEAT_STEPS);
});

test('the same chart is the same bytes, and ids begin with those of its place', () => {
  const draw = (): string => chartSvg(revenueByDay(long.trends, USD, THEME, 880), place);
  const svg = draw();
  expect(draw()).toBe(svg);
  expect(svg).toContain('clip-path="url(#chart-c0)"');
  expect(svg).not.toMatch(/zr\d|<style|class="zr|ecmeta/);
  expect(svg).toMatch(/^<svg class="wide" role="img" aria-label="A chart" viewBox="0 0 880 300"/);
});
