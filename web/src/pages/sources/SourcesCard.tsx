/** Each way of coming in: when it last brought a payment, and how its deliveries of the range ended. */
import type { Got } from '../../api/client.ts';
import { Badge } from '../../components/Badge.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useNow } from '../../view/view.ts';
import { outcomeInWords, sourceInWords } from '../operations/words.ts';

type Source = Got<'/api/v1/analytics/sources'>['rows'][number];

const ABOUT: Readonly<Record<Source['source'], string>> = {
  webhook: 'The provider sends each payment',
  api: 'Another program sends it',
  import: 'From a file, by command',
  sync: 'Copied from the platform’s portal',
  pull: 'Asked for at the provider, also by reconciliation',
  replay: 'Out of quarantine',
};

const OUTCOMES = ['recorded', 'duplicate', 'conflict', 'invalid'] as const;
/** What is refused now and then is noise; more than this is a finding. */
const MANY_ERRORS = 0.01;

export function SourcesCard({ rows }: { rows: readonly Source[] }) {
  const format = useFormat();
  const now = useNow(10_000);
  const columns: DataColumn<Source>[] = [
    {
      name: 'Source',
      cell: ({ source }) => (
        <>
          {sourceInWords(source)}
          <span className="quiet small source-about">{ABOUT[source]}</span>
        </>
      ),
    },
    {
      name: 'Last payment',
      cell: ({ last_recorded }) =>
        last_recorded === null ? (
          <span className="quiet">Never</span>
        ) : (
          <time dateTime={last_recorded} title={format.dateTime(last_recorded)}>
            {format.ago(Math.max(0, now - Date.parse(last_recorded)))}
          </time>
        ),
    },
    { name: 'Deliveries', isFigure: true, cell: ({ deliveries }) => format.count(deliveries) },
    ...OUTCOMES.map(
      (outcome): DataColumn<Source> => ({
        name: outcomeInWords(outcome),
        isFigure: true,
        cell: (row) => (row[outcome] === 0 ? <span className="quiet">0</span> : format.count(row[outcome])),
      }),
    ),
    { name: 'Refused', isFigure: true, cell: ({ error_rate }) => <ErrorRate rate={error_rate} /> },
  ];
  return (
    <Card
      title="What each brought"
      about="Deliveries received in the range. Those that contradict a payment or are not valid change nothing and wait in quarantine."
    >
      <DataTable
        caption="Sources of payments"
        isCaptionHidden
        columns={columns}
        rows={rows}
        keyOf={({ source }) => source}
      />
    </Card>
  );
}

function ErrorRate({ rate }: { rate: number | null }) {
  const format = useFormat();
  if (rate === null) return <span className="quiet">–</span>;
  const text = rate > 0 && rate < 0.000_5 ? `< ${format.share(0.001)}` : format.share(rate);
  return rate > MANY_ERRORS ? <Badge kind="warn">{text}</Badge> : text;
}
