/**
 * What stays of a rider who was erased: payments whose rider is this word, and a tombstone by which the rider is known
 * again. One word for all: a word of each rider's own would still hold that rider's payments together.
 */
import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** In the place of an erased rider's stored id. It is no rider: figures by rider leave it out. */
export const ERASED = 'erased';

/** Keys for naming riders where they must not be told; derived from the secret of the pseudonyms, never equal to it. */
export interface ErasureKeys {
  /** Names the secret without telling it. */
  readonly id: string;
  readonly tombstone: Buffer;
  readonly audit: Buffer;
}

export function erasureKeys(secret: string): ErasureKeys {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `farelog ${purpose}`, 32));
  const id = createHash('sha256')
    .update('farelog tombstone key id\0')
    .update(secret)
    .digest('hex')
    .slice(0, 8);
  return { id, tombstone: derive('tombstones of riders'), audit: derive('riders in the audit') };
}

/** Known again by who has the key and the stored id; without the key it tells nobody who was erased. */
export function tombstoneOf(userId: string, { tombstone }: ErasureKeys): string {
  return createHmac('sha256', tombstone).update(userId, 'utf8').digest('hex');
}

/** A rider's name in the audit, from which nothing can be erased: the same each time, and no tombstone. */
export function auditNameOf(userId: string, { audit }: ErasureKeys): string {
  const digest = createHmac('sha256', audit).update(userId, 'utf8').digest('hex').slice(0, 32);
  // Letters alone, since a row of digits could be taken for a card number.
  return `rider:${digest.replace(/\d/g, (digit) => LETTERS[Number(digit)] ?? '')}`;
}

const LETTERS = 'ghijklmnop';
