/** Records of the provider that cannot be payments: which of them belong to the span, and what is told of each. */
import type { Payment } from '../domain/payment.js';
import type { Comparison, Pairing } from '../domain/reconciliation.js';
import type { AdjustedById } from '../domain/reconciliation-prices.js';
import type { Span } from '../domain/time.js';
import type { Exception } from './reconcile-exceptions.js';
import { idOf, type ReadRecord, type RecordReader } from './reconcile-reading.js';
import type { ReconciliationSource } from './reconcile-records.js';
import { digestOf, type SealKey } from './seal.js';

interface UnreadableParts {
  readonly source: ReconciliationSource;
  readonly reader: RecordReader;
  readonly comparison: Comparison;
  readonly span: Span;
  readonly sealKey: SealKey;
}

/** What is here of the ids that a piece names, and what the piece is of. */
export interface Piece {
  readonly here: readonly Payment[];
  readonly adjusted: AdjustedById;
  readonly window: Span | undefined;
}

interface Unreadable {
  readonly pairing: Pairing;
  readonly exception: Exception;
}

export function unreadableOf(
  unreadable: readonly ReadRecord[],
  { here, adjusted, window }: Piece,
  { source, reader, comparison, span, sealKey }: UnreadableParts,
): Unreadable[] {
  const ours = new Map(here.map((payment) => [payment.payment_id, payment]));
  return unreadable.flatMap((read) => {
    const { record, prepared } = read;
    const [id] = idOf(read);
    const payment = id === undefined ? undefined : ours.get(id);
    const at = payment?.logged_s ?? reader.secondOf(record) ?? window?.from ?? null;
    if (!counts(at, span, payment === undefined ? window : undefined)) return [];
    const pairing: Pairing =
      id === undefined
        ? { category: 'unreadable_there', here: null, there: null, fields: [] }
        : comparison.unreadable(id, payment, adjusted);
    const problems = prepared.ok ? [] : prepared.problems;
    const details = { fields: [], payment: null, why: problems.map(({ message }) => message).join('; ') };
    const digest = id === undefined ? digestOf(source, Buffer.from(record.text()), sealKey) : undefined;
    const named = digest === undefined ? {} : { digest };
    const exception = {
      kind: 'unreadable_there',
      payment_id: id ?? null,
      at_s: at,
      details,
      ...named,
    } as const;
    return [{ pairing, exception }];
  });
}

/** Whether a record that cannot be read belongs to the span, as far as that can be told. */
function counts(at: number | null, { from, to }: Span, window: Span | undefined): boolean {
  if (window !== undefined && at === window.from) return window.from < to && window.to > from;
  return at === null || (at >= from && at < to);
}
