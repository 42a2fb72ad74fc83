/** Every reconciliation that was made, newest first, with what both sides had and what is still to be decided. */
import { Link } from 'wouter';
import { type ListedRun, stateOf, useRuns } from '../../api/reconciliations.ts';
import { Answer } from '../../components/Answer.tsx';
import { Badge } from '../../components/Badge.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Pager } from '../../components/Pager.tsx';
import { spanInWords } from '../../components/RangePicker.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useView } from '../../view/view.ts';
import { spanOfRun } from './spans.ts';
import { RUN_STATES } from './words.ts';

export function RunsCard() {
  const view = useView();
  const format = useFormat();
  const { zone } = useSession();
  const cursor = view.get('cursor');
  const query = useRuns(cursor);
  return (
    <Card title="Runs" about="Totals are as they were compared, before what was missing here was recorded.">
      <Answer query={query} loading={<Loading heightPx={320} label="Loading: runs" />}>
        {({ rows, next_cursor }) => (
          <>
            <DataTable
              caption="Reconciliations, newest first"
              isCaptionHidden
              columns={columnsFor(format, zone)}
              rows={rows}
              keyOf={({ id }) => id}
              empty={<NoRuns />}
            />
            <Pager cursor={cursor} next={next_cursor} onMove={(next) => view.set({ cursor: next })} />
          </>
        )}
      </Answer>
    </Card>
  );
}

function NoRuns() {
  return (
    <Empty title="Nothing has been reconciled yet">
      <p>
        A run asks the provider for every payment of a span and compares each with the one here. An
        administrator starts one above, or whoever runs Farelog does:
      </p>
      <pre>farelog reconcile --from 2026-01-01 --to 2026-02-01</pre>
    </Empty>
  );
}

function columnsFor(format: Format, zone: string): DataColumn<ListedRun>[] {
  const figure = (
    name: string,
    text: (headline: NonNullable<ListedRun['headline']>) => string,
  ): DataColumn<ListedRun> => ({
    name,
    isFigure: true,
    cell: ({ headline }) => (headline === null ? <span className="quiet">–</span> : text(headline)),
  });
  return [
    {
      name: 'Days',
      cell: (run) => (
        <>
          <Link href={`/reconciliation/${run.id}`}>{spanInWords(spanOfRun(run, zone), format)}</Link>
          <span className="quiet small below">{againstInWords(run.source, run.name)}</span>
        </>
      ),
    },
    { name: 'Result', cell: (run) => <RunBadge run={run} count={format.count} /> },
    figure('Here', ({ total_here }) => format.money(total_here)),
    figure('At the provider', ({ total_there }) => format.money(total_there)),
    figure('Difference', ({ difference }) => format.moneyChange(difference)),
    figure('Recorded', ({ recorded }) => format.count(recorded)),
    figure('Pending', ({ pending }) => format.count(pending)),
    { name: 'Started', cell: ({ started }) => <span className="nowrap">{format.dateTime(started)}</span> },
  ];
}

function againstInWords(source: string, name: string): string {
  return source === 'file' ? name : 'The provider’s API';
}

interface BadgeProps {
  readonly run: Pick<ListedRun, 'started' | 'finished' | 'headline' | 'open_now'>;
  readonly count: (value: number) => string;
}

/** How a run stands: whether it is done, and what of its time waits for a person now. */
function RunBadge({ run, count }: BadgeProps) {
  const state = stateOf(run, run.headline !== null);
  if (state !== 'done') {
    const [text, kind] = RUN_STATES[state];
    return <Badge kind={kind}>{text}</Badge>;
  }
  if (run.open_now > 0) return <Badge kind="warn">{`${count(run.open_now)} open`}</Badge>;
  return <Badge kind="good">Nothing open</Badge>;
}
