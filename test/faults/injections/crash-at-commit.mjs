/**
 * Kills the service at its COMMIT number FAULT_AT: right `before` it, when it was `sent` and not answered (MySQL), or
 * right `after` it was answered, before the service knows.
 */
import { aroundMysqlStatements, aroundSqliteCommits } from './around-statements.mjs';

const { FAULT_MOMENT: moment, FAULT_AT: at } = process.env;
let commits = 0;

function crash() {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment; nothing may happen in it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

aroundSqliteCommits((run) => {
  const now = ++commits === Number(at);
  if (now && moment === 'before') crash();
  const result = run();
  if (now) crash();
  return result;
});

aroundMysqlStatements((sql, send, done) => {
  const now = sql === 'COMMIT' && ++commits === Number(at);
  if (now && moment === 'before') crash();
  const sent = send((...answer) => {
    if (now) crash();
    done(...answer);
  });
  // The driver writes to the socket within the same turn; the kernel sends it although the process is gone.
  if (now && moment === 'sent') setImmediate(crash);
  return sent;
});
