/** The writer thread of SQLite ends at every fifth of its COMMITs: in turns right before it, and right after. */
import { isMainThread, threadId } from 'node:worker_threads';
import { aroundSqliteCommits } from './around-statements.mjs';

const AT = 5;
let commits = 0;

aroundSqliteCommits((run) => {
  if (isMainThread || ++commits < AT) return run();
  const before = threadId % 2 === 0;
  if (!before) run();
  console.error(`the writer thread ends ${before ? 'before' : 'after'} its COMMIT`);
  return process.exit();
});
