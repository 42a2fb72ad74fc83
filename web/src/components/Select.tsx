import { useId } from 'react';
import './field.css';

interface Props<Value extends string> {
  readonly label: string;
  readonly value: Value;
  /** Value and what it is called, in the order that they are shown. */
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
  /** Whether the label is for screen readers alone. */
  readonly isLabelHidden?: boolean;
}

export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  isLabelHidden,
}: Props<Value>) {
  const id = useId();
  return (
    <span className="field field-row">
      <label htmlFor={id} className={isLabelHidden === true ? 'sr-only' : undefined}>
        {label}
      </label>
      <select
        id={id}
        className="select"
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([one]) => one === currentTarget.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {options.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
