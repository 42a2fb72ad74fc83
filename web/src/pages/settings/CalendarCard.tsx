/** The fare and policy calendar: its entries, and how one is added, changed and taken out. */
import { type Currency, formatMinor } from 'farelog/domain/money.ts';
import { useState } from 'react';
import { type CalendarEntry, useCalendar, useRemoveEntry } from '../../api/calendar.ts';
import { Answer } from '../../components/Answer.tsx';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useToast } from '../../components/Toast.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { EntryDialog, KIND_NAMES } from './EntryDialog.tsx';

export function CalendarCard() {
  const format = useFormat();
  const { currency, currency_digits } = useSession();
  const query = useCalendar();
  const [editing, setEditing] = useState<CalendarEntry | 'new' | null>(null);
  const [removing, setRemoving] = useState<CalendarEntry | null>(null);
  const money = { code: currency, digits: currency_digits };
  return (
    <>
      <Card
        title="Fare and policy calendar"
        about="What was changed for riders, and when. Charts of revenue over time mark it; no figure changes."
        tools={
          <Button kind="primary" onClick={() => setEditing('new')}>
            Add an entry
          </Button>
        }
      >
        <Answer query={query} loading={<Loading heightPx={160} label="Loading: calendar" />}>
          {({ rows }) => (
            <DataTable
              caption="Fare and policy calendar"
              isCaptionHidden
              columns={columnsFor(format, money, setEditing, setRemoving)}
              rows={rows}
              keyOf={({ entry_id }) => entry_id}
              empty={<Empty title="Nothing is in the calendar" />}
            />
          )}
        </Answer>
      </Card>
      {editing !== null && (
        <EntryDialog
          of={editing === 'new' ? null : editing}
          currency={money}
          onClose={() => setEditing(null)}
        />
      )}
      {removing !== null && <RemoveDialog of={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function RemoveDialog({ of: { entry_id, name }, onClose }: { of: CalendarEntry; onClose: () => void }) {
  const remove = useRemoveEntry();
  const say = useToast();
  const confirm = (): void =>
    remove.mutate(entry_id, {
      onSuccess: () => {
        say(`“${name}” is taken out.`);
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={`Take out “${name}”?`}
      isOpen
      does="Take it out"
      isDangerous
      doing={remove}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        For what was never true. What was true and is over is better given an end: charts and studies of that
        time need it. The audit keeps what it was.
      </p>
    </ConfirmDialog>
  );
}

function priceInWords({ price_before_minor, price_after_minor }: CalendarEntry, currency: Currency): string {
  const text = (minor: number | null): string => (minor === null ? '–' : formatMinor(minor, currency));
  if (price_before_minor === null && price_after_minor === null) return '';
  return `${text(price_before_minor)} → ${text(price_after_minor)}`;
}

function columnsFor(
  format: Format,
  currency: Currency,
  edit: (entry: CalendarEntry) => void,
  remove: (entry: CalendarEntry) => void,
): DataColumn<CalendarEntry>[] {
  return [
    { name: 'What', isLong: true, cell: ({ name }) => name, sortBy: ({ name }) => name },
    { name: 'Kind', cell: ({ kind }) => KIND_NAMES[kind], sortBy: ({ kind }) => kind },
    {
      name: 'From',
      cell: ({ starts_on }) => <span className="entry-date">{format.date(starts_on)}</span>,
      sortBy: ({ starts_on }) => starts_on,
    },
    {
      name: 'Ends before',
      cell: ({ ends_before }) => (
        <span className="entry-date">{ends_before === null ? 'open' : format.date(ends_before)}</span>
      ),
      sortBy: ({ ends_before }) => ends_before ?? '9999-12-31',
    },
    { name: 'Payment type', cell: ({ payment_type }) => payment_type ?? 'all' },
    {
      name: `Price, ${currency.code}`,
      cell: (entry) => <span className="entry-date">{priceInWords(entry, currency)}</span>,
    },
    {
      name: 'Change',
      cell: (entry) => (
        <>
          <Button aria-label={`Change ${entry.name}`} onClick={() => edit(entry)}>
            Change …
          </Button>{' '}
          <Button kind="danger" aria-label={`Take out ${entry.name}`} onClick={() => remove(entry)}>
            Take out …
          </Button>
        </>
      ),
    },
  ];
}
