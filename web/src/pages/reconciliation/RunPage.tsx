/** One reconciliation: what both sides had, what lies between them, by day and method, and the differences of its time. */
import { Link } from 'wouter';
import { addressOf } from '../../api/client.ts';
import {
  type Report,
  type ReportedRun,
  stateOf,
  useItemCounts,
  useRun,
  useRuns,
} from '../../api/reconciliations.ts';
import { Answer } from '../../components/Answer.tsx';
import { DownloadLink } from '../../components/Button.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Figure } from '../../components/Figure.tsx';
import { Grid, Page } from '../../components/Page.tsx';
import { spanInWords } from '../../components/RangePicker.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { CategoriesCard } from './CategoriesCard.tsx';
import { ItemsCard } from './ItemsCard.tsx';
import { spanOfRun } from './spans.ts';
import { TotalsCard } from './TotalsCard.tsx';
import { many } from './words.ts';

export function RunPage({ id }: { id: number }) {
  const { zone } = useSession();
  const format = useFormat();
  const query = useRun(id);
  const run = query.data;
  const title = run === undefined ? 'Reconciliation' : spanInWords(spanOfRun(run, zone), format);
  return (
    <Page
      title={title}
      about={
        <>
          <Link href="/reconciliation">Reconciliation</Link>
          {run !== undefined &&
            ` against ${run.source === 'file' ? run.name : 'the provider’s API'}, ${format.dateTime(run.started)}; days of ${zone}`}
        </>
      }
      tools={
        run?.report != null && (
          <DownloadLink href={addressOf('/api/v1/reconciliations/{id}/totals', { id }, { format: 'csv' })}>
            Download totals
          </DownloadLink>
        )
      }
    >
      <Answer query={query} loading={<Loading heightPx={640} label="Loading: reconciliation" />}>
        {(known) => <Run run={known} />}
      </Answer>
    </Page>
  );
}

function Run({ run }: { run: ReportedRun }) {
  const { id, report } = run;
  return (
    <div className="page">
      {report === null ? (
        <Unfinished run={run} />
      ) : (
        <>
          <Notices report={report} />
          <Headline id={id} report={report} />
          <CategoriesCard id={id} report={report} />
          <TotalsCard report={report} />
        </>
      )}
      <ItemsCard ofRun={id} />
    </div>
  );
}

/** Under way with how far it is, where this instance knows; or why there is no end. */
function Unfinished({ run }: { run: ReportedRun }) {
  const format = useFormat();
  const state = stateOf(run, false);
  const underWay = useRuns().data?.under_way;
  if (state === 'under way') {
    return (
      <Empty title="Under way">
        <p role="status">
          {underWay?.id === run.id
            ? `${format.count(underWay.read)} records of the provider read, ${format.count(underWay.compared)} compared, ${format.count(underWay.exceptions)} exceptions so far.`
            : 'It was started elsewhere; this page shows it when it is done.'}
        </p>
      </Empty>
    );
  }
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <b>
          {state === 'failed' ? 'This reconciliation failed' : 'This reconciliation did not come to its end'}
        </b>
      </p>
      <p className="notice-detail">
        {run.failure ?? 'Its process ended before. Run it again; what it has found so far is kept.'}
      </p>
    </div>
  );
}

function Notices({ report: { incomplete, warnings } }: { report: Report }) {
  const format = useFormat();
  if (incomplete.length === 0 && warnings.length === 0) return null;
  return (
    <div className="warnings" role="note">
      <b>
        {incomplete.length > 0
          ? 'The provider’s list did not come whole, so this is not the last word'
          : 'To be looked at'}
      </b>
      <ul>
        {incomplete.map(({ from, to }) => (
          <li key={from}>
            Not all of {format.dateTime(from)} – {format.dateTime(to)} came. Nothing of it is called missing
            at the provider. Run it again.
          </li>
        ))}
        {incomplete.length === 0 && warnings.map((warning) => <li key={warning}>{warning}</li>)}
      </ul>
    </div>
  );
}

function Headline({ id, report }: { id: number; report: Report }) {
  const format = useFormat();
  const counts = useItemCounts(id).data?.rows;
  const open = counts?.filter(({ status }) => status === 'open').reduce((sum, { items }) => sum + items, 0);
  const { totals, recorded } = report;
  const payments = (count: number): string => many(count, 'payment', format.count);
  return (
    <section aria-label="Both sides">
      <Grid of="tiles">
        <Figure
          label="Here"
          value={format.money(totals.total_here)}
          change={null}
          note={payments(totals.payments_here)}
        />
        <Figure
          label="At the provider"
          value={format.money(totals.total_there)}
          change={null}
          note={payments(totals.payments_there)}
        />
        <Figure
          label="Difference"
          value={format.moneyChange(totals.difference)}
          change={null}
          note={totals.difference === 0 ? 'to the cent' : 'here less there'}
        />
        <Figure label="Recorded" value={format.count(recorded)} change={null} note="were missing here" />
        <Figure
          label="Open now"
          value={open === undefined ? undefined : format.count(open)}
          change={null}
          note={open === 0 ? 'nothing waits for a person' : 'for a person to decide'}
        />
      </Grid>
    </section>
  );
}
