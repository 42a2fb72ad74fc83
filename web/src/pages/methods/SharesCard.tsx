/** Shares of the payment types over time, stacked to the whole. */
import { sharesOverTime } from 'farelog/documents/chart-methods.ts';
import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { useCallback, useMemo } from 'react';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import type { DataColumn } from '../../components/DataTable.tsx';
import { Select } from '../../components/Select.tsx';
import { Segments } from '../../components/Tabs.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { lengthDays, type Span } from '../../view/range.ts';
import { useView } from '../../view/view.ts';
import { bucketInWords } from '../overview/bucket-words.ts';
import { EmptyRange } from '../overview/EmptyRange.tsx';
import { PERIODS, periodFor, suitingPeriod } from '../overview/trend.ts';
import { MEASURES, type Measure, type Shares, sharesOf } from './shares.ts';

const HEIGHT_PX = 372;
const PERIOD_NAMES = { hourly: 'Hour', daily: 'Day', weekly: 'Week', monthly: 'Month' } as const;

export function SharesCard({ span }: { span: Span }) {
  const view = useView();
  const { zone } = useSession();
  const days = lengthDays(span, Date.now(), zone);
  const period = periodFor(view.get('period'), days);
  const measure = view.choice('of', MEASURES);
  const query = useFigure('/api/v1/analytics/trends', { ...span, period, by_type: 'true' });
  const shares = useMemo(
    () => (query.data === undefined ? undefined : sharesOf(query.data, measure, Date.now())),
    [query.data, measure],
  );
  return (
    <ChartCard
      title="Shares over time"
      about={`Of all ${measure}, by ${PERIOD_NAMES[period].toLowerCase()}.`}
      query={{ ...query, data: shares }}
      heightPx={HEIGHT_PX}
      tools={
        <>
          <Segments
            label="Size of a bucket"
            value={period}
            options={PERIODS.map((one) => [one, PERIOD_NAMES[one]])}
            onChange={(one) => view.set({ period: one === suitingPeriod(days) ? null : one })}
          />
          <Select
            label="Share of"
            isLabelHidden
            value={measure}
            options={[
              ['revenue', 'Of revenue'],
              ['payments', 'Of payments'],
            ]}
            onChange={(one) => view.set({ of: one === MEASURES[0] ? null : one })}
          />
        </>
      }
      table={{
        columns: useShareColumns(shares, measure),
        rowsOf: ({ starts }) => starts.map((_, index) => index),
        keyOf: (index) => index,
      }}
      emptyOf={({ wholes }) => (wholes.every((whole) => whole === 0) ? <EmptyRange isBrief /> : null)}
    >
      {(data) => <SharesChart shares={data} measure={measure} />}
    </ChartCard>
  );
}

function SharesChart({ shares, measure }: { shares: Shares; measure: Measure }) {
  const format = useFormat();
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) => sharesOverTime(shares, format.shortShare, theme, widthPx),
    [shares, format],
  );
  const [first] = shares.series;
  const lasting = first?.values.findLast((value) => value > 0) ?? 0;
  const summary =
    first === undefined
      ? `Shares of ${measure} over time`
      : `Shares of ${measure} over time, ${shares.starts.length} values; ${first.name} is the largest, ${format.share(lasting)} at the end.`;
  return (
    <>
      <Chart chart={chart} summary={summary} tip={({ x }) => <SharesTip shares={shares} index={x} />} />
      <ul className="legend">
        {shares.series.map(({ name }, index) => (
          <li key={name}>
            <span className={`swatch swatch-${index}`} />
            {name}
          </li>
        ))}
      </ul>
    </>
  );
}

function SharesTip({ shares, index }: { shares: Shares; index: number }) {
  const format = useFormat();
  const start = shares.starts[index];
  if (start === undefined) return null;
  const isUnfinished = shares.isUnfinished && index === shares.starts.length - 1;
  return (
    <>
      <b>{bucketInWords(start, shares.period, format)}</b>
      {isUnfinished && <span className="quiet"> so far</span>}
      <dl>
        {shares.series.map(({ name, values }, part) => (
          <SharePart key={name} name={name} part={part} text={format.share(values[index] ?? 0)} />
        ))}
      </dl>
    </>
  );
}

function SharePart({ name, part, text }: { name: string; part: number; text: string }) {
  return (
    <>
      <dt>
        <span className={`swatch swatch-${part}`} />
        {name}
      </dt>
      <dd>{text}</dd>
    </>
  );
}

/** A row is the index of a bucket. */
function useShareColumns(shares: Shares | undefined, measure: Measure): DataColumn<number>[] {
  const format = useFormat();
  if (shares === undefined) return [];
  const { period, starts, wholes, series } = shares;
  const whole = (index: number): number => wholes[index] ?? 0;
  return [
    {
      name: PERIOD_NAMES[period],
      cell: (index) => bucketInWords(starts[index] ?? '', period, format),
      sortBy: (index) => index,
    },
    {
      name: measure === 'revenue' ? 'Revenue' : 'Payments',
      isFigure: true,
      cell: (index) => (measure === 'revenue' ? format.money : format.count)(whole(index)),
      sortBy: whole,
    },
    ...series.map(
      ({ name, values }): DataColumn<number> => ({
        name,
        isFigure: true,
        cell: (index) => format.share(values[index] ?? 0),
        sortBy: (index) => values[index] ?? 0,
      }),
    ),
  ];
}
