/** The fare and policy calendar as the library has it. */
import type { CalendarEntry } from './domain/calendar.js';
import type { CalendarClaim } from './domain/calendar-entry.js';
import type { Calendar, CalendarImport } from './ingest/calendar.js';

/** The calendar without saying who changes it: the audit has `library`, since the platform knows for whom. */
export interface LibraryCalendar extends Pick<Calendar, 'entries'> {
  /** @throws AppError `invalid` with all problems */
  add(entry: CalendarClaim): Promise<CalendarEntry>;
  /** Writes the whole entry anew. @throws AppError `not_found`, or `invalid` with all problems */
  change(id: number, entry: CalendarClaim): Promise<CalendarEntry>;
  /** Lets an entry end before a local date. @throws as `change` */
  end(id: number, endsBefore: string): Promise<CalendarEntry>;
  /** @throws AppError `not_found` */
  remove(id: number): Promise<CalendarEntry>;
  /** Adds all of them, or none where one has a problem; those that are here already are passed over. */
  import(entries: readonly CalendarClaim[]): Promise<CalendarImport>;
}

export function calendarByLibrary(calendar: Calendar): LibraryCalendar {
  const by = (verb: string) => ({ actor: 'library', operation: `calendar.${verb}` });
  return {
    entries: calendar.entries,
    add: (entry) => calendar.add(entry, by('add')),
    change: (id, entry) => calendar.change(id, entry, by('change')),
    end: (id, endsBefore) => calendar.end(id, endsBefore, by('end')),
    remove: (id) => calendar.remove(id, by('remove')),
    import: (entries) => calendar.import(entries, by('import')),
  };
}
