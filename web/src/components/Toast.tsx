/** Words about what was just done, at the edge of the page for a while, and read out. */
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import './toast.css';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
}

const SHOWN_MS = 6_000;

type Say = (text: string, kind?: Toast['kind']) => void;
const Saying = createContext<Say>(() => undefined);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const say = useCallback<Say>((text, kind = 'done') => {
    const toast = { id: performance.now(), text, kind };
    setToasts((shown) => [...shown, toast]);
    setTimeout(() => setToasts((shown) => shown.filter(({ id }) => id !== toast.id)), SHOWN_MS);
  }, []);
  return (
    <Saying.Provider value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, kind }) => (
          <p key={id} className={`toast toast-${kind}`}>
            {text}
          </p>
        ))}
      </div>
    </Saying.Provider>
  );
}

/** `const say = useToast(); say('The key was revoked.')`. */
export const useToast = (): Say => useContext(Saying);
