/** What finance opens every morning and an operator leaves on the wall: how much, when, how, and what is coming in. */
import { useHeadline } from '../../api/headline.ts';
import { Grid, Page } from '../../components/Page.tsx';
import { RangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useRange } from '../../view/view.ts';
import { FirstPayment } from './FirstPayment.tsx';
import { Headline } from './Headline.tsx';
import { LiveStrip } from './LiveStrip.tsx';
import { MethodMixCard } from './MethodMixCard.tsx';
import './overview.css';
import { TrendCard } from './TrendCard.tsx';
import { WeekCard } from './WeekCard.tsx';

export default function OverviewPage() {
  const { range, span, setRange } = useRange();
  const { zone } = useSession();
  const format = useFormat();
  const headline = useHeadline(range, span);
  const receivedAt = headline.now.data?.as_of_received_at;
  const about =
    receivedAt === undefined || receivedAt === null
      ? `${spanInWords(span, format)}, days of ${zone}`
      : `${spanInWords(span, format)}, days of ${zone}; as of ${format.dateTime(receivedAt)}`;
  if (receivedAt === null) {
    return (
      <Page title="Overview" about={`Days of ${zone}`}>
        <LiveStrip />
        <FirstPayment />
      </Page>
    );
  }
  return (
    <Page title="Overview" about={about} tools={<RangePicker />}>
      <Headline headline={headline} />
      <LiveStrip />
      <TrendCard range={range} span={span} setRange={setRange} />
      <Grid of="halves">
        <MethodMixCard span={span} />
        <WeekCard span={span} />
      </Grid>
    </Page>
  );
}
