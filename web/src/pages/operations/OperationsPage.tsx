/** Whether payments come in as they should; for an administrator, what could not become one, and who looked at what. */
import { Page } from '../../components/Page.tsx';
import { RangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { Tabs } from '../../components/Tabs.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useMay, useSession } from '../../session/session.ts';
import { useRange, useView } from '../../view/view.ts';
import { AuditCard } from './AuditCard.tsx';
import { CaptureHealth } from './CaptureHealth.tsx';
import './operations.css';
import { QuarantineCard } from './QuarantineCard.tsx';

const TABS = ['capture', 'quarantine', 'audit'] as const;

export default function OperationsPage() {
  const view = useView();
  const { zone } = useSession();
  const { span } = useRange();
  const format = useFormat();
  const isAdmin = useMay('admin');
  const tab = isAdmin ? view.choice('tab', TABS) : 'capture';
  const about =
    tab === 'capture' ? `${spanInWords(span, format)}, days of ${zone}` : `All of the time, in ${zone}`;
  const health = <CaptureHealth span={span} />;
  return (
    <Page title="Operations" about={about} {...(tab === 'capture' ? { tools: <RangePicker /> } : {})}>
      {isAdmin ? (
        <Tabs
          label="Parts of the operation"
          value={tab}
          tabs={[
            ['capture', 'Capture'],
            ['quarantine', 'Quarantine'],
            ['audit', 'Audit'],
          ]}
          // What one tab was asked for means nothing to another.
          onChange={(one) =>
            view.set({
              tab: one === TABS[0] ? null : one,
              ...{ status: null, item: null, action: null, cursor: null },
            })
          }
        >
          {{ capture: health, quarantine: <QuarantineCard />, audit: <AuditCard /> }[tab]}
        </Tabs>
      ) : (
        health
      )}
    </Page>
  );
}
