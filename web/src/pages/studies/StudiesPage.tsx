/** Studies: the questions of research, and at an address of its own each with its options and its answer. */
import { Link, useParams } from 'wouter';
import { type Study, useStudies, useStudy } from '../../api/studies.ts';
import { Answer } from '../../components/Answer.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Page } from '../../components/Page.tsx';
import { Problem } from '../../components/Problem.tsx';
import { OptionalRangePicker } from '../../components/RangePicker.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useSession } from '../../session/session.ts';
import { useHref, useOptionalRange, useView } from '../../view/view.ts';
import { AnswerCards } from './AnswerCards.tsx';
import { QuestionCard } from './QuestionCard.tsx';
import { ASKED, changesOf, draftOf, queryOf } from './question.ts';
import './studies.css';

export default function StudiesPage() {
  const { name } = useParams();
  const studies = useStudies();
  const href = useHref();
  const { zone } = useSession();
  return (
    <Page
      title="Studies"
      about={
        <>
          Answers with their uncertainty, of whole days of {zone}
          {name !== undefined && (
            <>
              {' · '}
              <Link href={href('/studies')}>All questions</Link>
            </>
          )}
        </>
      }
      tools={<OptionalRangePicker />}
    >
      <Answer query={studies} loading={<Loading heightPx={320} label="Loading studies" />}>
        {({ rows }) => {
          if (name === undefined) return <Questions studies={rows} />;
          const study = rows.find((one) => one.name === name);
          return study === undefined ? (
            <Empty title={`There is no study ${name}`}>
              <Link href={href('/studies')}>All questions</Link>
            </Empty>
          ) : (
            <OneStudy key={study.name} study={study} />
          );
        }}
      </Answer>
    </Page>
  );
}

function Questions({ studies }: { studies: readonly Study[] }) {
  const href = useHref();
  return (
    <ul className="study-questions">
      {studies.map(({ name, title, question }) => (
        <li key={name}>
          <Link href={href(`/studies/${name}`)} className="study-question">
            <b>{question}</b>
            <span className="quiet small">{title}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function OneStudy({ study }: { study: Study }) {
  const view = useView();
  const { span } = useOptionalRange();
  const { zone } = useSession();
  const query = queryOf(study, view, span, zone);
  const isAsked = view.get(ASKED) !== null;
  const answer = useStudy(study.name, isAsked ? query : undefined);
  return (
    <div className="study">
      <QuestionCard
        study={study}
        draft={draftOf(study, view)}
        isBusy={answer.isFetching}
        onAsk={(draft) => {
          if (answer.error !== null) void answer.refetch();
          view.set({ ...changesOf(study, draft), [ASKED]: '1' });
        }}
      />
      {answer.isFetching ? (
        <Loading heightPx={320} label="Reading the payments" />
      ) : answer.error !== null ? (
        <Problem error={answer.error} retry={() => void answer.refetch()} />
      ) : answer.data !== undefined ? (
        <AnswerCards answer={answer.data} query={query} />
      ) : (
        <Empty title="Nothing was asked yet">
          <p>Choose what the answer should be about, and ask.</p>
        </Empty>
      )}
    </div>
  );
}
