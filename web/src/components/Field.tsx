import { type ReactNode, useId } from 'react';
import './field.css';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'date' | 'search' | 'number';
  readonly name?: string;
  readonly placeholder?: string;
  readonly autoComplete?: string;
  readonly inputMode?: 'numeric' | 'decimal';
  readonly isRequired?: boolean;
  /** Said below. */
  readonly hint?: ReactNode;
  /** What is wrong with it. */
  readonly error?: string | undefined;
}

/** A labelled input. */
export function Field({ label, onChange, isRequired = false, hint, error, type = 'text', ...input }: Props) {
  const id = useId();
  const told = error ?? hint;
  // The type of an input is one of several shapes to the compiler, of which it would have to know which.
  const typed: Readonly<Record<string, string>> = { type };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...typed}
        {...input}
        id={id}
        className="input"
        required={isRequired}
        spellcheck={false}
        autoCapitalize="off"
        aria-invalid={error !== undefined}
        aria-describedby={told === undefined ? undefined : `${id}-told`}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {told !== undefined && (
        <p id={`${id}-told`} className={error === undefined ? 'quiet small' : 'field-error small'}>
          {told}
        </p>
      )}
    </div>
  );
}
