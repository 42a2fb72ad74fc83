/** What goes to quarantine: the bytes as they came but for card numbers, sealed, and named so that they are kept once. */
import { removeCardNumbers } from '../domain/card-number.js';
import type { Problem } from '../domain/errors.js';
import type { QuarantineReason, Source } from '../domain/outcome.js';
import type { Entry } from './door.js';
import type { NameRider } from './intake.js';
import { NOTHING_KEPT, payloadWithoutRider } from './payload-rider.js';
import { riderOf } from './quarantine-erasure.js';
import { digestOf, type SealKey, seal } from './seal.js';

/** Any JSON escape; captured where it stands for a digit, a space or a dash. */
const ESCAPE = /\\(?:u(00(?:3[0-9]|2[0dD]))|[\s\S])/g;

export interface Quarantining {
  readonly source: Source;
  readonly sealKey: SealKey;
  readonly quarantineDays: number;
  readonly nameRider: NameRider;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type QuarantineEntry = Extract<Entry, { kind: 'quarantine' }>;

/** @param body a notification, so that it can be replayed and its rider be found */
export async function quarantineEntry(
  body: Buffer,
  reason: QuarantineReason,
  problems: readonly Problem[],
  { source, sealKey, quarantineDays, nameRider, now }: Quarantining,
): Promise<QuarantineEntry> {
  const kept = withoutCardNumbers(body);
  const item = {
    digest: digestOf(source, body, sealKey),
    source,
    reason,
    problems,
    sealed: seal(kept, sealKey),
    received_ms: now,
    expires_ms: now + quarantineDays * 86_400_000,
  };
  const rider = await riderOf(kept, nameRider);
  const withoutRider = (): Uint8Array => seal(payloadWithoutRider(kept) ?? NOTHING_KEPT, sealKey);
  return { kind: 'quarantine', item, rider, withoutRider };
}

/** The bytes, but for card numbers; also for those that JSON's escapes hide. */
function withoutCardNumbers(body: Buffer): Buffer {
  // Byte for byte, since the body may not be text: latin1 maps each byte to one character and back.
  const text = body.toString('latin1');
  const plain = text.replace(ESCAPE, (found, code?: string) =>
    code === undefined ? found : String.fromCharCode(Number.parseInt(code, 16)),
  );
  const removed = removeCardNumbers(plain);
  return removed === plain ? body : Buffer.from(removed, 'latin1');
}
