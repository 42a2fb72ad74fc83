/** A wrong variant: after a deadlock or a lock timeout the failed statement alone is sent again, not its transaction. */
import { aroundMysqlStatements } from '../injections/around-statements.mjs';

aroundMysqlStatements((_sql, send, done) => {
  const retry = (error, result) => {
    if (error?.errno === 1213 || error?.errno === 1205) send(retry);
    else done(error, result);
  };
  return send(retry);
});
