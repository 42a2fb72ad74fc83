/** Whether both sides agree: the reconciliations that were made, one of them, and what is to be decided. */
import { useParams } from 'wouter';
import { Empty } from '../../components/Empty.tsx';
import { Page } from '../../components/Page.tsx';
import { Tabs } from '../../components/Tabs.tsx';
import { useSession } from '../../session/session.ts';
import { useView } from '../../view/view.ts';
import { ItemsCard, NO_ITEM_FILTER } from './ItemsCard.tsx';
import './reconciliation.css';
import { RunPage } from './RunPage.tsx';
import { RunsCard } from './RunsCard.tsx';
import { StartButton } from './StartDialog.tsx';

const TABS = ['runs', 'differences'] as const;

export default function ReconciliationPage() {
  const { id } = useParams();
  if (id === undefined) return <AllRuns />;
  if (/^[1-9]\d{0,14}$/.test(id)) return <RunPage key={id} id={Number(id)} />;
  return (
    <Page title="Reconciliation">
      <Empty title={`“${id}” is no reconciliation`}>
        <p>Each has a number of its own.</p>
      </Empty>
    </Page>
  );
}

function AllRuns() {
  const view = useView();
  const { zone } = useSession();
  const tab = view.choice('tab', TABS);
  return (
    <Page
      title="Reconciliation"
      about={`The provider’s records held against the payments here, one by one; days of ${zone}`}
      tools={<StartButton />}
    >
      <Tabs
        label="Parts of reconciliation"
        value={tab}
        tabs={[
          ['runs', 'Runs'],
          ['differences', 'Differences'],
        ]}
        onChange={(one) =>
          view.set({ tab: one === TABS[0] ? null : one, cursor: null, item: null, ...NO_ITEM_FILTER })
        }
      >
        {{ runs: <RunsCard />, differences: <ItemsCard /> }[tab]}
      </Tabs>
    </Page>
  );
}
