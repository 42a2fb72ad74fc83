/** How deliveries ended: in all, by the way that they came, and why some could not become payments. */
import type { Got } from '../../api/client.ts';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Figure } from '../../components/Figure.tsx';
import { Grid } from '../../components/Page.tsx';
import { useFormat } from '../../format/use-format.ts';
import { outcomeInWords, reasonInWords, sourceInWords } from './words.ts';

type Rate = Got<'/api/v1/analytics/performance'>['errorRates'][number];

const OUTCOMES = ['recorded', 'duplicate', 'conflict', 'invalid'] as const satisfies Rate['outcome'][];

const countOf = (rates: readonly Rate[], outcome?: Rate['outcome']): number =>
  rates.reduce(
    (sum, rate) => sum + (outcome === undefined || rate.outcome === outcome ? rate.deliveries : 0),
    0,
  );

export function Deliveries({ rates }: { rates: readonly Rate[] }) {
  const format = useFormat();
  const all = countOf(rates);
  return (
    <>
      <section aria-label="Deliveries by outcome">
        <Grid of="tiles">
          <Figure label="Deliveries" value={format.count(all)} change={null} note="of all kinds" />
          {OUTCOMES.map((outcome) => {
            const count = countOf(rates, outcome);
            return (
              <Figure
                key={outcome}
                label={outcomeInWords(outcome)}
                value={format.count(count)}
                change={null}
                note={all === 0 ? '' : `${shareText(count / all, format.share)} of all`}
              />
            );
          })}
        </Grid>
      </section>
      <Sources rates={rates} />
      <Reasons rates={rates} />
    </>
  );
}

interface SourceRow {
  readonly source: string;
  readonly rates: readonly Rate[];
}

function Sources({ rates }: { rates: readonly Rate[] }) {
  const format = useFormat();
  const sources = [...new Set(rates.map(({ source }) => source))];
  const rows = sources.map(
    (source): SourceRow => ({ source, rates: rates.filter((rate) => rate.source === source) }),
  );
  const count = (name: string, outcome?: Rate['outcome']): DataColumn<SourceRow> => ({
    name,
    isFigure: true,
    cell: (row) => format.count(countOf(row.rates, outcome)),
    sortBy: (row) => countOf(row.rates, outcome),
  });
  const columns: DataColumn<SourceRow>[] = [
    { name: 'Way', cell: ({ source }) => sourceInWords(source), sortBy: ({ source }) => source },
    count('All'),
    ...OUTCOMES.map((outcome) => count(outcomeInWords(outcome), outcome)),
  ];
  return (
    <Card
      title="By the way they came"
      about="A delivery that came again is the same as one that was recorded before; one that contradicts is not, and changes nothing."
    >
      <DataTable
        caption="Deliveries by source and outcome"
        isCaptionHidden
        columns={columns}
        rows={rows}
        keyOf={({ source }) => source}
        empty={<Empty title="Nothing came in in this range" />}
      />
    </Card>
  );
}

function Reasons({ rates }: { rates: readonly Rate[] }) {
  const format = useFormat();
  const refused = rates.filter(({ reason }) => reason !== '');
  const columns: DataColumn<Rate>[] = [
    {
      name: 'Reason',
      isLong: true,
      cell: ({ reason }) => reasonInWords(reason),
      sortBy: ({ reason }) => reasonInWords(reason),
    },
    { name: 'Way', cell: ({ source }) => sourceInWords(source), sortBy: ({ source }) => source },
    { name: 'Outcome', cell: ({ outcome }) => outcomeInWords(outcome), sortBy: ({ outcome }) => outcome },
    {
      name: 'Deliveries',
      isFigure: true,
      cell: ({ deliveries }) => format.count(deliveries),
      sortBy: ({ deliveries }) => deliveries,
    },
    {
      name: 'Rate',
      isFigure: true,
      cell: ({ rate }) => shareText(rate, format.share),
      sortBy: ({ rate }) => rate,
    },
  ];
  return (
    <Card
      title="Why some were refused"
      about="The first problem of each; rates are of all that came the same way."
    >
      <DataTable
        caption="Refused deliveries by reason"
        isCaptionHidden
        columns={columns}
        rows={refused}
        keyOf={({ source, outcome, reason }) => `${source} ${outcome} ${reason}`}
        empty={<Empty title="Nothing was refused in this range" />}
      />
    </Card>
  );
}

/** What is rare is more than nothing, and leaves less than all. */
function shareText(rate: number, share: (value: number) => string): string {
  if (rate > 0.999_5 && rate < 1) return `> ${share(0.999)}`;
  return rate > 0 && rate < 0.000_5 ? `< ${share(0.001)}` : share(rate);
}
