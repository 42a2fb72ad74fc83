/** Who may do what: API keys, and what was done with them; and how this Farelog is set. */
import { Card } from '../../components/Card.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Page } from '../../components/Page.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { CalendarCard } from './CalendarCard.tsx';
import { KeyChanges } from './KeyChanges.tsx';
import { KeysCard } from './KeysCard.tsx';
import './settings.css';

export default function SettingsPage() {
  const { key_name, role, expires_at, zone, currency, data, version } = useSession();
  const format = useFormat();
  return (
    <Page title="Settings" about="What is changed here is changed for everyone.">
      <KeysCard />
      <KeyChanges />
      <CalendarCard />
      <Card title="This Farelog" about="Set by its environment at the start, and told here.">
        <Facts
          facts={[
            ['Signed in with the key', key_name],
            ['Role', role],
            ['Until', format.dateTime(expires_at)],
            ['Zone of the figures', zone],
            ['Currency', currency],
            ['Payments', data === 'demo' ? 'invented, of the demo' : 'real'],
            ['Version', version],
          ]}
        />
      </Card>
    </Page>
  );
}
