/** What an answer says about itself. */
import type { Span } from '../domain/time.js';
import type { Ledger } from './ledger.js';
import { OPEN_END } from './range.js';
import type { About } from './report.js';

export async function aboutOf(ledger: Ledger, span: Span): Promise<About> {
  const { zone } = ledger.calendar;
  const { sequence, receivedMs } = await ledger.watermark();
  return {
    from: zone.toIso(span.from),
    to: span.to === OPEN_END ? null : zone.toIso(span.to),
    zone: zone.name,
    currency: ledger.currency.code,
    as_of: sequence,
    as_of_received_at: receivedMs === null ? null : zone.toIso(Math.floor(receivedMs / 1000)),
  };
}
