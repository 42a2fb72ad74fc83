/** The question: what the study may be asked, the event from the calendar, and the button that asks. */
import { type FormEvent, useState } from 'react';
import { useCalendar } from '../../api/calendar.ts';
import type { Study, StudyOption } from '../../api/studies.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Field } from '../../components/Field.tsx';
import { Select } from '../../components/Select.tsx';
import { useFormat } from '../../format/use-format.ts';
import { isDate } from '../../view/zone-time.ts';
import { type Draft, defaultOf, EXTRA_NAMES, isFurther, nameInWords } from './question.ts';

interface Props {
  readonly study: Study;
  readonly draft: Draft;
  readonly isBusy: boolean;
  readonly onAsk: (draft: Draft) => void;
}

export function QuestionCard({ study, draft: asked, isBusy, onAsk }: Props) {
  const [draft, setDraft] = useState(asked);
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    onAsk(draft);
  };
  const fieldOf = (option: StudyOption) => (
    <OptionField
      key={option.name}
      option={option}
      value={draft[option.name] ?? defaultOf(option)}
      onChange={(value) => setDraft({ ...draft, [option.name]: value })}
    />
  );
  const usual = study.options.filter((one) => !isFurther(one));
  const further = study.options.filter(isFurther);
  return (
    <Card title={study.question} about={study.title}>
      <form className="study-form" onSubmit={ask} noValidate>
        {usual.length > 0 && <div className="study-fields">{usual.map(fieldOf)}</div>}
        {further.length > 0 && (
          <details>
            <summary>More options</summary>
            <div className="study-fields">{further.map(fieldOf)}</div>
          </details>
        )}
        <div className="study-ask">
          <Button kind="primary" type="submit" disabled={isBusy}>
            {isBusy ? 'Reading the payments …' : 'Ask'}
          </Button>
          <p className="quiet small">
            Every payment of the period is read, and the question is written down in the audit log.
          </p>
        </div>
      </form>
    </Card>
  );
}

interface FieldProps {
  readonly option: StudyOption;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function OptionField({ option, value, onChange }: FieldProps) {
  const { name, description, type, choices } = option;
  const label = EXTRA_NAMES[name] ?? nameInWords(name);
  if (name === 'event')
    return <EventField label={label} value={value} onChange={onChange} hint={description} />;
  if (type === 'choice' || type === 'yes or no') {
    const values = type === 'choice' ? choices : ['false', 'true'];
    const words: Readonly<Record<string, string>> = { true: 'Yes', false: 'No' };
    return (
      <div className="field study-choice">
        <Select
          label={label}
          value={value}
          options={values.map((one) => [one, words[one] ?? nameInWords(one)])}
          onChange={onChange}
        />
        <p className="quiet small">{description}</p>
      </div>
    );
  }
  return (
    <Field
      label={label}
      value={value}
      onChange={onChange}
      hint={description}
      {...(type === 'text' ? {} : { inputMode: type === 'number' ? 'decimal' : 'numeric' })}
    />
  );
}

const NOT_NAMED = '';
const DATE = 'date';

function EventField({
  label,
  value,
  onChange,
  hint,
}: Omit<FieldProps, 'option'> & { label: string; hint: string }) {
  const { data } = useCalendar();
  const format = useFormat();
  const [isDay, setDay] = useState(isDate(value));
  const entries = (data?.rows ?? []).map(
    ({ entry_id, name, starts_on }) => [String(entry_id), `${name}, ${format.date(starts_on)}`] as const,
  );
  const known = entries.some(([id]) => id === value);
  const other = value !== '' && !known && !isDate(value) ? [[value, value] as const] : [];
  return (
    <div className="field study-choice">
      <Select
        label={label}
        value={isDay ? DATE : value}
        options={[[NOT_NAMED, 'Not named'], ...entries, ...other, [DATE, 'A date …']]}
        onChange={(chosen) => {
          setDay(chosen === DATE);
          onChange(chosen === DATE ? '' : chosen);
        }}
      />
      {isDay && <Field label="First day" type="date" value={value} onChange={onChange} />}
      <p className="quiet small">{hint}</p>
    </div>
  );
}
