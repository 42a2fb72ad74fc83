/** Riders: how spending is spread over them, who is new, who spends most; and one of them at an address of its own. */
import { usePathname } from 'wouter/use-browser-location';
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
  const userId = riderOf(usePathname());
  return userId === '' ? <AllRiders /> : <RiderPage key={userId} userId={userId} />;
}

/**
 * The rider of a path. From the path as it is: the router takes apart what it has already decoded in part, and an id that
 * another program wrote may hold any sign, a slash too.
 */
export function riderOf(path: string): string {
  const part = path.split('/')[2] ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone percent sign: then it was meant as it stands.
    return part;
  }
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
