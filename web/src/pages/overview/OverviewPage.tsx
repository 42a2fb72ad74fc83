import { Page } from '../../components/Page.tsx';
import { RangePicker } from '../../components/RangePicker.tsx';

export default function OverviewPage() {
  return (
    <Page title="Overview" tools={<RangePicker />}>
      <p>To come.</p>
    </Page>
  );
}
