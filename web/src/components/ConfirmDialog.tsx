/** Asks before something is done that cannot be undone, and stays open where it could not be done, saying why. */
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { Problem } from './Problem.tsx';

interface Props {
  readonly title: string;
  readonly isOpen: boolean;
  /** What the button that does it says: what it does, not "OK". */
  readonly does: string;
  readonly isDangerous?: boolean;
  /** What is being done, as TanStack's mutations tell it. */
  readonly doing: { readonly isPending: boolean; readonly error: unknown };
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What will happen. */
  readonly children: ReactNode;
}

export function ConfirmDialog(props: Props) {
  const { title, isOpen, does, isDangerous = false, doing, onConfirm, onClose, children } = props;
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind={isDangerous ? 'danger' : 'primary'} onClick={onConfirm} disabled={doing.isPending}>
        {doing.isPending ? 'A moment …' : does}
      </Button>
    </>
  );
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} actions={actions}>
      {children}
      {doing.error !== null && <Problem error={doing.error} />}
    </Dialog>
  );
}
