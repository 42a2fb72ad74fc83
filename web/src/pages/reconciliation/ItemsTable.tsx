/** Differences, each with what stands here and what at the provider, and how it was decided. */
import { typeInWords } from 'farelog/documents/names.ts';
import type { ReactNode } from 'react';
import type { Item } from '../../api/reconciliations.ts';
import { Badge } from '../../components/Badge.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { CATEGORY_NAMES, fieldInWords, isDecidable, STATUS_KINDS, STATUS_NAMES } from './words.ts';

interface Props {
  readonly rows: readonly Item[];
  /** Null where whoever looks may not decide. */
  readonly choice: {
    readonly chosen: ReadonlySet<number>;
    readonly choose: (id: number, isChosen: boolean) => void;
  } | null;
  readonly onOpen: (id: number) => void;
}

/** In the order of the server: a page of a list cannot be sorted by anything else. */
export function ItemsTable({ rows, choice, onOpen }: Props) {
  const format = useFormat();
  const columns: DataColumn<Item>[] = [
    {
      name: 'Payment',
      cell: (item) => (
        <span className="item-name">
          {choice !== null && (
            <input
              type="checkbox"
              aria-label={`Choose ${nameOf(item)}`}
              checked={choice.chosen.has(item.id)}
              disabled={!isDecidable(item)}
              onChange={({ currentTarget }) => choice.choose(item.id, currentTarget.checked)}
            />
          )}
          <span>
            <button type="button" className="link-button" onClick={() => onOpen(item.id)}>
              {item.payment_id ?? 'Without id'}
            </button>
            <span className="quiet small below">
              {item.at === null ? 'No time' : format.dateTime(item.at)}
            </span>
          </span>
        </span>
      ),
    },
    { name: 'Category', cell: ({ kind }) => <span className="item-kind">{CATEGORY_NAMES[kind]}</span> },
    { name: 'Here', cell: (item) => <Side item={item} side="here" format={format} /> },
    { name: 'At the provider', cell: (item) => <Side item={item} side="there" format={format} /> },
    {
      name: 'Status',
      isLong: true,
      cell: (item) => (
        <>
          <Badge kind={STATUS_KINDS[item.status]}>{STATUS_NAMES[item.status]}</Badge>
          {isDecided(item) && (
            <span className="small below">
              <Decision item={item} />
            </span>
          )}
        </>
      ),
    },
  ];
  return (
    <DataTable
      caption="Differences, newest first"
      isCaptionHidden
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      empty={<p className="quiet">There are no differences after these.</p>}
    />
  );
}

export function nameOf({ payment_id, id }: Item): string {
  return payment_id === null ? `difference ${id}, which names no payment` : `payment ${payment_id}`;
}

const isDecided = ({ status, decided }: Item): boolean =>
  decided !== null && (status === 'accepted' || status === 'ignored' || status === 'corrected');

/** Who decided, when and why; of what is ignored, until when. */
export function Decision({ item }: { item: Item }) {
  const format = useFormat();
  const { status, decided, decided_by, decided_by_name, reason, until } = item;
  if (!isDecided(item) || decided === null) return <span className="quiet">Not yet</span>;
  return (
    <>
      {reason}
      <span className="quiet small below">
        <span title={decided_by ?? undefined}>{decided_by_name ?? decided_by}</span>,{' '}
        {format.dateTime(decided)}
        {status === 'ignored' && until !== null && `, until ${format.dateTime(until)}`}
      </span>
    </>
  );
}

interface SideProps {
  readonly item: Item;
  readonly side: 'here' | 'there';
  readonly format: Format;
}

const NOTHING = { here: 'Not recorded', there: 'Not listed' } as const;

/** What one side says: of two that differ the fields that do, of one alone the payment. */
export function Side({ item, side, format }: SideProps) {
  const { kind, fields, payment, times = 1, why } = item;
  const quiet = (text: ReactNode) => <span className="quiet">{text}</span>;
  if (kind === 'differs') return <FieldList fields={fields} side={side} format={format} />;
  if (kind === 'unreadable_there' && side === 'there') return <span className="item-why">{why}</span>;
  if (kind === 'duplicate_there' && side === 'there') return `${format.count(times + 1)} times`;
  const isThere = kind === 'missing_here' || kind === 'duplicate_there' ? 'there' : 'here';
  const isRecorded = kind === 'missing_here' && side === 'here' && item.status === 'recorded';
  if (isRecorded) return quiet('Recorded by reconciliation');
  const isAbsent = side !== isThere && kind !== 'duplicate_there';
  if (isAbsent || payment === null) return quiet(NOTHING[side]);
  return (
    <>
      {format.money(Number(payment.total_price))}{' '}
      <span className="quiet">{typeInWords(payment.payment_type)}</span>
    </>
  );
}

function FieldList({ fields, side, format }: Pick<SideProps, 'side' | 'format'> & Pick<Item, 'fields'>) {
  return (
    <ul className="item-fields">
      {fields.map((one) => (
        <li key={one.field}>
          <span className="quiet">{fieldInWords(one.field)}</span>{' '}
          {valueInWords(one.field, one[side], side, format)}
        </li>
      ))}
    </ul>
  );
}

/** A value as people read it, so exactly that two that differ look different. */
function valueInWords(field: string, value: string | null, side: 'here' | 'there', format: Format): string {
  // Riders are not kept, only that they are not the same.
  if (value === null) return field === 'user_id' ? { here: 'one', there: 'another' }[side] : '–';
  if (field === 'total_price' || field === 'net_price') return format.money(Number(value));
  if (field === 'payment_type') return typeInWords(value);
  if (field === 'logged_on') return format.exactTime(value);
  return value;
}
