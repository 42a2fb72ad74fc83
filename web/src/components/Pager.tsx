/** Pages of a list, newest first, by the place where each begins: that place stands in the URL, and the way back is the browser's. */
import { Button } from './Button.tsx';

interface Props {
  /** Where the page that is shown begins; null: with the newest. */
  readonly cursor: string | null;
  /** Where the next one begins; null where there is none. */
  readonly next: string | null;
  readonly onMove: (cursor: string | null) => void;
}

export function Pager({ cursor, next, onMove }: Props) {
  if (cursor === null && next === null) return null;
  return (
    <nav className="pager" aria-label="Pages of the list">
      {cursor !== null && <Button onClick={() => onMove(null)}>Newest</Button>}
      {next !== null && <Button onClick={() => onMove(next)}>Older</Button>}
    </nav>
  );
}
