/** A wrong variant: a COMMIT whose answer was lost is taken for one that succeeded. */
import { SqliteStore } from '../../../dist/store/sqlite.js';
import { aroundMysqlStatements } from '../injections/around-statements.mjs';

aroundMysqlStatements((sql, send, done) =>
  send((error, result) => {
    const trusted = sql === 'COMMIT' && error?.fatal === true;
    done(trusted ? null : error, result);
  }),
);

const { commit } = SqliteStore.prototype;
SqliteStore.prototype.commit = async function (batch) {
  try {
    return await commit.call(this, batch);
  } catch (error) {
    if (error?.code !== 'FARELOG_THREAD_ENDED') throw error;
    return { outcomes: batch.deliveries.map(() => 'recorded'), existing: [], quarantineIds: [] };
  }
};
