/**
 * For modules that are loaded before the service: puts itself around statements in the drivers, so that a fault can be
 * injected, or a wrong variant made, without a hook in Farelog's own code. Loaded in every thread.
 */
import Database from 'better-sqlite3';
import mysql from 'mysql2';

/** `around(run)` runs in the place of each COMMIT of the SQLite writer, and may call `run`. */
export function aroundSqliteCommits(around) {
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    return sql === 'COMMIT' ? { run: () => around(() => statement.run()) } : statement;
  };
}

/** `around(sql, send, done)` runs in the place of each statement that a writer sends to MySQL. */
export function aroundMysqlStatements(around) {
  const { query } = mysql.Connection.prototype;
  mysql.Connection.prototype.query = function (options, ...rest) {
    const done = rest.at(-1);
    // Knex passes a Query or text with values; the writers pass one object and a function.
    if (typeof options?.sql !== 'string' || rest.length !== 1 || typeof done !== 'function')
      return query.call(this, options, ...rest);
    return around(options.sql, (then) => query.call(this, { ...options }, then), done);
  };
}

/** `before(sql)` is called before each statement of Knex on either database: on SQLite it prepares them right then. */
export function beforeStatements(before) {
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (sql) {
    before(sql);
    return prepare.call(this, sql);
  };
  const { query } = mysql.Connection.prototype;
  mysql.Connection.prototype.query = function (options, ...rest) {
    before(typeof options === 'string' ? options : options.sql);
    return query.call(this, options, ...rest);
  };
}
