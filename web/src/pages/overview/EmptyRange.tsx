import { Button } from '../../components/Button.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useRange } from '../../view/view.ts';

/** No payment lies in the range, though there are some. Said in full by the first chart alone. */
export function EmptyRange({ isBrief = false }: { isBrief?: boolean }) {
  const { setRange } = useRange();
  if (isBrief) return <Empty title="No payments in this range" />;
  return (
    <Empty title="No payments in this range">
      <p>They are counted on the day that they were made, not when they came in.</p>
      <Button onClick={() => setRange({ kind: 'preset', preset: '90d' })}>Show the last 90 days</Button>
    </Empty>
  );
}
