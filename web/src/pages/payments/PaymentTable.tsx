import { typeInWords } from 'farelog/documents/names.ts';
import { Link, useSearch } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import type { Payment } from '../../api/payments.ts';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { RiderId } from '../../components/RiderId.tsx';
import { useFormat } from '../../format/use-format.ts';
import { paymentPath, paymentsOf, riderPath } from './links.ts';

/** In the order of the server: a page of a list cannot be sorted by anything else. */
export function PaymentTable({ rows }: { rows: readonly Payment[] }) {
  const format = useFormat();
  const search = useSearch();
  // The way back through the pages goes along, for when the payment is closed.
  const state = useHistoryState<unknown>();
  const columns: DataColumn<Payment>[] = [
    {
      name: 'Payment',
      cell: ({ payment_id }) => (
        <Link href={paymentPath(payment_id, search)} state={state}>
          {payment_id}
        </Link>
      ),
    },
    {
      name: 'Paid',
      cell: ({ logged_on }) => <time dateTime={logged_on}>{format.dateTime(logged_on)}</time>,
    },
    { name: 'Price', isFigure: true, cell: ({ total_price }) => format.money(total_price) },
    { name: 'Type', isLong: true, cell: ({ payment_type }) => typeInWords(payment_type) },
    { name: 'Rider', cell: ({ user_id }) => <RiderId id={user_id} href={riderPath(user_id)} /> },
    {
      name: 'Order',
      isFigure: true,
      cell: ({ order_id }) => <Link href={paymentsOf({ order_id })}>{order_id}</Link>,
    },
  ];
  return (
    <div className="payment-table">
      <DataTable
        caption="Payments, newest first"
        isCaptionHidden
        columns={columns}
        rows={rows}
        keyOf={({ payment_id }) => payment_id}
        empty={<p className="quiet">There are no payments after these.</p>}
      />
    </div>
  );
}
