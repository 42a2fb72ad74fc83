import type { Headline as HeadlineData, Summary } from '../../api/headline.ts';
import { Figure } from '../../components/Figure.tsx';
import { Grid } from '../../components/Page.tsx';
import { Problem } from '../../components/Problem.tsx';
import { spanInWords } from '../../components/RangePicker.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';

interface HeadlineFigure {
  readonly label: string;
  readonly value: (summary: Summary) => number;
  readonly text: (value: number, format: Format) => string;
  /** Whether more of it is neither better nor worse. */
  readonly isNeutral?: boolean;
}

const FIGURES: readonly HeadlineFigure[] = [
  { label: 'Revenue', value: (one) => one.revenue, text: (value, { money }) => money(value) },
  { label: 'Payments', value: (one) => one.payments, text: (value, { count }) => count(value) },
  { label: 'Riders', value: (one) => one.riders, text: (value, { count }) => count(value) },
  {
    label: 'Average price',
    value: (one) => one.avg_price,
    text: (value, { money }) => money(value),
    isNeutral: true,
  },
];

/** Relative to what was; null where there was nothing. */
function ratioOf(now: number, before: number): number | null {
  return before === 0 ? null : (now - before) / before;
}

export function Headline({ headline }: { headline: HeadlineData }) {
  const { data, error, refetch, isPlaceholderData } = headline.now;
  const { data: earlier } = headline.before;
  const format = useFormat();
  if (data === undefined && error !== null) return <Problem error={error} retry={() => void refetch()} />;
  return (
    <section aria-label="Headline figures" className={isPlaceholderData ? 'is-changing' : undefined}>
      <Grid of="tiles">
        {FIGURES.map(({ label, value, text, isNeutral = false }) => {
          const now = data === undefined ? undefined : value(data.now);
          const before = earlier === undefined ? undefined : value(earlier.figures);
          const ratio = now === undefined || before === undefined ? undefined : ratioOf(now, before);
          return (
            <Figure
              key={label}
              label={label}
              value={now === undefined ? undefined : text(now, format)}
              change={
                ratio === undefined
                  ? undefined
                  : { ratio, text: ratio === null ? '' : format.change(ratio), isNeutral }
              }
              note={before === undefined || before === 0 ? '' : `${text(before, format)} before`}
            />
          );
        })}
      </Grid>
      {data !== undefined && data.now.adjustments !== 0 && (
        <p className="small figures headline-net">
          Adjustments {format.money(data.now.adjustments)}; with them revenue is{' '}
          <b>{format.money(data.now.net_revenue)}</b> net.
        </p>
      )}
      <p className="quiet small headline-note">
        {earlier === undefined ? '' : `Changes are against ${spanInWords(earlier.span, format)}.`}
      </p>
    </section>
  );
}
