/**
 * The audit: who read rider-level data or changed who may, when, and with which filter. Each row holds the SHA-256
 * of the row before it and of its own content, so a row that is changed, added or taken out later breaks the chain.
 */
import { createHash } from 'node:crypto';
import { removeCardNumbers } from './card-number.js';

export const AUDIT_ACTIONS = [
  'riders.read',
  'riders.erase',
  'riders.withdraw',
  'riders.restore',
  'quarantine.read',
  'quarantine.replay',
  'quarantine.discard',
  'reconciliation.start',
  'reconciliation.accept',
  'reconciliation.ignore',
  'reconciliation.correct',
  'adjustments.create',
  'calendar.add',
  'calendar.change',
  'calendar.end',
  'calendar.remove',
  'dataset.build',
  'release.build',
  'keys.create',
  'keys.revoke',
  'session.create',
  'session.end',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What is written down. */
export interface AuditEvent {
  /** Milliseconds since 1970. */
  readonly at_ms: number;
  /** The id of an API key; `command:NAME` for a user of this machine; `service` for Farelog itself. */
  readonly actor: string;
  readonly action: AuditAction;
  /** The route or the command: `GET /api/v1/payments`, `farelog payments`. */
  readonly operation: string;
  /** JSON of what was asked for. */
  readonly filter: string;
}

/** A place in the chain, and what stands there. */
export interface AuditLink {
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number;
  readonly hash: string;
}

/** A row of the chain, as it was read: its action may be one that this version does not know. */
export interface AuditRow extends Omit<AuditEvent, 'action'>, AuditLink {
  readonly action: string;
  readonly previous_hash: string;
}

/** What the first row follows. */
export const BEFORE_THE_FIRST: AuditLink = { sequence: 0, hash: '0'.repeat(64) };

/** The hash of a row: over the hash before it, its place and its content. */
function hashOf(previousHash: string, sequence: number, event: Omit<AuditRow, keyof AuditLink>): string {
  const { at_ms, actor, action, operation, filter } = event;
  const canonical = JSON.stringify([previousHash, sequence, at_ms, actor, action, operation, filter]);
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

/** The row of an event that comes after `previous`. */
export function linkAfter(previous: AuditLink, event: AuditEvent): AuditRow {
  const sequence = previous.sequence + 1;
  const unlinked = { ...event, previous_hash: previous.hash };
  return { ...unlinked, sequence, hash: hashOf(previous.hash, sequence, unlinked) };
}

/** The rows of events, in order, after `previous`. */
export function chainAfter(previous: AuditLink, events: readonly AuditEvent[]): AuditRow[] {
  let last = previous;
  return events.map((event) => {
    const row = linkAfter(last, event);
    last = row;
    return row;
  });
}

/** How a row fails to follow the one before it; undefined where it follows. */
export function breakBetween(previous: AuditLink, row: AuditRow): string | undefined {
  const { sequence } = row;
  if (sequence !== previous.sequence + 1) {
    const [first, last] = [previous.sequence + 1, sequence - 1];
    return first === last ? `row ${first} is missing` : `rows ${first} to ${last} are missing`;
  }
  if (row.hash !== hashOf(row.previous_hash, sequence, row)) return `row ${sequence} was altered`;
  if (row.previous_hash !== previous.hash)
    return `row ${sequence} follows another row than the one before it`;
  return undefined;
}

/** Names a rider in the audit: a keyed digest of the stored id, since nothing can be taken out of the chain again. */
export type NameInAudit = (userId: string) => string;

/**
 * JSON of a filter as it was given, but for what must never be stored: riders' ids, API keys, such as one sent in the
 * query by mistake, and card numbers.
 * @param secrets keys of other forms that are known to the caller
 */
export function filterText(filter: object, nameRider: NameInAudit, secrets: readonly string[] = []): string {
  const isRemoved = (text: string): boolean =>
    secrets.includes(text) || text.search(KEY) >= 0 || removeCardNumbers(text) !== text;
  let text = JSON.stringify(filter, (key, value: unknown) =>
    typeof value === 'string' && !isRemoved(value) ? withoutRider(key, value, nameRider) : value,
  ).replace(KEY, '[key removed]');
  for (const secret of secrets) text = text.replaceAll(JSON.stringify(secret).slice(1, -1), '[key removed]');
  return removeCardNumbers(text);
}

const KEY = /farelog_[\w-]{43}/g;
const RIDER_FIELDS = ['user_id', 'user'];
const PSEUDONYM = /\b[0-9a-f]{8}_[0-9a-f]{32}\b/g;
/** A page of riders begins after one of them: `spent|stored id`, in base64url. */
const RIDER_CURSOR = /^-?\d{1,30}\|(.+)$/su;

function withoutRider(field: string, value: string, nameRider: NameInAudit): string {
  if (RIDER_FIELDS.includes(field)) return nameRider(value);
  if (field === 'cursor') {
    const after = RIDER_CURSOR.exec(Buffer.from(value, 'base64url').toString('utf8'))?.[1];
    if (after !== undefined) return `after ${nameRider(after)}`;
  }
  return value.replace(PSEUDONYM, nameRider);
}
