/** A wrong variant: `synchronous = NORMAL`, under which a COMMIT does not wait for the disk. */
import Database from 'better-sqlite3';

const { pragma } = Database.prototype;
Database.prototype.pragma = function (source, ...rest) {
  return pragma.call(this, source.replace(/^synchronous = FULL$/, 'synchronous = NORMAL'), ...rest);
};
