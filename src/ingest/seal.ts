/**
 * Quarantined bytes still hold identities, so they are stored sealed: AES-256-GCM under a key kept outside the
 * database, a fresh 96-bit nonce each (NIST SP 800-38D). Layout: nonce (12) ‖ tag (16) ‖ ciphertext.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../domain/errors.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SealKey {
  readonly encryption: Buffer;
  readonly digest: Buffer;
}

/** The keys derived (HKDF-SHA256) from the one secret that is configured. */
export function sealKey(secret: string): SealKey {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `farelog ${purpose}`, 32));
  return { encryption: derive('quarantine sealing'), digest: derive('quarantine digest') };
}

export function seal(bytes: Uint8Array, key: SealKey): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.encryption, nonce);
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** The bytes of a seal. Throws `settings` where the key is another than the one it was sealed with. */
export function unseal(sealed: Uint8Array, key: SealKey): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.encryption, nonce);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new AppError('settings', 'FARELOG_SEAL_KEY is not the key this delivery was sealed with.', {
      cause: error,
    });
  }
}

/** Names the same bytes from the same source the same, and tells nothing of them to one without the key. */
export function digestOf(source: string, bytes: Uint8Array, key: SealKey): string {
  return createHmac('sha256', key.digest).update(source).update('\0').update(bytes).digest('hex');
}
