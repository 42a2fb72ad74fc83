/** What stands in the tables of studies, for people and for machines. */

import type { Currency } from '../domain/money.js';
import type { Cell, StudyTable } from '../research/study.js';
import { numberInWords, percentInWords } from '../research/words.js';
import { countText, moneyText, visible } from './values.js';

export type StudyFormat = StudyTable['columns'][number]['format'];

const NOTHING = '–';

type Write = (value: number, currency: Currency) => string;

const FORMATS: Readonly<Record<StudyFormat, Write>> = {
  text: (value) => String(value),
  date: (value) => String(value),
  count: (value) => (Number.isInteger(value) ? countText(value) : numberInWords(value, 4)),
  number: (value) => numberInWords(value, 4),
  money: (value, currency) => moneyText(value, currency),
  percent: (value) => percentInWords(value, Math.abs(value) < 0.01 && value !== 0 ? 2 : 1),
  p_value: (value) => (value < 0.001 ? '< 0.001' : value.toFixed(3)),
};

/** A cell for people; not escaped for its medium. */
export function cellText(cell: Cell, format: StudyFormat, currency: Currency): string {
  if (cell === null) return NOTHING;
  if (typeof cell === 'string') return visible(cell);
  if (Number.isNaN(cell)) return NOTHING;
  if (!Number.isFinite(cell)) return cell > 0 ? '∞' : '\u2212∞';
  return FORMATS[format](cell, currency);
}

/** Numbers stand to the right. */
export const isNumeric = (format: StudyFormat): boolean => format !== 'text' && format !== 'date';
