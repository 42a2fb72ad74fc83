/** By what a caller is let in, as the OpenAPI document tells of it. */
import type { SignatureScheme } from '../bytemark/signature.js';
import { ROLES } from './api-keys.js';
import type { Access } from './route.js';
import { REQUEST_HEADER } from './same-origin.js';
import { SESSION_COOKIE } from './sessions.js';

/** Any one of these will do; each names schemes that are needed together. */
export type Security = readonly Readonly<Record<string, readonly string[]>>[];
export type SecuritySchemes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function securityOf(access: Access, scheme: SignatureScheme): Security {
  if (access === 'public') return [];
  if (access === 'session') return [{ session: [] }];
  if (access !== 'signature') return [{ apiKey: [access] }, { session: [access] }];
  return [Object.fromEntries(Object.keys(signatureSchemes(scheme)).map((name) => [name, []]))];
}

export function securitySchemes(scheme: SignatureScheme): SecuritySchemes {
  return {
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: `An API key. Its role is one of ${ROLES.join(', ')}; an operation lists the one that it asks for.`,
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: SESSION_COOKIE,
      description:
        `The cookie of a session, over TLS named __Host-${SESSION_COOKIE}; it may what its key may. A request that changes ` +
        `something needs the header ${REQUEST_HEADER}: 1 and must come from this origin.`,
    },
    ...signatureSchemes(scheme),
  };
}

/** The headers of a signed delivery, all of which are needed. */
function signatureSchemes(scheme: SignatureScheme): SecuritySchemes {
  const inHeader = (name: string, description: string) => ({
    type: 'apiKey',
    in: 'header',
    name,
    description,
  });
  if (scheme.kind === 'standard') {
    return {
      webhookId: inHeader('webhook-id', 'Standard Webhooks 1.0: the id of the message.'),
      webhookTimestamp: inHeader(
        'webhook-timestamp',
        'Seconds since 1970, at most 300 away from the clock here.',
      ),
      webhookSignature: inHeader(
        'webhook-signature',
        'v1, and base64 of HMAC-SHA256 over id.timestamp.body by a live secret.',
      ),
    };
  }
  const signed = scheme.timestampHeader === null ? 'the body' : 'timestamp.body';
  return {
    webhookSignature: inHeader(scheme.signatureHeader, `HMAC-SHA256 over ${signed} as hex or base64.`),
    ...(scheme.timestampHeader === null
      ? {}
      : {
          webhookTimestamp: inHeader(
            scheme.timestampHeader,
            'Seconds since 1970, at most 300 away from the clock.',
          ),
        }),
  };
}
