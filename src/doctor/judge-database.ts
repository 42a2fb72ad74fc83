/** Judges the database: whether it answers, what its commits are worth, its version and its schema. */
import type { DatabaseFacts, Facts, MysqlFacts, SchemaFacts, SettingFacts, SqliteFacts } from './facts.js';
import { type Finding, ok, problem, warning } from './finding.js';
import { judgeContents } from './judge-contents.js';
import { inGib, plural } from './words.js';

export function judgeDatabase(facts: Facts): Finding[] {
  const { database, settings } = facts;
  if (database.state === 'absent') {
    return [ok('database', `There is none at ${database.path} yet; \`farelog start\` makes it.`)];
  }
  if (database.state === 'down') {
    const what = `The database does not answer: ${database.error}. Nothing in it could be checked.`;
    const mend = 'Start it, or correct FARELOG_DATABASE_URL (address, user, password, ssl-mode).';
    return [problem('database', what, mend)];
  }
  const { server, schema } = database;
  return [
    ok('database', 'It answers.'),
    ...(server.dialect === 'sqlite' ? sqlite(server) : mysql(server, settings)),
    schemaFits(schema),
    ...contents(database, facts),
  ];
}

function contents({ contents }: DatabaseFacts & { state: 'up' }, facts: Facts): Finding[] {
  if (contents === null) return [];
  if ('error' in contents) {
    const mend = 'Where it is busy, run the doctor again; else see the other findings, and docs/backup.md.';
    return [problem('database', `Its tables could not be read: ${contents.error}.`, mend)];
  }
  return judgeContents(contents, facts.nowMs);
}

function sqlite({ version, journalMode }: SqliteFacts): Finding[] {
  const told = ok('server', `SQLite ${version}.`);
  if (journalMode === 'wal') {
    return [told, ok('write-ahead log', 'It is on, and Farelog commits with synchronous=FULL.')];
  }
  const what = `The journal's mode is ${journalMode}. Farelog sets it to wal when it opens the file, so it could not.`;
  return [
    told,
    problem('write-ahead log', what, 'Stop what else has the file open, and start Farelog again.'),
  ];
}

function mysql(server: MysqlFacts, settings: SettingFacts): Finding[] {
  return [
    serverVersion(server),
    flushAtCommit(server, settings),
    ...binaryLog(server),
    ...doublewrite(server),
    ...topology(server),
    readOnly(server),
    sqlMode(server),
    session(server),
    waitTimeout(server),
    packetSize(server, settings),
  ];
}

const isOn = (value: string | undefined): boolean => /^(on|1)$/i.test(value ?? '');

function serverVersion({ global }: MysqlFacts): Finding {
  const version = global.version ?? 'unknown';
  const mariadb = /mariadb/i.test(`${version} ${global.version_comment ?? ''}`);
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [leastMajor, leastMinor] = mariadb ? [10, 6] : [5, 7];
  const name = `${mariadb ? 'MariaDB' : 'MySQL'} ${version}`;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok('server', `${name}.`);
  const what = `${name} is older than ${leastMajor}.${leastMinor}.`;
  return problem('server', what, 'Upgrade the server: MySQL 5.7 or MariaDB 10.6 at least.');
}

function flushAtCommit({ global }: MysqlFacts, { acceptWeakDurability }: SettingFacts): Finding {
  const flush = global.innodb_flush_log_at_trx_commit;
  const mend = 'SET GLOBAL innodb_flush_log_at_trx_commit = 1, and the same in the server’s configuration.';
  if (flush !== '1') {
    const accepted = acceptWeakDurability
      ? ' FARELOG_WEAK_DURABILITY accepts it.'
      : ' The service refuses to start.';
    return problem('flush at commit', `innodb_flush_log_at_trx_commit is ${flush}.${accepted}`, mend);
  }
  if (/nosync/i.test(global.innodb_flush_method ?? '')) {
    const what = `innodb_flush_method is ${global.innodb_flush_method}: nothing is ever flushed.`;
    return problem(
      'flush at commit',
      what,
      'Take innodb_flush_method out of the server’s configuration, and restart it.',
    );
  }
  return ok('flush at commit', 'Each commit is flushed to the disk.');
}

function binaryLog({ global }: MysqlFacts): Finding[] {
  if (!isOn(global.log_bin)) return [];
  if (global.sync_binlog === '1') return [ok('binary log', 'It is flushed with each commit.')];
  const what = `The binary log is on and sync_binlog is ${global.sync_binlog}.`;
  return [
    warning('binary log', what, 'SET GLOBAL sync_binlog = 1, and the same in the server’s configuration.'),
  ];
}

