/**
 * What every route declares of itself: who may call it, and what it takes and answers.
 *
 *     server.get(URL, { config: { access: 'analyst', doc: { name, tag, summary, … } } }, handler)
 *
 * The published OpenAPI document and the page at /docs are made from these declarations and nothing else. A schema for
 * parameters is the very one that the handler parses with; schemas of answers stand beside the handler that gives them.
 */
import type { z } from 'zod';
import type { AuditAction } from '../domain/audit.js';
import type { Role } from './api-keys.js';

/** Who may call a route: a role by API key or session, whoever has a session, a sender by signature, or anyone. */
export type Access = Role | 'session' | 'signature' | 'public';

/** Families of routes, as the documentation groups them, in its order. */
export const TAGS = {
  Payments: 'Recording payments, each exactly once, and reading them one by one.',
  Adjustments: 'Refunds, voids and corrections of payments, each exactly once.',
  Figures: 'Revenue, riders and processing, exact to the cent. Money is in currency units.',
  Studies: 'Questions of research, answered with their uncertainty.',
  Live: 'Commits as they happen.',
  Quarantine: 'Signed deliveries that could not become payments, kept for an administrator.',
  Reconciliation:
    'The provider’s records held against the payments here, and what was decided of the differences.',
  Calendar: 'What was changed for riders and when: fares, promotions, policies, events.',
  Riders: 'Erasing riders for good, and withdrawing them from research.',
  Access: 'Signing in from a browser, and API keys.',
  Operation: 'For machines that watch, and for people who read.',
} as const;
export type Tag = keyof typeof TAGS;

/** One answer that is not a problem. */
export interface AnswerDoc {
  readonly description: string;
  readonly json?: JsonDoc;
  /** The answer in media types other than JSON. */
  readonly texts?: readonly TextDoc[];
  /** Headers that matter to a caller, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is text of a media type. */
export interface TextDoc {
  readonly type: string;
  readonly example: string;
}

export interface JsonDoc {
  readonly schema: z.ZodType;
  readonly example: unknown;
}

/** A JSON schema with an example that the compiler holds against it. */
export function json<Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>): JsonDoc {
  return { schema, example };
}

export interface RouteDoc {
  /** Unique; the `operationId` by which generated clients name their function. */
  readonly name: string;
  readonly tag: Tag;
  /** A few words, as a heading. */
  readonly summary: string;
  /** What it does and gives: units, time zones, order. Paragraphs; code in backticks. */
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** A body of JSON. Its schema tells a sender what is understood; the domain's own rules decide. */
  readonly body?: JsonDoc & { readonly description: string };
  /** By status. */
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /**
   * Statuses of problems that are this route's own. Those that follow from its declaration need no telling: 401 and
   * 403 of a key, 400 of parameters, 413 and 415 of a body, 503 of everything that needs the database.
   */
  readonly problems?: readonly number[];
}

export interface DeclaredRoute {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly url: string;
  readonly access: Access;
  /** What is written in the audit of every call. */
  readonly audit?: AuditAction | undefined;
  readonly doc: RouteDoc;
}
