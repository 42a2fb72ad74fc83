/**
 * Riders of a study: pseudonyms of the stored pseudonyms, under a key of the study's own. Nobody who has two studies and
 * not the key can tell that two of their riders are one.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/** Hex digits of the HMAC that are kept: 128 bits, as of the stored pseudonyms. */
const HEX_DIGITS = 32;

/** @param secret of the pseudonyms; the study's key is derived from it and never equal to it */
export function studyKey(secret: string, study: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `farelog riders of the study\0${study}`, 32));
}

/** `r` and 32 hex digits, so that no program takes it for a number. */
export function studyPseudonymOf(userId: string, key: Buffer): string {
  return `r${createHmac('sha256', key).update(userId, 'utf8').digest('hex').slice(0, HEX_DIGITS)}`;
}
