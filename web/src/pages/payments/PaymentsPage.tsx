/** Payments, found by whatever is known of them, newest first; and one payment's whole story over the list. */
import { useParams } from 'wouter';
import { addressOf } from '../../api/client.ts';
import { usePayments } from '../../api/payments.ts';
import { DownloadLink } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Page } from '../../components/Page.tsx';
import { PAGE_SIZES, PageSteps } from '../../components/PageSteps.tsx';
import { Problem } from '../../components/Problem.tsx';
import { ANY_TIME, OptionalRangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { usePaging } from '../../view/paging.ts';
import { useOptionalRange, useView } from '../../view/view.ts';
import { errorsOf, hasErrors, isFiltered, NO_FILTER, queryOf, readFilter } from './filter.ts';
import { NewerPayments } from './NewerPayments.tsx';
import { NoPayments } from './NoPayments.tsx';
import { PaymentDialog } from './PaymentDialog.tsx';
import { PaymentFilters } from './PaymentFilters.tsx';
import { PaymentTable } from './PaymentTable.tsx';
import './payments.css';

const DEFAULT_SIZE = '50';
/** The default first, since it is what stands where the URL says nothing. */
const SIZES = [DEFAULT_SIZE, ...PAGE_SIZES] as const;

export default function PaymentsPage() {
  const { payment_id } = useParams();
  const view = useView();
  const { zone } = useSession();
  const format = useFormat();
  const { range, span } = useOptionalRange();
  const fields = readFilter(view);
  const isWrong = hasErrors(errorsOf(fields));
  const filter = { ...queryOf(fields), ...span };
  const { from, to } = span;
  const words = from === undefined ? ANY_TIME : spanInWords({ from, to }, format);
  const download = addressOf('/api/v1/payments', undefined, { ...filter, format: 'csv' });
  return (
    <Page
      title="Payments"
      about={`${words}, newest first; times of ${zone}`}
      tools={
        <>
          <OptionalRangePicker />
          {!isWrong && <DownloadLink href={download}>Download CSV</DownloadLink>}
        </>
      }
    >
      <PaymentFilters fields={fields} onFilter={view.set} />
      {isWrong ? (
        <Empty title="This filter cannot be asked for">
          <p>What is wrong stands below its field.</p>
        </Empty>
      ) : (
        <PaymentList
          filter={filter}
          isNarrowed={isFiltered(fields) || range !== null}
          showAll={() => view.set({ ...NO_FILTER, range: null, from: null, to: null })}
        />
      )}
      <PaymentDialog paymentId={payment_id} />
    </Page>
  );
}

interface ListProps {
  readonly filter: ReturnType<typeof queryOf>;
  readonly isNarrowed: boolean;
  readonly showAll: () => void;
}

function PaymentList({ filter, isNarrowed, showAll }: ListProps) {
  const view = useView();
  const paging = usePaging();
  const size = view.choice('rows', SIZES);
  const query = usePayments({ ...filter, limit: Number(size), cursor: paging.cursor });
  const { data, error, refetch, isPlaceholderData, dataUpdatedAt } = query;
  if (data === undefined) {
    return error === null ? (
      <Loading heightPx={640} label="Loading payments" />
    ) : (
      <Problem error={error} retry={() => void refetch()} />
    );
  }
  return (
    <Card
      title="What was paid"
      tools={
        paging.cursor === undefined && <NewerPayments since={dataUpdatedAt} onShow={() => void refetch()} />
      }
    >
      {/* What was shown before stays, so what went wrong with what was asked now stands above it. */}
      {error !== null && <Problem error={error} retry={() => void refetch()} />}
      <div className={isPlaceholderData ? 'is-changing' : undefined} aria-busy={isPlaceholderData}>
        {data.rows.length === 0 && paging.cursor === undefined ? (
          <NoPayments isNarrowed={isNarrowed} showAll={showAll} />
        ) : (
          <>
            <PaymentTable rows={data.rows} />
            <PageSteps
              of="payments"
              paging={paging}
              next={isPlaceholderData ? null : data.next_cursor}
              firstName="Newest"
              size={size}
              onSize={(one) => view.set({ rows: one === DEFAULT_SIZE ? null : one })}
            />
          </>
        )}
      </div>
    </Card>
  );
}
