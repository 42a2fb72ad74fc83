/** The range of a page: one of the usual ones, or two dates. What is chosen stands in the URL. */
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Format } from '../format/format.ts';
import { useFormat } from '../format/use-format.ts';
import { useSession } from '../session/session.ts';
import { PRESET_NAMES, PRESETS, type Preset, type Range, type Span } from '../view/range.ts';
import { useOptionalRange, useRange } from '../view/view.ts';
import { isDate, localTime, plusDays } from '../view/zone-time.ts';
import { Button } from './Button.tsx';
import { Field } from './Field.tsx';
import { CalendarIcon } from './icons.tsx';
import { Popover } from './Popover.tsx';
import './range-picker.css';

/** "Nov 3, 2026 – Nov 9, 2026", "Since Nov 3, 2026": a span in words. */
export function spanInWords({ from, to }: Span, format: Format): string {
  const text = (moment: string): string => (isDate(moment) ? format.date(moment) : format.dateTime(moment));
  if (to === undefined) return `Since ${text(from)}`;
  // A date that is the end is not in the range; the day before it is.
  const last = isDate(to) ? plusDays(to, -1) : to;
  return last === from ? text(from) : `${text(from)} – ${text(last)}`;
}

export function rangeInWords(range: Range, span: Span, format: Format): string {
  return range.kind === 'preset' ? PRESET_NAMES[range.preset] : spanInWords(span, format);
}

export const ANY_TIME = 'Any time';

export function RangePicker({ fallback }: { fallback?: Preset }) {
  const { range, span, setRange } = useRange(fallback);
  const format = useFormat();
  const words = rangeInWords(range, span, format);
  return (
    <RangeMenu words={words}>
      {(close) => <Choices range={range} span={span} choose={setRange} close={close} />}
    </RangeMenu>
  );
}

/** For pages that look at all time unless they are told otherwise. */
export function OptionalRangePicker() {
  const { range, span, setRange } = useOptionalRange();
  const { zone } = useSession();
  const format = useFormat();
  const today = localTime(Date.now(), zone).date;
  const { from = today, to } = span;
  const words = range === null ? ANY_TIME : rangeInWords(range, { from, to }, format);
  return (
    <RangeMenu words={words}>
      {(close) => (
        <Choices
          range={range}
          span={{ from, to }}
          choose={setRange}
          chooseAny={() => setRange(null)}
          close={close}
        />
      )}
    </RangeMenu>
  );
}

function RangeMenu({ words, children }: { words: string; children: (close: () => void) => ReactNode }) {
  return (
    <Popover
      title="Range"
      label={`Range: ${words}`}
      button={
        <>
          <CalendarIcon />
          {words}
        </>
      }
    >
      {children}
    </Popover>
  );
}

interface ChoicesProps {
  readonly range: Range | null;
  readonly span: Span;
  readonly choose: (range: Range) => void;
  /** Given where there need not be a range. */
  readonly chooseAny?: () => void;
  readonly close: () => void;
}

function Choices({ range, span, choose, chooseAny, close }: ChoicesProps) {
  const take = (next: Range): void => {
    choose(next);
    close();
  };
  return (
    <div className="range-picker">
      <ul>
        {chooseAny !== undefined && (
          <Choice
            name={ANY_TIME}
            isChosen={range === null}
            onChoose={() => {
              chooseAny();
              close();
            }}
          />
        )}
        {PRESETS.map((preset) => (
          <Choice
            key={preset}
            name={PRESET_NAMES[preset]}
            isChosen={range?.kind === 'preset' && range.preset === preset}
            onChoose={() => take({ kind: 'preset', preset })}
          />
        ))}
      </ul>
      <CustomDates span={span} choose={take} />
    </div>
  );
}

function Choice({ name, isChosen, onChoose }: { name: string; isChosen: boolean; onChoose: () => void }) {
  return (
    <li>
      <button type="button" className="menu-item" aria-pressed={isChosen} onClick={onChoose}>
        {name}
      </button>
    </li>
  );
}

function CustomDates({ span, choose }: { span: Span; choose: (range: Range) => void }) {
  const { zone } = useSession();
  const today = localTime(Date.now(), zone).date;
  const [from, setFrom] = useState(span.from.slice(0, 10));
  const [last, setLast] = useState(lastDay(span.to) ?? today);
  const error =
    isDate(from) && isDate(last) && from > last ? 'Must not lie before the first day.' : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (error === undefined && isDate(from) && isDate(last))
      choose({ kind: 'custom', from, to: plusDays(last, 1) });
  };
  return (
    <form className="range-dates" onSubmit={submit}>
      <Field label="First day" type="date" isRequired value={from} onChange={setFrom} />
      <Field label="Last day" type="date" isRequired value={last} error={error} onChange={setLast} />
      <p className="quiet small">Days of {zone}</p>
      <Button kind="primary" type="submit">
        Show these days
      </Button>
    </form>
  );
}

function lastDay(to: string | undefined): string | undefined {
  if (to === undefined) return undefined;
  return isDate(to) ? plusDays(to, -1) : to.slice(0, 10);
}
