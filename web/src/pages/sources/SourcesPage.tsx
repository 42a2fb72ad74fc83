/** Where payments come from: what each way has brought lately, how far pull and sync have read, and whether it is too quiet. */
import { addressOf } from '../../api/client.ts';
import { useFigure } from '../../api/figures.ts';
import { Answer } from '../../components/Answer.tsx';
import { DownloadLink } from '../../components/Button.tsx';
import { Page } from '../../components/Page.tsx';
import { RangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useRange } from '../../view/view.ts';
import { SilenceNotice } from './SilenceNotice.tsx';
import './sources.css';
import { LagCard, ReadingCards } from './ReadingCards.tsx';
import { SourcesCard } from './SourcesCard.tsx';

const EVERY_MS = 30_000;

export default function SourcesPage() {
  const { zone } = useSession();
  const { span } = useRange('7d');
  const format = useFormat();
  const query = useFigure('/api/v1/analytics/sources', span, EVERY_MS);
  return (
    <Page
      title="Sources"
      about={`${spanInWords(span, format)}, days of ${zone}`}
      tools={
        <>
          <RangePicker fallback="7d" />
          <DownloadLink href={addressOf('/api/v1/analytics/sources', undefined, { ...span, format: 'csv' })}>
            Download CSV
          </DownloadLink>
        </>
      }
    >
      <SilenceNotice />
      <Answer query={query} loading={<Loading heightPx={640} label="Loading: sources" />}>
        {(sources) => (
          <div className="page">
            <SourcesCard rows={sources.rows} />
            <ReadingCards sources={sources} />
            <LagCard lag={sources.lag} />
          </div>
        )}
      </Answer>
    </Page>
  );
}
