import { Link } from 'wouter';
import { Button } from '../../components/Button.tsx';
import { Empty } from '../../components/Empty.tsx';

/** No payment is as it was asked for, or none was ever recorded. */
export function NoPayments({ isNarrowed, showAll }: { isNarrowed: boolean; showAll: () => void }) {
  if (!isNarrowed) {
    return (
      <Empty title="No payment has been recorded yet">
        <p>
          The <Link href="/">overview</Link> says how the first one comes in.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No payment is like this">
      <p>A rider’s id has to be whole, and dates are those of the payments, not of when they came in.</p>
      <Button onClick={showAll}>Show all payments</Button>
    </Empty>
  );
}
