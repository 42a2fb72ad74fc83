/** An answer: the sentence first, then what it rests on, its charts and tables, and whether it can be trusted. */
import type { StudyAnswer, StudyQuery } from '../../api/studies.ts';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Facts } from '../../components/Facts.tsx';
import { spanInWords } from '../../components/RangePicker.tsx';
import { useFormat } from '../../format/use-format.ts';
import { chartsOf } from './answer.ts';
import { ChartOfStudy } from './ChartOfStudy.tsx';
import { Downloads } from './Downloads.tsx';
import { TableOfStudy } from './TableOfStudy.tsx';

export function AnswerCards({ answer, query }: { answer: StudyAnswer; query: StudyQuery }) {
  const format = useFormat();
  if (answer.kind === 'refused') {
    return (
      <section aria-label="No answer here">
        <Empty title="The data cannot carry this question">
          <p className="notice-detail">{answer.message}</p>
        </Empty>
      </section>
    );
  }
  const { diagnostics, provenance, payments, riders, clusters, currency } = answer;
  const rests: [string, string][] = [
    ['Period', spanInWords({ from: answer.from, to: answer.to }, format)],
    ['Payments', format.count(payments)],
    ['Riders', format.count(riders)],
    ...(clusters === null
      ? []
      : [['Clusters of the errors', format.count(clusters)] satisfies [string, string]]),
    ['Read', `${format.dateTime(provenance.read_at)}, up to capture ${format.count(provenance.sequence)}`],
  ];
  return (
    <>
      <Card title="Answer">
        <p className="study-sentence">{answer.sentence}</p>
        <Facts facts={rests} />
        <p className="quiet small study-method">{answer.method}</p>
      </Card>
      {answer.warnings.length > 0 && (
        <Card title="Warnings">
          <ul className="study-notes study-warnings">
            {answer.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Card>
      )}
      {chartsOf(answer).map((chart) => (
        <ChartOfStudy key={chart.name} chart={chart} />
      ))}
      {answer.tables.map((table) => (
        <TableOfStudy key={table.name} table={table} currency={currency} />
      ))}
      {diagnostics.charts.length + diagnostics.tables.length > 0 && (
        <>
          <h2 className="study-part">Can the estimate be trusted?</h2>
          {diagnostics.charts.map((chart) => (
            <ChartOfStudy key={chart.name} chart={chart} />
          ))}
          {diagnostics.tables.map((table) => (
            <TableOfStudy key={table.name} table={table} currency={currency} />
          ))}
        </>
      )}
      <Card title="Assumptions">
        <ul className="study-notes">
          {answer.assumptions.map((assumption) => (
            <li key={assumption}>{assumption}</li>
          ))}
        </ul>
      </Card>
      <Downloads result={answer} query={query} />
    </>
  );
}
