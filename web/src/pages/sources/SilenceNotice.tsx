/** Whether far fewer payments come in than usual, in a line; the page of operations has the hours. */
import { Link } from 'wouter';
import { useSilence } from '../../api/silence.ts';
import { Badge } from '../../components/Badge.tsx';

export function SilenceNotice() {
  const { data } = useSilence();
  if (data === undefined) return null;
  const { alarm, reason, rows } = data;
  const isKnown = rows.some(({ low }) => low !== null);
  return (
    <div className={alarm ? 'quiet-line quiet-line-alarm' : 'quiet-line'} role={alarm ? 'alert' : undefined}>
      <Badge kind={alarm ? 'bad' : isKnown ? 'good' : 'plain'}>
        {alarm ? 'Unusually quiet' : isKnown ? 'As usual' : 'Silence not known yet'}
      </Badge>
      <p>
        {reason} <Link href="/operations">The last hours</Link>
      </p>
    </div>
  );
}
