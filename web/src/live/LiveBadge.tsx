import { useFormat } from '../format/use-format.ts';
import './live.css';
import { useLive } from './live.tsx';

/** Whether what is on the screen is live, in two words; screen readers are told when it changes. */
export function LiveBadge() {
  const { status, since } = useLive();
  const format = useFormat();
  const words = {
    connecting: 'Connecting',
    live: 'Live',
    polling: `Updated ${format.time(since)}`,
    stale: `Stale since ${format.time(since)}`,
  }[status];
  return (
    <span className={`live-badge live-${status}`} role="status">
      <span className="live-dot" aria-hidden="true" />
      {words}
    </span>
  );
}
