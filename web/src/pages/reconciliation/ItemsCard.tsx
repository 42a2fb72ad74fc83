/** Differences by category and status, page by page; an administrator chooses one or many and decides. */
import { useState } from 'react';
import { addressOf } from '../../api/client.ts';
import {
  type Item,
  type ItemKind,
  type ItemStatus,
  type ItemsQuery,
  useItemCounts,
  useItems,
} from '../../api/reconciliations.ts';
import { Answer } from '../../components/Answer.tsx';
import { DownloadLink } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { PAGE_SIZES, PageSteps } from '../../components/PageSteps.tsx';
import { Select } from '../../components/Select.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useMay } from '../../session/session.ts';
import { usePaging } from '../../view/paging.ts';
import { useView } from '../../view/view.ts';
import { isDate, plusDays } from '../../view/zone-time.ts';
import { Choosing } from './Choosing.tsx';
import { ItemDialog } from './ItemDialog.tsx';
import { ItemsTable } from './ItemsTable.tsx';
import { CATEGORY_NAMES, isCorrectable, isDecidable, KINDS, STATUS_NAMES, STATUSES } from './words.ts';

const DEFAULT_SIZE = '50';
const SIZES = [DEFAULT_SIZE, ...PAGE_SIZES] as const;
const STATUS_FILTERS = ['open', 'all', ...STATUSES] as const;
const KIND_FILTERS = ['all', ...KINDS] as const;

/** As changes of a view that take the filter out. */
export const NO_ITEM_FILTER = { status: null, kind: null, day: null, rows: null } as const;

/** Of a run's time, or of all time. */
export function ItemsCard({ ofRun }: { ofRun?: number }) {
  const view = useView();
  const paging = usePaging();
  const format = useFormat();
  const size = view.choice('rows', SIZES);
  const status = view.choice('status', STATUS_FILTERS);
  const kind = view.choice('kind', KIND_FILTERS);
  const day = view.get('day');
  const filter: ItemsQuery = {
    of_run: ofRun,
    status: status === 'all' ? undefined : status,
    kind: kind === 'all' ? undefined : kind,
    ...(day !== null && isDate(day) ? { from: day, to: plusDays(day, 1) } : {}),
  };
  const cursor = paging.cursor !== undefined && /^\d{1,15}$/.test(paging.cursor) ? paging.cursor : undefined;
  const query = useItems({
    ...filter,
    limit: Number(size),
    cursor: cursor === undefined ? undefined : Number(cursor),
  });
  const download = addressOf('/api/v1/reconciliations/items', undefined, { ...filter, format: 'csv' });
  const isWholeList = status === 'all' && kind === 'all' && day === null;
  return (
    <>
      <Card
        title={day === null ? 'Differences' : `Differences of ${format.date(day)}`}
        about="The same difference in a later run is the same row. No rider is named here."
        tools={
          <>
            <Filters status={status} kind={kind} ofRun={ofRun} />
            <DownloadLink href={download}>Download CSV</DownloadLink>
          </>
        }
      >
        <Answer query={query} loading={<Loading heightPx={420} label="Loading: differences" />}>
          {({ rows, next_cursor }) =>
            rows.length === 0 && cursor === undefined ? (
              <NothingThere
                status={status}
                isWholeList={isWholeList}
                showAll={() => view.set({ ...NO_ITEM_FILTER, status: 'all' })}
              />
            ) : (
              <>
                <ChosenItems key={JSON.stringify([filter, cursor])} rows={rows} />
                <PageSteps
                  of="differences"
                  paging={paging}
                  next={query.isPlaceholderData ? null : next_cursor}
                  firstName="Newest"
                  size={size}
                  onSize={(one) => view.set({ rows: one === DEFAULT_SIZE ? null : one })}
                />
              </>
            )
          }
        </Answer>
      </Card>
      <OpenItem rows={query.data?.rows ?? []} />
    </>
  );
}

