import { type TopRiders, useTopRiders } from '../../api/riders.ts';
import { Answer } from '../../components/Answer.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { PAGE_SIZES, PageSteps } from '../../components/PageSteps.tsx';
import { RiderId } from '../../components/RiderId.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import { usePaging } from '../../view/paging.ts';
import type { Span } from '../../view/range.ts';
import { useHref, useView } from '../../view/view.ts';
import { riderPath } from '../payments/links.ts';
import { NoRiders } from './distribution.tsx';

type Rider = TopRiders['rows'][number];

/** Riders by spend, the highest first. It is as of when it was loaded: that it was read is audited. */
export function TopRidersCard({ span }: { span: Span }) {
  const view = useView();
  const paging = usePaging();
  const size = view.choice('rows', PAGE_SIZES);
  const query = useTopRiders({ ...span, limit: Number(size), cursor: paging.cursor });
  const format = useFormat();
  const hrefOf = useHref();
  const columns: DataColumn<Rider>[] = [
    { name: 'Rider', cell: ({ user_id }) => <RiderId id={user_id} href={hrefOf(riderPath(user_id))} /> },
    {
      name: 'Payments',
      isFigure: true,
      cell: ({ transaction_count }) => format.count(transaction_count),
    },
    { name: 'Spent', isFigure: true, cell: ({ total_spent }) => format.money(total_spent) },
  ];
  return (
    <Card title="Top riders" about="By what they spent in this range, the highest first.">
      <Answer query={query} loading={<Loading heightPx={480} label="Loading: top riders" />}>
        {({ rows, next_cursor }) => (
          <>
            <DataTable
              caption="Top riders by spending"
              isCaptionHidden
              columns={columns}
              rows={rows}
              keyOf={({ user_id }) => user_id}
              empty={<NoRiders />}
            />
            {(rows.length > 0 || paging.cursor !== undefined) && (
              <PageSteps
                of="riders"
                paging={paging}
                next={query.isPlaceholderData ? null : next_cursor}
                size={size}
                onSize={(one) => view.set({ rows: one === PAGE_SIZES[0] ? null : one })}
              />
            )}
          </>
        )}
      </Answer>
    </Card>
  );
}
