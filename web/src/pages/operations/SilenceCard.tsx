/** Whether far fewer payments come in than usual at this time of the week: the last hours beside what they usually have. */
import { type Silence, useSilence } from '../../api/silence.ts';
import { Answer } from '../../components/Answer.tsx';
import { Badge } from '../../components/Badge.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';

type Hour = Silence['rows'][number];

export function SilenceCard() {
  const { zone } = useSession();
  const query = useSilence();
  return (
    <Card
      title="Silence"
      about={`The last hours beside the same hours of the eight weeks before, in ${zone}.`}
    >
      <Answer query={query} loading={<Loading heightPx={380} label="Loading: silence" />}>
        {(silence) => <Hours silence={silence} />}
      </Answer>
    </Card>
  );
}

function Hours({ silence: { alarm, reason, rows } }: { silence: Silence }) {
  const format = useFormat();
  const isKnown = rows.some(({ low }) => low !== null);
  const title = alarm ? 'Unusually quiet' : isKnown ? 'As usual' : 'Not known yet';
  const most = Math.max(1, ...rows.map(({ payments, high }) => Math.max(payments, high ?? 0)));
  return (
    <>
      <div className={alarm ? 'silence silence-alarm' : 'silence'} role={alarm ? 'alert' : undefined}>
        <p className="silence-title">{title}</p>
        <p>{reason}</p>
        {alarm && (
          <p className="quiet small">
            Look whether the provider sends, whether its webhook is answered, and whether the network lets it
            in.
          </p>
        )}
      </div>
      <DataTable
        caption="Payments of the last hours beside what is usual"
        isCaptionHidden
        columns={columnsFor(format, most)}
        rows={rows}
        keyOf={({ starts_at }) => starts_at}
      />
    </>
  );
}

function columnsFor(format: Format, most: number): DataColumn<Hour>[] {
  return [
    { name: 'Hour', cell: ({ starts_at, ends_at }) => `${format.time(starts_at)} – ${format.time(ends_at)}` },
    { name: 'Payments', isFigure: true, cell: ({ payments }) => format.count(payments) },
    {
      name: 'Usually',
      isFigure: true,
      cell: ({ low, high }) =>
        low === null || high === null ? (
          <span className="quiet">not known yet</span>
        ) : (
          `${format.count(low)} – ${format.count(high)}`
        ),
    },
    { name: 'Told', cell: (hour) => <HourBadge hour={hour} /> },
    { name: 'Beside the usual range', cell: (hour) => <HourBar hour={hour} most={most} /> },
  ];
}

function HourBadge({ hour: { quiet, low } }: { hour: Hour }) {
  if (quiet) return <Badge kind="bad">Quiet</Badge>;
  return low === null ? <Badge>Too new</Badge> : <Badge kind="good">As usual</Badge>;
}

const WIDTH = 240;
const HEIGHT = 16;

/** The usual range as a band with its median, the payments as a dot; the columns beside it say the same. */
function HourBar({ hour: { payments, low, median, high, quiet }, most }: { hour: Hour; most: number }) {
  const x = (value: number): number => 8 + (value / most) * (WIDTH - 16);
  return (
    <svg
      className="hour-bar"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      <line className="hour-line" x1={8} x2={WIDTH - 8} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      {low !== null && high !== null && (
        <rect
          className="hour-usual"
          x={x(low)}
          y={3}
          width={Math.max(2, x(high) - x(low))}
          height={10}
          rx={5}
        />
      )}
      {median !== null && <line className="hour-median" x1={x(median)} x2={x(median)} y1={3} y2={13} />}
      <circle className={quiet ? 'hour-now hour-quiet' : 'hour-now'} cx={x(payments)} cy={HEIGHT / 2} r={5} />
    </svg>
  );
}
