import { type ReactNode, useId } from 'react';
import './card.css';

interface Props {
  readonly title: string;
  /** What it shows, in a line. */
  readonly about?: ReactNode;
  /** Beside the title; below it where there is no room. */
  readonly tools?: ReactNode;
  /** One button in the corner. */
  readonly corner?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, a region by its title. */
export function Card({ title, about, tools, corner, children }: Props) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-head">
        <div className="card-title">
          <h2 id={id}>{title}</h2>
          {about !== undefined && <p className="quiet small">{about}</p>}
        </div>
        {tools !== undefined && <div className="card-tools">{tools}</div>}
        {corner !== undefined && <div className="card-corner">{corner}</div>}
      </header>
      {children}
    </section>
  );
}
