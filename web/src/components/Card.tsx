import { type ReactNode, useId } from 'react';
import './card.css';

interface Props {
  readonly title: string;
  /** What it shows, in a line. */
  readonly about?: ReactNode;
  /** Beside the title. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, a region by its title. */
export function Card({ title, about, tools, children }: Props) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-head">
        <div>
          <h2 id={id}>{title}</h2>
          {about !== undefined && <p className="quiet small">{about}</p>}
        </div>
        {tools !== undefined && <div className="card-tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}
