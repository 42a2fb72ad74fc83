import { type ReactNode, useEffect } from 'react';
import './page.css';

interface Props {
  /** Also the title of the window. */
  readonly title: string;
  /** What is looked at, in a line: its range, its zone, as of when. */
  readonly about?: ReactNode;
  /** Beside the title: range, filters, downloads. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its heading, its tools, and its cards. */
export function Page({ title, about, tools, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Farelog`;
  }, [title]);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {about !== undefined && <p className="quiet small page-about">{about}</p>}
        </div>
        {tools !== undefined && <div className="page-tools">{tools}</div>}
      </header>
      {children}
    </div>
  );
}

/** Cards side by side where there is room; `halves` two, `tiles` as many as fit. */
export function Grid({ of, children }: { of: 'tiles' | 'halves'; children: ReactNode }) {
  return <div className={`grid grid-${of}`}>{children}</div>;
}
