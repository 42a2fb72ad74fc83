/** How people pay: each method, its share as time goes by, and who changes from one to another. */
import { Page } from '../../components/Page.tsx';
import { RangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useRange } from '../../view/view.ts';
import './methods.css';
import { MethodsTable } from './MethodsTable.tsx';
import { SharesCard } from './SharesCard.tsx';
import { SwitchingCards } from './SwitchingCards.tsx';

export default function MethodsPage() {
  const { span } = useRange();
  const { zone } = useSession();
  const format = useFormat();
  return (
    <Page title="Methods" about={`${spanInWords(span, format)}, days of ${zone}`} tools={<RangePicker />}>
      <MethodsTable span={span} />
      <SharesCard span={span} />
      <SwitchingCards span={span} />
    </Page>
  );
}
