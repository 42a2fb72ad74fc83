import type { ReactNode } from 'react';
import './notice.css';

/** Nothing is here, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice">
      <p>
        <b>{title}</b>
      </p>
      {children}
    </div>
  );
}
