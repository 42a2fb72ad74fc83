/**
 * Kills the process at its statement number FAULT_AT of those that write: right `before` it, or when it was `sent` and
 * not answered (MySQL). At its end a process that was not killed tells how many there were.
 */
import { beforeStatements } from './around-statements.mjs';

const WRITES = /^\s*(create|alter|drop|insert|update|delete|replace)\b/i;
const { FAULT_MOMENT: moment = 'before', FAULT_AT: at } = process.env;
let writes = 0;

function crash() {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment; nothing may happen in it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

beforeStatements((sql) => {
  if (!WRITES.test(sql) || ++writes !== Number(at)) return;
  if (moment === 'before') crash();
  // The driver writes to the socket within the same turn.
  setImmediate(crash);
});

process.on('exit', () => console.error(`writes: ${writes}`));