/** The dialog of the item that the address names, as long as it is on the page. */
function OpenItem({ rows }: { rows: readonly Item[] }) {
  const view = useView();
  const item = rows.find(({ id }) => String(id) === view.get('item'));
  if (item === undefined) return null;
  return (
    <ItemDialog
      key={item.id}
      item={item}
      onClose={() => view.set({ item: null, after: view.get('after') })}
    />
  );
}

/** What is chosen is of this page alone, and forgotten with it. */
function ChosenItems({ rows }: { rows: readonly Item[] }) {
  const view = useView();
  const mayDecide = useMay('admin');
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const decidable = rows.filter(isDecidable).map(({ id }) => id);
  // A row that has been decided meanwhile, by whomever, is not chosen any more.
  const ids = decidable.filter((id) => chosen.has(id));
  const choose = (id: number, isChosen: boolean): void => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <>
      {mayDecide && decidable.length > 0 && (
        <Choosing
          ids={ids}
          decidable={decidable}
          isCorrectable={rows.every((row) => !ids.includes(row.id) || isCorrectable(row))}
          onChoose={(all) => setChosen(new Set(all ? decidable : []))}
          onDecided={() => setChosen(new Set())}
        />
      )}
      <ItemsTable
        rows={rows}
        choice={mayDecide ? { chosen: new Set(ids), choose } : null}
        onOpen={(id) => view.set({ item: String(id), after: view.get('after') })}
      />
    </>
  );
}

interface FiltersProps {
  readonly status: ItemStatus | 'all';
  readonly kind: ItemKind | 'all';
  readonly ofRun: number | undefined;
}

/** Each choice with how many there are of it, so that nobody looks for what is not there. */
function Filters({ status, kind, ofRun }: FiltersProps) {
  const view = useView();
  const format = useFormat();
  const counts = useItemCounts(ofRun).data?.rows;
  const named = (name: string, isMeant: (row: { kind: ItemKind; status: ItemStatus }) => boolean): string => {
    if (counts === undefined) return name;
    const items = counts.filter(isMeant).reduce((sum, row) => sum + row.items, 0);
    return `${name} (${format.count(items)})`;
  };
  const isOfKind = (row: { kind: ItemKind }): boolean => kind === 'all' || row.kind === kind;
  const isOfStatus = (row: { status: ItemStatus }): boolean => status === 'all' || row.status === status;
  return (
    <>
      <Select
        label="Status"
        isLabelHidden
        value={status}
        options={([...STATUSES, 'all'] as const).map((one) => [
          one,
          one === 'all'
            ? named('Any status', isOfKind)
            : named(STATUS_NAMES[one], (row) => row.status === one && isOfKind(row)),
        ])}
        onChange={(one) => view.set({ status: one === 'open' ? null : one })}
      />
      <Select
        label="Category"
        isLabelHidden
        value={kind}
        options={KIND_FILTERS.map((one) => [
          one,
          one === 'all'
            ? named('All categories', isOfStatus)
            : named(CATEGORY_NAMES[one], (row) => row.kind === one && isOfStatus(row)),
        ])}
        onChange={(one) => view.set({ kind: one === 'all' ? null : one })}
      />
      {view.get('day') !== null && (
        <button type="button" className="button button-quiet" onClick={() => view.set({ day: null })}>
          All days
        </button>
      )}
    </>
  );
}

interface NothingProps {
  readonly status: ItemStatus | 'all';
  readonly isWholeList: boolean;
  readonly showAll: () => void;
}

function NothingThere({ status, isWholeList, showAll }: NothingProps) {
  if (isWholeList) {
    return (
      <Empty title="There are no differences">
        <p>What a reconciliation finds stands here, until it is decided and after.</p>
      </Empty>
    );
  }
  return (
    <Empty title={status === 'open' ? 'Nothing waits for a person' : 'None is like this'}>
      <button type="button" className="button button-plain" onClick={showAll}>
        Show all differences
      </button>
    </Empty>
  );
}
