/** Figures of an app in tests: the tables emptied between the runs of a property, and the journal posted in part. */
import type { App } from '../../src/app.js';
import { postSome } from '../../src/ingest/posting.js';
import { nextVersion } from '../../src/store/ledger.js';
import { emptyTables } from './farelog.js';

/** Empties everything while postings in the background are held off, so that none brings back what is gone. */
export function emptyBooks({ store }: Pick<App, 'store'>): Promise<void> {
  return store.write(async (trx) => {
    await nextVersion(trx);
    await emptyTables(trx);
  });
}

/** How far payments have gone into the ledger. Figures must not tell. */
export const POSTINGS = ['none', 'half', 'all', 'rebuilt'] as const;
export type Posting = (typeof POSTINGS)[number];

/** Brings the ledger into that state; `payments` is how many were recorded. */
export async function post(app: App, posting: Posting, payments: number): Promise<void> {
  if (posting === 'half') await postSome(app.reader, Math.ceil(payments / 2));
  if (posting === 'all') await app.post();
  if (posting === 'rebuilt') await app.rebuild();
}
