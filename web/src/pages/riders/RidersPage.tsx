/** Riders: how spending is spread over them, who is new, who spends most; and one of them at an address of its own. */
import { useParams } from 'wouter';
import { Grid, Page } from '../../components/Page.tsx';
import { RangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useRange } from '../../view/view.ts';
import { ActivityCard } from './ActivityCard.tsx';
import { DistributionFigures, LorenzCard, QuantilesCard, useDistribution } from './distribution.tsx';
import { RiderPage } from './RiderPage.tsx';
import './riders.css';
import { TopRidersCard } from './TopRidersCard.tsx';

export default function RidersPage() {
  const { user_id } = useParams();
  return user_id === undefined ? <AllRiders /> : <RiderPage key={user_id} userId={user_id} />;
}

function AllRiders() {
  const { span } = useRange();
  const { zone } = useSession();
  const format = useFormat();
  const distribution = useDistribution(span);
  return (
    <Page
      title="Riders"
      about={`${spanInWords(span, format)}, days of ${zone}; riders are pseudonyms`}
      tools={<RangePicker />}
    >
      <DistributionFigures query={distribution} />
      <ActivityCard span={span} />
      <Grid of="halves">
        <LorenzCard query={distribution} />
        <QuantilesCard query={distribution} />
      </Grid>
      <TopRidersCard span={span} />
    </Page>
  );
}
