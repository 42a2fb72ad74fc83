import { useFormat } from '../../format/use-format.ts';
import { bucketInWords } from './bucket-words.ts';
import { MarkTip, marksAt } from './Marks.tsx';
import type { Trend } from './trend.ts';

/** What is told of a bucket under the pointer. */
export function TrendTip({ trend, index }: { trend: Trend; index: number }) {
  const format = useFormat();
  const bucket = trend.buckets[index];
  if (bucket === undefined) return null;
  const { starts_at, payments, revenue, adjustments, net, earlier } = bucket;
  const isUnfinished = trend.isUnfinished && index === trend.buckets.length - 1;
  const change =
    earlier === undefined || earlier.revenue === 0 ? null : (revenue - earlier.revenue) / earlier.revenue;
  return (
    <>
      <b>{bucketInWords(starts_at, trend.period, format)}</b>
      {isUnfinished && <span className="quiet"> so far</span>}
      <dl>
        <dt>Revenue</dt>
        <dd>
          <b>{format.money(revenue)}</b>
        </dd>
        {adjustments !== 0 && (
          <>
            <dt>Adjustments</dt>
            <dd>{format.money(adjustments)}</dd>
            <dt>Net revenue</dt>
            <dd>{format.money(net)}</dd>
          </>
        )}
        <dt>Payments</dt>
        <dd>{format.count(payments)}</dd>
        {trend.series.length > 1 &&
          trend.series.map(({ name, values }, part) => (
            <Part key={name} name={name} part={part} text={format.money(values[index] ?? 0)} />
          ))}
        {earlier !== undefined && (
          <>
            <dt>
              <span className="swatch swatch-earlier" />
              {bucketInWords(earlier.starts_at, trend.period, format)}
            </dt>
            <dd>
              {format.money(earlier.revenue)}
              {change === null ? '' : ` (${format.change(change)})`}
            </dd>
          </>
        )}
      </dl>
      <MarkTip marks={marksAt(trend.marks ?? [], index)} />
    </>
  );
}

function Part({ name, part, text }: { name: string; part: number; text: string }) {
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
