/** Who read rider-level data or changed quarantine, keys and sessions, newest first. */
import { type AuditRow, useAudit, useKeys } from '../../api/administration.ts';
import { Answer } from '../../components/Answer.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Pager } from '../../components/Pager.tsx';
import { Select } from '../../components/Select.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useView } from '../../view/view.ts';
import { ACTIONS, actionInWords } from './words.ts';

const FILTERS = ['all', ...ACTIONS] as const;

export function AuditCard() {
  const view = useView();
  const filter = view.choice('action', FILTERS);
  const cursor = view.get('cursor');
  const query = useAudit(filter === 'all' ? undefined : filter, cursor);
  return (
    <Card
      title="Audit"
      about={
        <>
          Each row holds the hash of the one before it; <code>farelog audit verify</code> follows the chain.
        </>
      }
      tools={
        <Select
          label="What was done"
          isLabelHidden
          value={filter}
          options={FILTERS.map((one) => [one, one === 'all' ? 'Everything' : actionInWords(one)])}
          onChange={(one) => view.set({ action: one === FILTERS[0] ? null : one, cursor: null })}
        />
      }
    >
      <Answer query={query} loading={<Loading heightPx={480} label="Loading: audit" />}>
        {({ rows, next_cursor }) => (
          <>
            <AuditTable rows={rows} />
            <Pager cursor={cursor} next={next_cursor} onMove={(next) => view.set({ cursor: next })} />
          </>
        )}
      </Answer>
    </Card>
  );
}

export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  const format = useFormat();
  const keys = useKeys().data?.rows ?? [];
  const nameOf = (actor: string): string => keys.find(({ id }) => id === actor)?.name ?? actor;
  const columns: DataColumn<AuditRow>[] = [
    { name: 'When', cell: ({ at }) => format.dateTime(at) },
    { name: 'Who', isLong: true, cell: ({ actor }) => <span title={actor}>{nameOf(actor)}</span> },
    { name: 'What', cell: ({ action }) => actionInWords(action) },
    { name: 'By', cell: ({ operation }) => <code>{operation}</code> },
    { name: 'Asked for', isLong: true, cell: ({ filter }) => <code>{filterInWords(filter)}</code> },
  ];
  return (
    <DataTable
      caption="Audit"
      isCaptionHidden
      columns={columns}
      rows={rows}
      keyOf={({ sequence }) => sequence}
      empty={<Empty title="Nothing of this kind is written down" />}
    />
  );
}

/** `{ query: { days: 7 } }` → "days=7": the names that lead to a value, and the value. */
export function filterInWords(filter: unknown): string {
  if (typeof filter !== 'object' || filter === null) return String(filter ?? '');
  return Object.entries(filter)
    .flatMap(([name, value]: [string, unknown]) => {
      if (typeof value !== 'object' || value === null) return [`${name}=${String(value)}`];
      const inner = filterInWords(value);
      return inner === '' ? [] : [inner];
    })
    .join(' ');
}
