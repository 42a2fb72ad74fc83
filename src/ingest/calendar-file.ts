/** A calendar as a CSV file: the columns that it has, by their names in the header. */
import { CALENDAR_FIELDS, type CalendarClaim } from '../domain/calendar-entry.js';
import { AppError } from '../domain/errors.js';
import { CsvReader, guessDelimiter, unescapeFormula } from './csv-records.js';

const REQUIRED = ['kind', 'name', 'starts_on'] as const;

/** @throws AppError `usage` naming the column or the row that cannot be read */
export function calendarRows(text: string): CalendarClaim[] {
  const withoutMark = text.replace(/^\uFEFF/, '');
  const reader = new CsvReader(guessDelimiter(withoutMark.split('\n', 1)[0] ?? ''));
  const [header, ...records] = [...reader.push(withoutMark), ...reader.end()];
  const names = header?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  // Ids are given by the database that an entry is added to.
  const known: readonly string[] = ['entry_id', ...CALENDAR_FIELDS];
  const unknown = names.filter((name) => !known.includes(name));
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (unknown.length + missing.length > 0 || new Set(names).size < names.length)
    throw new AppError(
      'usage',
      `The header must name ${REQUIRED.join(', ')} and may name ${CALENDAR_FIELDS.slice(3).join(', ')}, each once` +
        `${unknown.length > 0 ? `; ${unknown.join(', ')} is not known` : ''}.`,
    );
  return records.map(({ line, cells, fault }) => {
    if (fault !== null || cells.length !== names.length)
      throw new AppError('usage', `Line ${line} is no row of ${names.length} cells.`);
    const claim = names.map((name, at) => [name, unescapeFormula(cells[at] ?? '')] as const);
    return Object.fromEntries(claim.filter(([name]) => name !== 'entry_id'));
  });
}
