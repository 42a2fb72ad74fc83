import { Button } from '../../components/Button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useLive } from '../../live/live.tsx';

/**
 * That more has come in than the list shows. It is not put there by itself: rows would move under the pointer, and every
 * reading of payments is written into the audit log.
 */
export function NewerPayments({ since, onShow }: { since: number; onShow: () => void }) {
  const { commits } = useLive();
  const format = useFormat();
  const payments = commits.filter(({ at }) => at > since).reduce((sum, commit) => sum + commit.payments, 0);
  if (payments === 0) return null;
  return (
    <Button onClick={onShow}>
      {payments === 1 ? '1 payment came in: load anew' : `${format.count(payments)} came in: load anew`}
    </Button>
  );
}
