/**
 * Riders are pseudonyms before anything is stored: HMAC-SHA256 of the provider's id under a key kept outside the
 * database. An unkeyed hash of a sequential id would be guessed in seconds.
 */
import { createHash, createHmac } from 'node:crypto';

/** Hex digits of the HMAC that are kept: 128 bits, half of SHA-256, the least RFC 2104 (section 5) advises. */
const PSEUDONYM_HEX_DIGITS = 32;

export interface PseudonymKey {
  /** Names the key without telling it: the first 8 hex digits of a hash of it. */
  readonly id: string;
  readonly secret: Buffer;
}

export function pseudonymKey(secret: string): PseudonymKey {
  const id = createHash('sha256')
    .update('farelog pseudonym key id\0')
    .update(secret)
    .digest('hex')
    .slice(0, 8);
  return { id, secret: Buffer.from(secret, 'utf8') };
}

/** `<key id>_<32 hex digits>`: the same rider always gets the same one under one key. */
export function pseudonymOf(providerUserId: string, key: PseudonymKey): string {
  const mac = createHmac('sha256', key.secret).update(providerUserId, 'utf8').digest('hex');
  return `${key.id}_${mac.slice(0, PSEUDONYM_HEX_DIGITS)}`;
}
