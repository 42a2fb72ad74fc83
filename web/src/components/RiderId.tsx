/** A rider by pseudonym: so much of it as tells riders apart, the whole of it as a title and for the clipboard. */
import { Link } from 'wouter';
import { CopyIcon } from './icons.tsx';
import './rider-id.css';
import { useToast } from './Toast.tsx';

const SHOWN = 8;
/** An id no longer than this is not worth shortening. */
const SHORT = 14;

/** The beginning of what follows the key's name, which is the same for all riders of a key. */
export function shortId(id: string): string {
  if (id.length <= SHORT) return id;
  return `${id.slice(id.lastIndexOf('_') + 1).slice(0, SHOWN)}…`;
}

interface Props {
  readonly id: string;
  /** With it, a link. */
  readonly href?: string;
  /** Whether it is shown in full, where there is room. */
  readonly isWhole?: boolean;
}

export function RiderId({ id, href, isWhole = false }: Props) {
  const text = (
    <span className="mono" title={id}>
      {isWhole ? id : shortId(id)}
    </span>
  );
  return (
    <span className={isWhole ? 'rider-id rider-id-whole' : 'rider-id'}>
      {href === undefined ? text : <Link href={href}>{text}</Link>}
      <CopyButton text={id} label={`Copy the id of the rider ${shortId(id)}`} />
    </span>
  );
}

function CopyButton({ text, label }: { text: string; label: string }) {
  const say = useToast();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say('The id was copied.');
    } catch {
      // Without TLS, or where it was refused, there is no clipboard.
      say('The browser does not let this page copy.', 'failed');
    }
  };
  return (
    <button type="button" className="copy-button" aria-label={label} title="Copy" onClick={() => void copy()}>
      <CopyIcon />
    </button>
  );
}