function doublewrite({ global }: MysqlFacts): Finding[] {
  const value = global.innodb_doublewrite;
  if (value === undefined) return [];
  // MySQL 8 also knows DETECT_AND_RECOVER, which is ON, and DETECT_ONLY, which repairs nothing; 10.11 of MariaDB: fast.
  if (!/^(off|0|detect_only)$/i.test(value)) return [ok('doublewrite', 'It is on.')];
  const mend =
    'Set innodb_doublewrite=ON and restart the server, unless its disk writes whole pages atomically.';
  return [warning('doublewrite', `innodb_doublewrite is ${value}.`, mend)];
}

function topology({ global }: MysqlFacts): Finding[] {
  if (!isOn(global.wsrep_on)) return [];
  const mend = 'Let every instance of Farelog write to one and the same node of the cluster.';
  return [warning('topology', 'The server is a node of a Galera cluster.', mend)];
}

function readOnly({ global }: MysqlFacts): Finding {
  if (!isOn(global.read_only)) return ok('read only', 'The server takes writes.');
  const mend = 'Point FARELOG_DATABASE_URL at the primary, or SET GLOBAL read_only = OFF where this is it.';
  return problem('read only', 'The server is read only: a replica, or one that was being failed over.', mend);
}

function sqlMode({ global }: MysqlFacts): Finding {
  const strict = /STRICT_(TRANS|ALL)_TABLES/i;
  if (strict.test(global.sql_mode ?? '')) return ok('sql mode', 'Strict, for other programs too.');
  const what =
    'The server is not strict. Farelog’s own sessions are; other programs that write the table are not.';
  return warning('sql mode', what, "Add STRICT_TRANS_TABLES to the server's sql_mode.");
}

/** What Farelog asks of each connection; a pooler in between may not pass it on. */
function session({ session }: MysqlFacts): Finding {
  const isolation = session.transaction_isolation ?? session.tx_isolation;
  const wrong = [
    isolation === 'READ-COMMITTED' ? null : `its isolation is ${isolation}`,
    session.time_zone === '+00:00' ? null : `its zone is ${session.time_zone}`,
    /STRICT_TRANS_TABLES/.test(session.sql_mode ?? '') ? null : 'it is not strict',
  ].filter((text) => text !== null);
  if (wrong.length === 0) return ok('session', 'READ COMMITTED, UTC, strict: as Farelog sets them.');
  const mend = 'Let Farelog reach the server itself, or a proxy that keeps a session’s settings.';
  return problem('session', `A session is not as Farelog set it: ${wrong.join(', ')}.`, mend);
}

/** Farelog lets go of a connection after 30 s of rest. */
const LEAST_WAIT_S = 60;

function waitTimeout({ session }: MysqlFacts): Finding {
  const seconds = Number(session.wait_timeout);
  if (seconds >= LEAST_WAIT_S) return ok('wait timeout', `The server waits ${plural(seconds, 'second')}.`);
  const what = `wait_timeout is ${plural(seconds, 'second')}.`;
  return warning('wait timeout', what, `SET GLOBAL wait_timeout = 600; at least ${LEAST_WAIT_S}.`);
}

/** A block of the ledger, or a batch with quarantined bodies, is a statement. */
const COMFORTABLE_PACKET_BYTES = 16 * 2 ** 20;

function packetSize({ global }: MysqlFacts, { batchBytes }: SettingFacts): Finding {
  const bytes = Number(global.max_allowed_packet);
  const what = `max_allowed_packet is ${inGib(bytes)}`;
  const mend = 'SET GLOBAL max_allowed_packet = 67108864, and the same in the server’s configuration.';
  if (bytes < 2 * batchBytes)
    return problem('packet size', `${what}; a batch may have ${inGib(batchBytes)}.`, mend);
  if (bytes < COMFORTABLE_PACKET_BYTES) return warning('packet size', `${what}, less than 16 MiB.`, mend);
  return ok('packet size', `${what}.`);
}

function schemaFits({ pending, unknown }: SchemaFacts): Finding {
  if (unknown.length > 0) {
    const what = `The database is newer than this Farelog, which does not know ${unknown.join(', ')}.`;
    return problem('schema', what, 'Run the version that migrated it, or a newer one.');
  }
  if (pending.length === 0) return ok('schema', 'All migrations are applied.');
  const what = `${plural(pending.length, 'migration')} pending: ${pending.join(', ')}. What the tables hold was not checked.`;
  return warning('schema', what, 'Back up, then `farelog migrate up`; the next start does it too.');
}
