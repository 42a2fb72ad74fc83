import type { ReactNode } from 'react';
import './figure.css';
import { Skeleton } from './Skeleton.tsx';

export interface Change {
  /** Relative: 0.1 is 10% more; null where there was nothing to compare with. */
  readonly ratio: number | null;
  /** The ratio as it is read: "+1.2%". */
  readonly text: string;
  /** Whether more is neither better nor worse. */
  readonly isNeutral?: boolean;
}

interface Props {
  readonly label: string;
  /** As it is read; undefined while it is not known yet. */
  readonly value: string | undefined;
  /** Against the period before; undefined while it is not known yet, null where nothing is compared. */
  readonly change?: Change | null | undefined;
  /** Said below: what it was before, and when that was. */
  readonly note?: ReactNode;
}

/** A headline number with its change. Up or down is told by a sign and an arrow, never by colour alone. */
export function Figure({ label, value, change, note }: Props) {
  return (
    <article className="figure" aria-label={label}>
      <p className="figure-label">{label}</p>
      <p className="figure-value figures">{value ?? <Skeleton width="70%" />}</p>
      {change !== null && (
        <p className="figure-change figures">
          {value === undefined || change === undefined ? (
            <Skeleton width="55%" />
          ) : (
            <ChangeText change={change} />
          )}
        </p>
      )}
      {note !== undefined && <p className="figure-note quiet small figures">{note}</p>}
    </article>
  );
}

const ARROWS = { up: '▲', down: '▼', same: '' } as const;

function ChangeText({ change }: { change: Change }) {
  const { ratio, text, isNeutral } = change;
  if (ratio === null) return <span className="quiet">nothing before</span>;
  const way = ratio > 0 ? 'up' : ratio < 0 ? 'down' : 'same';
  return (
    <span className={isNeutral === true ? 'change' : `change change-${way}`}>
      <span aria-hidden="true">{ARROWS[way]}</span> {text}
    </span>
  );
}
