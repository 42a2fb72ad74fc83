/** Reading the audit: pages of it, and the proof that its chain is whole. */
import { type AuditLink, type AuditRow, BEFORE_THE_FIRST, breakBetween } from '../domain/audit.js';
import { type AuditFilter, auditAfter, listAudit, readAuditHead } from '../store/audit.js';
import type { Store } from '../store/dialect.js';

/** A row as it is shown; the hashes let anyone check the chain by themselves. */
export interface AuditRecord extends Omit<AuditRow, 'filter'> {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly filter: unknown;
}

function toRecord(row: AuditRow): AuditRecord {
  return { ...row, at: new Date(row.at_ms).toISOString(), filter: readFilter(row.filter) };
}

/** A row that was tampered with may hold anything: it is shown as it stands. */
function readFilter(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A page, newest first; `next` is the `beforeSequence` of the page after, or null. */
export async function auditPage(
  store: Store,
  filter: AuditFilter,
  limit: number,
): Promise<{ rows: AuditRecord[]; next: number | null }> {
  const rows = await listAudit(store.knex, filter, limit + 1);
  const page = rows.slice(0, limit);
  return { rows: page.map(toRecord), next: rows.length > limit ? (page.at(-1)?.sequence ?? null) : null };
}

export interface AuditCheck {
  readonly ok: boolean;
  readonly rows: number;
  /** The newest row. Noted elsewhere, it proves later that nothing before it was made anew. */
  readonly head: AuditLink;
  readonly breaks: number;
  readonly first_breaks: readonly string[];
}

const CHUNK_ROWS = 5_000;
/** Breaks that are listed; all are counted. */
const MAX_LISTED = 100;

/**
 * Follows the chain from its first row to its head.
 * @param noted a head that was noted earlier, which must still stand in the chain
 */
export function verifyAudit(store: Store, noted?: AuditLink): Promise<AuditCheck> {
  return store.snapshot(async (trx) => {
    const first_breaks: string[] = [];
    let breaks = 0;
    const note = (broken: string): void => {
      if (breaks++ < MAX_LISTED) first_breaks.push(broken);
    };
    let last: AuditLink = BEFORE_THE_FIRST;
    let rows = 0;
    let notedStands = noted === undefined || noted.sequence === 0;
    for (;;) {
      const chunk = await auditAfter(trx, last.sequence, CHUNK_ROWS);
      if (chunk.length === 0) break;
      for (const row of chunk) {
        const broken = breakBetween(last, row);
        if (broken !== undefined) note(broken);
        if (row.sequence === noted?.sequence && row.hash === noted.hash) notedStands = true;
        last = { sequence: row.sequence, hash: row.hash };
      }
      rows += chunk.length;
    }
    const head = await readAuditHead(trx);
    if (head?.sequence !== last.sequence || head.hash !== last.hash) {
      note(`the newest row is ${last.sequence}, and ${head?.sequence ?? 'an unknown one'} was written last`);
    }
    if (!notedStands) note(`row ${noted?.sequence} is not the one that was noted`);
    return { ok: breaks === 0, rows, head: last, breaks, first_breaks };
  });
}
