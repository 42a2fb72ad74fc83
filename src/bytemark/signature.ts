/**
 * Webhook signatures, over the raw bytes, against several live secrets so that they can be rotated. No public
 * description of Bytemark's own scheme exists, so the scheme is a setting.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks 1.0: seconds a timestamp may lie before or after the clock. */
export const TOLERANCE_S = 300;

export type SignatureScheme =
  | {
      /** Standard Webhooks 1.0: headers `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
      readonly kind: 'standard';
      readonly secrets: readonly Buffer[];
    }
  | {
      /** HMAC-SHA256 of the body, as hex or base64, in one header. */
      readonly kind: 'hmac';
      readonly secrets: readonly Buffer[];
      /** Lower case. */
      readonly signatureHeader: string;
      /** Lower case; where set, `<timestamp>.<body>` is signed and the timestamp has the tolerance above. */
      readonly timestampHeader: string | null;
    };

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Verification = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const VALID: Verification = { ok: true };

function refuse(reason: string): Verification {
  return { ok: false, reason };
}

/**
 * The bytes of a Standard Webhooks secret: base64, with or without the prefix `whsec_`; undefined where it is not
 * base64 of at least one byte.
 */
export function standardSecret(text: string): Buffer | undefined {
  const base64 = text.startsWith('whsec_') ? text.slice('whsec_'.length) : text;
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return Buffer.from(base64, 'base64');
}

/**
 * Whether a delivery is signed with one of the live secrets.
 * @param now milliseconds since 1970
 */
export function verifySignature(
  scheme: SignatureScheme,
  headers: Headers,
  body: Buffer,
  now: number,
): Verification {
  return scheme.kind === 'standard'
    ? verifyStandard(scheme.secrets, headers, body, now)
    : verifyHmac(scheme, headers, body, now);
}

function verifyStandard(
  secrets: readonly Buffer[],
  headers: Headers,
  body: Buffer,
  now: number,
): Verification {
  const id = single(headers, 'webhook-id');
  const timestamp = single(headers, 'webhook-timestamp');
  const signatures = single(headers, 'webhook-signature');
  if (id === undefined) return refuse('the header webhook-id is missing');
  if (timestamp === undefined) return refuse('the header webhook-timestamp is missing');
  if (signatures === undefined) return refuse('the header webhook-signature is missing');
  const timely = checkTimestamp('webhook-timestamp', timestamp, now);
  if (!timely.ok) return timely;
  const given = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => canonicalBase64(signature.slice('v1,'.length)));
  return matchesAny(secrets, `${id}.${timestamp}.`, body, given)
    ? VALID
    : refuse('webhook-signature holds no v1 signature of these bytes by a live secret');
}

function verifyHmac(
  scheme: Extract<SignatureScheme, { kind: 'hmac' }>,
  headers: Headers,
  body: Buffer,
  now: number,
): Verification {
  const header = single(headers, scheme.signatureHeader);
  if (header === undefined) return refuse(`the header ${scheme.signatureHeader} is missing`);
  let prefix = '';
  if (scheme.timestampHeader !== null) {
    const timestamp = single(headers, scheme.timestampHeader);
    if (timestamp === undefined) return refuse(`the header ${scheme.timestampHeader} is missing`);
    const timely = checkTimestamp(scheme.timestampHeader, timestamp, now);
    if (!timely.ok) return timely;
    prefix = `${timestamp}.`;
  }
  const text = header.startsWith('sha256=') ? header.slice('sha256='.length) : header;
  const given = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : canonicalBase64(text);
  return matchesAny(scheme.secrets, prefix, body, [given])
    ? VALID
    : refuse(`${scheme.signatureHeader} is no signature of these bytes by a live secret`);
}

function single(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function checkTimestamp(name: string, text: string, now: number): Verification {
  if (!/^\d{1,12}$/.test(text)) return refuse(`${name} is not a count of seconds since 1970`);
  const distance = Math.floor(now / 1000) - Number(text);
  if (distance > TOLERANCE_S) return refuse(`${name} is more than ${TOLERANCE_S} s in the past`);
  if (distance < -TOLERANCE_S) return refuse(`${name} is more than ${TOLERANCE_S} s in the future`);
  return VALID;
}

/** Node skips what is not base64 and ignores what follows the padding: such text is no signature, so it has no bytes. */
function canonicalBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : Buffer.alloc(0);
}

function matchesAny(
  secrets: readonly Buffer[],
  prefix: string,
  body: Buffer,
  given: readonly Buffer[],
): boolean {
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(prefix, 'utf8').update(body).digest();
    // timingSafeEqual throws on unequal lengths.
    return given.some(
      (signature) => signature.length === expected.length && timingSafeEqual(signature, expected),
    );
  });
}

/** The headers of Standard Webhooks for a body: what a sender does. */
export function signStandard(
  secret: Buffer,
  id: string,
  second: number,
  body: string,
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${second}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(second), 'webhook-signature': `v1,${signature}` };
}

/** The headers of the `hmac` scheme for a body: what a sender does. */
export function signHmac(
  scheme: Extract<SignatureScheme, { kind: 'hmac' }>,
  second: number,
  body: string,
): Record<string, string> {
  const prefix = scheme.timestampHeader === null ? '' : `${second}.`;
  const [secret] = scheme.secrets;
  if (secret === undefined) return {};
  const signature = createHmac('sha256', secret)
    .update(prefix + body, 'utf8')
    .digest('hex');
  const headers: Record<string, string> = { [scheme.signatureHeader]: `sha256=${signature}` };
  if (scheme.timestampHeader !== null) headers[scheme.timestampHeader] = String(second);
  return headers;
}
