/** Payments as they are recorded: bars that move, the newest by name. */
import { typeInWords } from 'farelog/documents/names.ts';
import { useEffect, useId, useRef, useState } from 'react';
import '../../components/card.css';
import { useFormat } from '../../format/use-format.ts';
import { useLive } from '../../live/live.tsx';
import { type LiveState, type SeenCommit, slotsOf } from '../../live/live-state.ts';
import { useNow } from '../../view/view.ts';

const SLOT_MS = 5_000;
const SLOTS = 60;
const NEWEST = 3;
const MINUTE_MS = 60_000;
/** How often a screen reader is told, which would otherwise read without end. */
const TOLD_EVERY_MS = 30_000;

const WAITING: Readonly<Record<LiveState['status'], string>> = {
  connecting: 'Connecting to the live feed.',
  live: 'Listening. The next payment shows here as it is recorded.',
  polling: 'The live feed does not come through; figures are asked for every 15 seconds instead.',
  stale: 'The connection is lost. It is tried again by itself.',
};

export function LiveStrip() {
  const { commits, status } = useLive();
  const now = useNow(1_000);
  const format = useFormat();
  const id = useId();
  const lastMinute = commits.filter(({ at }) => at > now - MINUTE_MS);
  const payments = lastMinute.reduce((sum, commit) => sum + commit.payments, 0);
  const words =
    payments === 1 ? '1 payment in the last minute' : `${format.count(payments)} payments in the last minute`;
  return (
    <section className="card live-strip" aria-labelledby={id}>
      <div>
        <h2 id={id}>Coming in</h2>
        <p className="quiet small figures">{words}</p>
      </div>
      <Bars commits={commits} now={now} />
      <Newest commits={commits} now={now} waiting={WAITING[status]} />
      <Told words={words} />
    </section>
  );
}

function Bars({ commits, now }: { commits: readonly SeenCommit[]; now: number }) {
  const slots = slotsOf(commits, SLOT_MS, SLOTS, now);
  const most = Math.max(4, ...slots.map(({ payments }) => payments));
  return (
    <div>
      <svg
        className="live-bars"
        viewBox={`0 0 ${SLOTS * 8} 48`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {slots.map(({ payments }, index) => {
          const height = payments === 0 ? 1 : Math.max(4, (payments / most) * 48);
          return (
            <rect
              key={index}
              className={payments === 0 ? 'is-none' : undefined}
              x={index * 8 + 1}
              y={48 - height}
              width={6}
              height={height}
              rx={1}
            />
          );
        })}
      </svg>
      <p className="live-scale quiet small">
        <span>5 minutes ago</span>
        <span>now</span>
      </p>
    </div>
  );
}

interface NewestProps {
  readonly commits: readonly SeenCommit[];
  readonly now: number;
  /** Said while there is none. */
  readonly waiting: string;
}

function Newest({ commits, now, waiting }: NewestProps) {
  const format = useFormat();
  const newest = commits.slice(-NEWEST).reverse();
  if (newest.length === 0) return <p className="quiet small live-newest">{waiting}</p>;
  return (
    <ol className="live-newest figures">
      {newest.map(({ at, payments, revenue, byType }) => (
        <li key={`${at} ${revenue}`}>
          <span>
            {payments === 1
              ? typeInWords(byType[0]?.payment_type ?? 'payment')
              : `${format.count(payments)} payments`}
          </span>
          <b>{format.money(revenue)}</b>
          <span className="quiet small">{format.ago(Math.max(0, now - at))}</span>
        </li>
      ))}
    </ol>
  );
}

/** For screen readers: what the strip shows, now and then. */
function Told({ words }: { words: string }) {
  const latest = useRef(words);
  latest.current = words;
  const [told, setTold] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setTold(latest.current), TOLD_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="sr-only" aria-live="polite">
      {told}
    </p>
  );
}
