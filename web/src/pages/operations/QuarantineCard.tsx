/** Deliveries that could not become payments, with what is wrong with each. */
import { type Quarantined, type QuarantineStatus, useQuarantine } from '../../api/administration.ts';
import { Answer } from '../../components/Answer.tsx';
import { Badge } from '../../components/Badge.tsx';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Pager } from '../../components/Pager.tsx';
import { Select } from '../../components/Select.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useView } from '../../view/view.ts';
import { QuarantinedDialog } from './QuarantinedDialog.tsx';
import { STATUS_KINDS, STATUS_NAMES, sourceInWords } from './words.ts';

const FILTERS = ['open', 'all', 'replayed', 'discarded', 'expired'] as const;

export function QuarantineCard() {
  const view = useView();
  const format = useFormat();
  const filter = view.choice('status', FILTERS);
  const cursor = view.get('cursor');
  const item = view.get('item');
  const query = useQuarantine(filter === 'all' ? undefined : filter, cursor);
  return (
    <>
      <Card
        title="Quarantine"
        about="Signed deliveries that could not become payments. Their payloads are sealed, and each look is written down."
        tools={
          <Select
            label="Status"
            value={filter}
            options={FILTERS.map((one) => [one, one === 'all' ? 'All' : STATUS_NAMES[one]])}
            onChange={(one) => view.set({ status: one === FILTERS[0] ? null : one, cursor: null })}
          />
        }
      >
        <Answer query={query} loading={<Loading heightPx={240} label="Loading: quarantine" />}>
          {({ rows, next_cursor }) => (
            <>
              <DataTable
                caption="Deliveries in quarantine"
                isCaptionHidden
                columns={columnsFor(format, (id) => view.set({ item: String(id) }))}
                rows={rows}
                keyOf={({ id }) => id}
                empty={<NothingThere filter={filter} />}
              />
              <Pager cursor={cursor} next={next_cursor} onMove={(next) => view.set({ cursor: next })} />
            </>
          )}
        </Answer>
      </Card>
      {item !== null && /^[1-9]\d{0,14}$/.test(item) && (
        <QuarantinedDialog key={item} id={Number(item)} onClose={() => view.set({ item: null })} />
      )}
    </>
  );
}

function NothingThere({ filter }: { filter: QuarantineStatus | 'all' }) {
  if (filter === 'open') {
    return (
      <Empty title="Nothing is in quarantine">
        <p>Every signed delivery became a payment, or was dealt with.</p>
      </Empty>
    );
  }
  return (
    <Empty
      title={filter === 'all' ? 'Nothing ever came here' : `None is ${STATUS_NAMES[filter].toLowerCase()}`}
    />
  );
}

export function Problems({ problems }: { problems: Quarantined['problems'] }) {
  return (
    <ul className="problems">
      {problems.map(({ field, code, message }) => (
        <li key={`${field} ${code}`}>{message}</li>
      ))}
    </ul>
  );
}

function columnsFor(format: Format, look: (id: number) => void): DataColumn<Quarantined>[] {
  return [
    { name: 'What is wrong', isLong: true, cell: ({ problems }) => <Problems problems={problems} /> },
    {
      name: 'Payload',
      cell: ({ id }) => (
        <Button aria-label={`Look at delivery ${id}`} onClick={() => look(id)}>
          Look
        </Button>
      ),
    },
    {
      name: 'Status',
      cell: ({ status }) => <Badge kind={STATUS_KINDS[status]}>{STATUS_NAMES[status]}</Badge>,
    },
    { name: 'Way', cell: ({ source }) => sourceInWords(source) },
    {
      name: 'Came',
      isFigure: true,
      cell: ({ attempts }) => (attempts === 1 ? 'once' : `${format.count(attempts)} times`),
    },
    { name: 'First seen', cell: ({ first_seen }) => format.dateTime(first_seen) },
    { name: 'Last seen', cell: ({ last_seen }) => format.dateTime(last_seen) },
  ];
}
