/** What the numbers over a chart mean: entries of the calendar that begin or end on it. */
import type { Mark } from 'farelog/documents/chart-marks.ts';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { plusDays } from '../../view/zone-time.ts';

/** With more than these, the list would be longer than its chart. */
const SHOWN = 8;

/** "Single fare rises, Mar 1, 2026", "Free weekend, Mar 7, 2026 to Mar 8, 2026". */
function markInWords({ entry: { name, starts_on, ends_before } }: Mark, format: Format): string {
  if (ends_before === null) return `${name}, from ${format.date(starts_on)}`;
  const last = plusDays(ends_before, -1);
  return last === starts_on
    ? `${name}, ${format.date(starts_on)}`
    : `${name}, ${format.date(starts_on)} to ${format.date(last)}`;
}

/** Marks that touch a bucket: they begin in it, or it lies in their stretch. */
export function marksAt(marks: readonly Mark[], index: number): Mark[] {
  return marks.filter(({ first, last, begins }) =>
    last === null ? begins && first === index : first <= index && index <= last,
  );
}

export function MarkList({ marks }: { marks: readonly Mark[] }) {
  const format = useFormat();
  if (marks.length === 0) return null;
  const rest = marks.length - SHOWN;
  return (
    <ol className="mark-list" aria-label="Marked in the chart">
      {marks.slice(0, SHOWN).map((mark) => (
        <li key={mark.entry.entry_id}>
          <span className="mark-number">{mark.number}</span>
          {markInWords(mark, format)}
        </li>
      ))}
      {rest > 0 && <li>and {format.count(rest)} more, which are told under the pointer</li>}
    </ol>
  );
}

/** As part of a tip. */
export function MarkTip({ marks }: { marks: readonly Mark[] }) {
  const format = useFormat();
  if (marks.length === 0) return null;
  return (
    <ul className="mark-tip">
      {marks.map((mark) => (
        <li key={mark.entry.entry_id}>
          <span className="mark-number">{mark.number}</span>
          {markInWords(mark, format)}
        </li>
      ))}
    </ul>
  );
}
