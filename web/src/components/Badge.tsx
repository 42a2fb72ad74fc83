import './badge.css';

export type BadgeKind = 'plain' | 'good' | 'warn' | 'bad';

/** How something stands, in a word; its colour only repeats the word. */
export function Badge({ kind = 'plain', children }: { kind?: BadgeKind; children: string }) {
  return <span className={`badge badge-${kind}`}>{children}</span>;
}
