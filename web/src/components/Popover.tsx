/** A button that opens a small panel below it; Escape, a click elsewhere and a choice close it. */
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import './popover.css';

interface Props {
  /** What the button shows. */
  readonly button: ReactNode;
  /** What the button is called, where what it shows does not say. */
  readonly label?: string;
  /** Of the panel. */
  readonly title: string;
  readonly kind?: 'plain' | 'quiet';
  readonly children: (close: () => void) => ReactNode;
}

export function Popover({ button, label, title, kind = 'plain', children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(false);
    };
    const closeByKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      opener.current?.focus();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    document.addEventListener('keydown', closeByKey);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
      document.removeEventListener('keydown', closeByKey);
    };
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <div className="popover" ref={root}>
      <button
        ref={opener}
        type="button"
        className={`button button-${kind} popover-button`}
        aria-expanded={isOpen}
        aria-controls={id}
        {...(label === undefined ? {} : { 'aria-label': label })}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      <div id={id} className="popover-panel" role="dialog" aria-label={title} hidden={!isOpen}>
        {isOpen && children(close)}
      </div>
    </div>
  );
}
