/** Up to where pull and sync have read, when reconciliation last ran, and how long payments take to come in. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Got } from '../../api/client.ts';
import { useRuns } from '../../api/reconciliations.ts';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Figure } from '../../components/Figure.tsx';
import { Grid } from '../../components/Page.tsx';
import { spanInWords } from '../../components/RangePicker.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useNow } from '../../view/view.ts';
import { spanOfRun } from '../reconciliation/spans.ts';

type Sources = Got<'/api/v1/analytics/sources'>;

export function ReadingCards({ sources: { pull, sync } }: { sources: Sources }) {
  return (
    <div className="reading">
      <Card title="Pull" about="Fetches from the provider’s API what webhooks have missed.">
        {pull === null ? (
          <NotUsed title="Nothing was pulled yet." command="farelog pull --since 2026-01-01" />
        ) : (
          <Facts
            facts={[
              ['Everything is here up to', <Moment key="at" at={pull.watermark} />],
              ['List', pull.name],
            ]}
          />
        )}
      </Card>
      <Card title="Sync" about="Copies payments from the platform’s portal.">
        {sync === null ? (
          <NotUsed title="Nothing was synced yet." command="farelog sync --unit major --dry-run" />
        ) : (
          <Facts
            facts={[
              ['Last sync', sync.synced_at === null ? 'Not known' : <Moment key="at" at={sync.synced_at} />],
              ['Read up to row', sync.watermark === null ? 'None yet' : String(sync.watermark)],
              ['Portal', sync.name],
            ]}
          />
        )}
      </Card>
      <LastReconciliation />
    </div>
  );
}

function LastReconciliation() {
  const { zone } = useSession();
  const format = useFormat();
  const last = useRuns().data?.rows[0];
  return (
    <Card title="Reconciliation" about="Holds the provider’s records against the payments here.">
      {last === undefined ? (
        <NotUsed
          title="Nothing was reconciled yet."
          command="farelog reconcile --from 2026-01-01 --to 2026-02-01"
        />
      ) : (
        <Facts
          facts={[
            ['Last run', <Moment key="at" at={last.started} />],
            [
              'Days',
              <Link key="run" href={`/reconciliation/${last.id}`}>
                {spanInWords(spanOfRun(last, zone), format)}
              </Link>,
            ],
            ['Open now', format.count(last.open_now)],
          ]}
        />
      )}
    </Card>
  );
}

function NotUsed({ title, command }: { title: string; command: string }) {
  return (
    <div className="not-used">
      <p className="quiet">{title}</p>
      <pre>{command}</pre>
    </div>
  );
}

function Moment({ at }: { at: string }): ReactNode {
  const format = useFormat();
  const now = useNow(10_000);
  return (
    <time dateTime={at}>
      {format.dateTime(at)} <span className="quiet">({format.ago(now - Date.parse(at))})</span>
    </time>
  );
}

export function LagCard({ lag }: { lag: Sources['lag'] }) {
  const format = useFormat();
  return (
    <Card
      title="From payment to capture"
      about="Of payments of the range that came by webhook or API. The other sources bring what is past."
    >
      {lag === null ? (
        <Empty title="No payment came in live in this range" />
      ) : (
        <Grid of="tiles">
          <Figure label="Half within" value={format.duration(lag.p50_seconds)} change={null} />
          <Figure label="95% within" value={format.duration(lag.p95_seconds)} change={null} />
          <Figure label="99% within" value={format.duration(lag.p99_seconds)} change={null} />
          <Figure
            label="Longest"
            value={format.duration(lag.max_seconds)}
            change={null}
            note={`of ${format.count(lag.payments)} payments`}
          />
        </Grid>
      )}
    </Card>
  );
}
