import { type KeyboardEvent, type ReactNode, useId } from 'react';
import './tabs.css';

interface Props<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly tabs: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
  /** The panel of the tab that is chosen. */
  readonly children: ReactNode;
}

/** Tabs as the ARIA practices have them: arrows move and choose, Tab goes into the panel. */
export function Tabs<Value extends string>({ label, value, tabs, onChange, children }: Props<Value>) {
  const id = useId();
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const at = tabs.findIndex(([one]) => one === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs.at(to % tabs.length);
    if (next === undefined) return;
    onChange(next[0]);
    document.getElementById(`${id}-${next[0]}`)?.focus();
  };
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} className="tablist" onKeyDown={move}>
        {tabs.map(([one, name]) => (
          <button
            key={one}
            id={`${id}-${one}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={one === value}
            aria-controls={`${id}-panel`}
            tabIndex={one === value ? 0 : -1}
            onClick={() => onChange(one)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </div>
  );
}

interface SegmentsProps<Value extends string> extends Omit<Props<Value>, 'tabs' | 'children'> {
  readonly options: readonly (readonly [Value, string])[];
}

/** One of a few, all of them to be seen: radio buttons that look like one button in parts. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend className="sr-only">{label}</legend>
      {options.map(([one, text]) => (
        <label key={one} className="segment">
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
