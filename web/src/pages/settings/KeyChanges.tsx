/** The last keys that were made and revoked, and by whom. */
import { Link } from 'wouter';
import { useAudit } from '../../api/administration.ts';
import { Answer, type Asked } from '../../components/Answer.tsx';
import { Card } from '../../components/Card.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { AuditTable } from '../operations/AuditCard.tsx';

const ROWS = 10;

export function KeyChanges() {
  const made = useAudit('keys.create', null, ROWS);
  const revoked = useAudit('keys.revoke', null, ROWS);
  const both =
    made.data === undefined || revoked.data === undefined
      ? undefined
      : [...made.data.rows, ...revoked.data.rows].sort((a, b) => b.sequence - a.sequence).slice(0, ROWS);
  const query: Asked<typeof both> = {
    data: both,
    error: made.error ?? revoked.error,
    refetch: () => Promise.all([made.refetch(), revoked.refetch()]),
  };
  return (
    <Card
      title="Changes of keys"
      about={
        <>
          The last ones, from the <Link href="/operations?tab=audit">audit</Link>.
        </>
      }
    >
      <Answer query={query} loading={<Loading heightPx={200} label="Loading: changes of keys" />}>
        {(rows) => <AuditTable rows={rows ?? []} />}
      </Answer>
    </Card>
  );
}
