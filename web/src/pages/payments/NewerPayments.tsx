import { Button } from '../../components/Button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useLive } from '../../live/live.tsx';

/**
 * How old the list is, and that more has come in than it shows. It is not put there by itself: rows would move under the
 * pointer, and every reading of payments is written into the audit log.
 */
export function NewerPayments({ since, onShow }: { since: number; onShow: () => void }) {
  const { commits } = useLive();
  const format = useFormat();
  const payments = commits.filter(({ at }) => at > since).reduce((sum, commit) => sum + commit.payments, 0);
  return (
    <div className="list-age">
      <span className="quiet small">As of {format.timeWithSeconds(since)}</span>
      {payments > 0 && <Button onClick={onShow}>{`Load ${format.count(payments)} new`}</Button>}
    </div>
  );
}
