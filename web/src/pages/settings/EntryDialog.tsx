/** An entry of the calendar, added or written anew. What is wrong with it the server says, all of it at once. */
import { type Currency, formatMinor, parsePrice } from 'farelog/domain/money.ts';
import { type FormEvent, useId, useState } from 'react';
import { type CalendarEntry, type CalendarInput, useSaveEntry } from '../../api/calendar.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field } from '../../components/Field.tsx';
import { Problem } from '../../components/Problem.tsx';
import { Select } from '../../components/Select.tsx';
import { useToast } from '../../components/Toast.tsx';

type Kind = CalendarEntry['kind'];

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  fare: 'Fare',
  promotion: 'Promotion',
  free: 'Free of fare',
  policy: 'Policy',
  event: 'Event',
};
const KINDS: readonly (readonly [Kind, string])[] = [
  ['fare', 'Fare: a price changed'],
  ['promotion', 'Promotion: cheaper for a while'],
  ['free', 'Free: no fare at all'],
  ['policy', 'Policy: another rule'],
  ['event', 'Event: what no one decided'],
];

interface Props {
  /** Null: a new one. */
  readonly of: CalendarEntry | null;
  readonly currency: Currency;
  readonly onClose: () => void;
}

interface Draft {
  readonly kind: Kind;
  readonly name: string;
  readonly starts: string;
  readonly ends: string;
  readonly type: string;
  readonly before: string;
  readonly after: string;
  readonly note: string;
}

function draftOf(entry: CalendarEntry | null, currency: Currency): Draft {
  const price = (minor: number | null | undefined): string =>
    minor === null || minor === undefined ? '' : formatMinor(minor, currency);
  return {
    kind: entry?.kind ?? 'fare',
    name: entry?.name ?? '',
    starts: entry?.starts_on ?? '',
    ends: entry?.ends_before ?? '',
    type: entry?.payment_type ?? '',
    before: price(entry?.price_before_minor),
    after: price(entry?.price_after_minor),
    note: entry?.note ?? '',
  };
}

/** Undefined where a price is none. */
function minorOf(text: string, currency: Currency): number | null | undefined {
  if (text.trim() === '') return null;
  const price = parsePrice(text.trim(), 'major', currency);
  return price.ok && price.minor >= 0 ? price.minor : undefined;
}

export function EntryDialog({ of: entry, currency, onClose }: Props) {
  const [draft, setDraft] = useState(() => draftOf(entry, currency));
  const save = useSaveEntry();
  const say = useToast();
  const form = useId();
  const [before, after] = [minorOf(draft.before, currency), minorOf(draft.after, currency)];
  const set = (field: keyof Draft) => (value: string) => setDraft({ ...draft, [field]: value });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (before === undefined || after === undefined) return;
    const body: CalendarInput = {
      kind: draft.kind,
      name: draft.name,
      starts_on: draft.starts,
      ends_before: draft.ends === '' ? null : draft.ends,
      payment_type: draft.type === '' ? null : draft.type,
      price_before_minor: before,
      price_after_minor: after,
      note: draft.note === '' ? null : draft.note,
    };
    save.mutate(
      { id: entry?.entry_id ?? null, body },
      {
        onSuccess: ({ name }) => {
          say(`“${name}” is in the calendar.`);
          onClose();
        },
      },
    );
  };
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" form={form} disabled={save.isPending}>
        {save.isPending ? 'A moment …' : 'Keep it'}
      </Button>
    </>
  );
  const wrong = `must be a price such as ${formatMinor(150, currency)}`;
  return (
    <Dialog
      title={entry === null ? 'Add an entry' : `Change “${entry.name}”`}
      isOpen
      onClose={onClose}
      actions={actions}
    >
      <form id={form} className="key-form" onSubmit={submit} noValidate>
        <Select
          label="Kind"
          value={draft.kind}
          options={KINDS}
          onChange={(kind) => setDraft({ ...draft, kind })}
        />
        <Field label="What" isRequired value={draft.name} onChange={set('name')} autoComplete="off" />
        <Field label="First day" type="date" isRequired value={draft.starts} onChange={set('starts')} />
        <Field
          label="Ends before"
          type="date"
          value={draft.ends}
          onChange={set('ends')}
          hint="The day after its last one; empty: until another entry says otherwise."
        />
        <Field label="Payment type" value={draft.type} onChange={set('type')} hint="Empty: all of them." />
        <Field
          label={`Price before, ${currency.code}`}
          inputMode="decimal"
          value={draft.before}
          onChange={set('before')}
          error={before === undefined ? wrong : undefined}
        />
        <Field
          label={`Price after, ${currency.code}`}
          inputMode="decimal"
          value={draft.after}
          onChange={set('after')}
          error={after === undefined ? wrong : undefined}
        />
        <Field label="Note" value={draft.note} onChange={set('note')} autoComplete="off" />
      </form>
      {save.error !== null && <Problem error={save.error} />}
    </Dialog>
  );
}
