/** Every finding, each by altering one fact of a healthy default. */
import { describe, expect, test } from 'vitest';
import type { ContentFacts, DatabaseFacts, DiskFacts, Facts, MysqlFacts } from '../../src/doctor/facts.js';
import { CHECK_NAMES, type Finding, type Level } from '../../src/doctor/finding.js';
import { judge } from '../../src/doctor/judge.js';

const NOW_MS = Date.UTC(2026, 2, 10, 15);
const DAY_MS = 86_400_000;
const GIB = 2 ** 30;

const CONTENTS: ContentFacts = {
  table: { payments: 1_000_000, minor: '250000000' },
  ledger: { payments: 1_000_000, minor: '250000000' },
  changedSettings: [],
  journal: { payments: 12, oldestMs: NOW_MS - 4_000 },
  newestCaptureMs: NOW_MS - 1_000,
  paymentsLastWeek: 70_000,
  lastWebhookHourS: NOW_MS / 1000 - 3_600,
  silence: { alarm: false, reason: '100 payments from 14:00 to 15:00' },
  quarantine: { deliveries: 2, oldestMs: NOW_MS - DAY_MS, firstExpiryMs: NOW_MS + 89 * DAY_MS },
  ridersNamedBy: 'aabbccdd',
  pseudonymKeyId: 'aabbccdd',
  keys: [{ name: 'first', role: 'admin', expiresMs: null, revoked: false }],
  jobs: [
    {
      ...{ name: 'pull', schedule: 'every 15m', scheduleInUse: 'every 15m', failures: 0, lastMessage: null },
      ...{ overdueMs: null, lastDoneMs: NOW_MS - 60_000 },
    },
  ],
};

const [PULL] = CONTENTS.jobs;
function job(changes: object) {
  if (PULL === undefined) throw new Error('the healthy default has no job');
  return contents({ jobs: [{ ...PULL, ...changes }] });
}

const MYSQL: MysqlFacts = {
  dialect: 'mysql',
  global: {
    version: '8.4.3',
    version_comment: 'MySQL Community Server - GPL',
    innodb_flush_log_at_trx_commit: '1',
    innodb_flush_method: 'O_DIRECT',
    innodb_doublewrite: 'ON',
    log_bin: 'ON',
    sync_binlog: '1',
    sql_mode: 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES',
    max_allowed_packet: '67108864',
    read_only: 'OFF',
  },
  session: {
    transaction_isolation: 'READ-COMMITTED',
    time_zone: '+00:00',
    sql_mode: 'STRICT_TRANS_TABLES',
    wait_timeout: '28800',
  },
  clockAheadMs: 3,
  bytes: 400_000_000,
};

const DISK: DiskFacts = {
  folder: '/var/lib/farelog',
  holds: 'database',
  freeBytes: 50 * GIB,
  kind: 0xef53,
  walBytes: 64 * 2 ** 20,
};

const HEALTHY: Facts = {
  nowMs: NOW_MS,
  node: '22.12.0',
  settings: {
    problems: [],
    unknown: [],
    host: '127.0.0.1',
    port: 4300,
    metrics: 'open',
    clockSkewS: 60,
    batchBytes: 2 ** 20,
    acceptWeakDurability: false,
  },
  secrets: [
    {
      setting: 'FARELOG_SEAL_KEY',
      from: 'environment',
      path: null,
      mode: null,
      folderMode: null,
      empty: false,
    },
    {
      setting: 'FARELOG_PSEUDONYM_KEY',
      from: 'made',
      path: '/var/lib/farelog/secrets/pseudonym-key',
      mode: 0o100600,
      folderMode: 0o40700,
      empty: false,
    },
  ],
  disks: [DISK],
  port: 'ready',
  database: {
    state: 'up',
    server: { dialect: 'sqlite', version: '3.53.2', journalMode: 'wal', bytes: 400_000_000 },
    schema: { pending: [], unknown: [] },
    contents: CONTENTS,
  },
};

const settings = (changes: Partial<Facts['settings']>): Partial<Facts> => ({
  settings: { ...HEALTHY.settings, ...changes },
});
const disk = (changes: Partial<DiskFacts>): Partial<Facts> => ({ disks: [{ ...DISK, ...changes }] });
const database = (changes: Partial<DatabaseFacts & { state: 'up' }>): Partial<Facts> => {
  if (HEALTHY.database.state !== 'up') throw new Error('the healthy database is up');
  return { database: { ...HEALTHY.database, ...changes } };
};
const contents = (changes: Partial<ContentFacts>): Partial<Facts> =>
  database({ contents: { ...CONTENTS, ...changes } });
const secret = (changes: Partial<Facts['secrets'][number]>): Partial<Facts> => ({
  secrets: HEALTHY.secrets.map((one) => (one.from === 'made' ? { ...one, ...changes } : one)),
});
const mysql = (changes: Partial<MysqlFacts>): Partial<Facts> =>
  database({ server: { ...MYSQL, ...changes } });
const global = (changes: Record<string, string>): Partial<Facts> =>
  mysql({ global: { ...MYSQL.global, ...changes } });
const session = (changes: Record<string, string>): Partial<Facts> =>
  mysql({ session: { ...MYSQL.session, ...changes } });
const key = (changes: Partial<ContentFacts['keys'][number]>): Partial<Facts> =>
  contents({
    keys: [...CONTENTS.keys, { name: 'till', role: 'ingest', expiresMs: null, revoked: false, ...changes }],
  });

const troubles = (facts: Facts): Finding[] => judge(facts).filter(({ level }) => level !== 'ok');

type Case = readonly [name: string, changes: Partial<Facts>, level: Level, check: string, told: RegExp];

const CASES: readonly Case[] = [
  [
    'a setting that is refused',
    settings({ problems: ['FARELOG_PORT must be a whole number.'] }),
    'problem',
    'settings',
    /FARELOG_PORT/,
  ],
  [
    'a setting that is none',
    settings({ unknown: ['FARELOG_PROT'] }),
    'warning',
    'setting names',
    /FARELOG_PROT/,
  ],
  ['metrics open to a network', settings({ host: '0.0.0.0' }), 'warning', 'exposure', /0\.0\.0\.0/],
  ['an empty secret', secret({ empty: true }), 'problem', 'secret files', /pseudonym-key is empty/],
  [
    'a lost secret',
    secret({ from: 'nowhere', mode: null, folderMode: null }),
    'problem',
    'secret files',
    /FARELOG_PSEUDONYM_KEY/,
  ],
  ['a secret that the group reads', secret({ mode: 0o100640 }), 'problem', 'secret modes', /0640/],
  [
    'a given secret that all read',
    secret({ from: 'file', mode: 0o100444, folderMode: null }),
    'warning',
    'secret modes',
    /0444/,
  ],
  [
    'a folder of secrets that others write',
    secret({ folderMode: 0o40777 }),
    'problem',
    'secret modes',
    /folder .* 0777/,
  ],
  [
    'a capture from the future',
    contents({ newestCaptureMs: NOW_MS + 90_000 }),
    'problem',
    'clock',
    /90 s in the future/,
  ],
  ['a server ahead', mysql({ clockAheadMs: 5_000 }), 'warning', 'clock', /5 s ahead/],
  [
    'a server behind by more than payments may be',
    mysql({ clockAheadMs: -61_000 }),
    'problem',
    'clock',
    /61 s behind/,
  ],
  ['NFS', disk({ kind: 0x6969 }), 'problem', 'file system', /NFS/],
  ['CIFS, as a signed number', disk({ kind: -11317950 }), 'problem', 'file system', /CIFS/],
  ['memory', disk({ kind: 0x01021994 }), 'problem', 'file system', /tmpfs/],
  ['a container’s layer', disk({ kind: 0x794c7630 }), 'warning', 'file system', /overlay/],
  [
    'secrets in memory',
    disk({ kind: 0x01021994, holds: 'secrets', walBytes: null }),
    'problem',
    'file system',
    /holds the secrets/,
  ],
  [
    'a log that is not one',
    database({ server: { dialect: 'sqlite', version: '3.53.2', journalMode: 'delete', bytes: 1 } }),
    'problem',
    'write-ahead log',
    /delete/,
  ],
  [
    'commits that wait a second',
    global({ innodb_flush_log_at_trx_commit: '2' }),
    'problem',
    'flush at commit',
    /is 2\. The service refuses/,
  ],
  [
    'commits that are never flushed',
    global({ innodb_flush_method: 'nosync' }),
    'problem',
    'flush at commit',
    /nosync/,
  ],
  ['a binary log that is not flushed', global({ sync_binlog: '0' }), 'warning', 'binary log', /is 0/],
  ['torn pages', global({ innodb_doublewrite: 'OFF' }), 'warning', 'doublewrite', /OFF/],
  [
    'torn pages that are only noticed',
    global({ innodb_doublewrite: 'DETECT_ONLY' }),
    'warning',
    'doublewrite',
    /DETECT_ONLY/,
  ],
  ['Galera', global({ wsrep_on: 'ON' }), 'warning', 'topology', /Galera/],
  ['a replica', global({ read_only: 'ON' }), 'problem', 'read only', /read only/],
  ['a lax server', global({ sql_mode: '' }), 'warning', 'sql mode', /not strict/],
  [
    'a pooler that drops the isolation',
    session({ transaction_isolation: 'REPEATABLE-READ' }),
    'problem',
    'session',
    /REPEATABLE-READ/,
  ],
  ['a pooler that drops the zone', session({ time_zone: 'SYSTEM' }), 'problem', 'session', /SYSTEM/],
  ['a pooler that drops strictness', session({ sql_mode: '' }), 'problem', 'session', /not strict/],
  ['a server that cuts idle connections', session({ wait_timeout: '59' }), 'warning', 'wait timeout', /59/],
  [
    'packets smaller than a batch',
    global({ max_allowed_packet: '1048576' }),
    'problem',
    'packet size',
    /1 MiB/,
  ],
  [
    'packets that may be too small',
    global({ max_allowed_packet: '4194304' }),
    'warning',
    'packet size',
    /4 MiB/,
  ],
  ['a disk that is full', disk({ freeBytes: 100 * 2 ** 20 }), 'problem', 'free disk', /100 MiB free/],
  ['a disk that is nearly full', disk({ freeBytes: 0.9 * GIB }), 'warning', 'free disk', /921.6 MiB free/],
  // 400 bytes a payment, 10 million a day: 4 GB.
  [
    'a disk that lasts days',
    contents({ paymentsLastWeek: 700_000_0 * 10 }),
    'warning',
    'free disk',
    /13 days/,
  ],
  ['a log that grew', disk({ walBytes: 2 * GIB }), 'warning', 'log size', /2 GiB/],
  ['a Node that embedded databases may end', { node: '24.19.0' }, 'warning', 'node', /better-sqlite3/],
  ['an old Node', { node: '20.18.3' }, 'problem', 'node', /20\.18\.3/],
  ['an old MySQL', global({ version: '5.6.51' }), 'problem', 'server', /MySQL 5\.6\.51/],
  ['an old MariaDB', global({ version: '10.5.2-MariaDB' }), 'problem', 'server', /MariaDB 10\.5/],
  [
    'a database of a newer Farelog',
    database({ schema: { pending: [], unknown: ['2027_next'] } }),
    'problem',
    'schema',
    /2027_next/,
  ],
  [
    'migrations to come',
    database({ schema: { pending: ['2026_sessions'], unknown: [] }, contents: null }),
    'warning',
    'schema',
    /2026_sessions/,
  ],
  [
    'tables that cannot be read',
    database({ contents: { error: 'database is locked' } }),
    'problem',
    'database',
    /locked/,
  ],
  [
    'a payment past the ledger',
    contents({ table: { payments: 1_000_001, minor: '250000250' } }),
    'problem',
    'ledger',
    /1,000,001/,
  ],
  [
    'a cent that is missing',
    contents({ ledger: { payments: 1_000_000, minor: '249999999' } }),
    'problem',
    'ledger',
    /249999999/,
  ],
  [
    'another zone',
    contents({ changedSettings: [['FARELOG_REPORT_TIMEZONE', 'UTC', 'Asia/Tokyo']] }),
    'problem',
    'reporting settings',
    /was UTC and is Asia\/Tokyo/,
  ],
  [
    'a journal that nobody posts',
    contents({ journal: { payments: 5, oldestMs: NOW_MS - 3_600_000 } }),
    'warning',
    'journal',
    /60 minutes/,
  ],
  [
    'a long journal',
    contents({ journal: { payments: 20_001, oldestMs: NOW_MS } }),
    'warning',
    'journal',
    /20,001/,
  ],
  [
    'a job that failed',
    job({ failures: 1, lastMessage: 'the provider gave no answer' }),
    'warning',
    'schedule',
    /pull has failed 1 time in a row: the provider gave no answer/,
  ],
  ['a job that fails again and again', job({ failures: 3 }), 'problem', 'schedule', /3 times/],
  [
    'a job that nobody runs',
    job({ overdueMs: NOW_MS - 2 * 3_600_000 }),
    'problem',
    'schedule',
    /due for 2 hours|due for 120 minutes/,
  ],
  [
    'instances that are scheduled differently',
    job({ scheduleInUse: 'every 1h' }),
    'warning',
    'schedule',
    /every 15m.*every 1h/,
  ],
  [
    'silence',
    contents({ silence: { alarm: true, reason: '3 payments, usually 90' } }),
    'warning',
    'webhooks',
    /usually 90/,
  ],
  [
    'no webhook for two days',
    contents({ lastWebhookHourS: (NOW_MS - 2 * DAY_MS) / 1000 - 3_600 }),
    'warning',
    'webhooks',
    /2 days/,
  ],
  [
    'an old quarantine',
    contents({
      quarantine: { deliveries: 1, oldestMs: NOW_MS - 8 * DAY_MS, firstExpiryMs: NOW_MS + 82 * DAY_MS },
    }),
    'warning',
    'quarantine',
    /1 delivery waiting.*8 days/,
  ],
  [
    'a quarantine about to expire',
    contents({ quarantine: { deliveries: 3, oldestMs: NOW_MS, firstExpiryMs: NOW_MS + 6 * DAY_MS } }),
    'problem',
    'quarantine',
    /expires in 6 days/,
  ],
  ['another pseudonym key', contents({ pseudonymKeyId: '11223344' }), 'problem', 'pseudonym key', /11223344/],
  ['no pseudonym key', contents({ pseudonymKeyId: null }), 'problem', 'pseudonym key', /none is at hand/],
  [
    'an admin key that was revoked',
    contents({ keys: [{ name: 'first', role: 'admin', expiresMs: null, revoked: true }] }),
    'problem',
    'admin key',
    /No admin key/,
  ],
  [
    'a key that has expired',
    key({ expiresMs: NOW_MS - DAY_MS }),
    'warning',
    'key expiry',
    /"till" expired 24 hours ago/,
  ],
  [
    'a key that is about to',
    key({ expiresMs: NOW_MS + 3 * DAY_MS }),
    'warning',
    'key expiry',
    /"till" expires in 3 days/,
  ],
  ['a port that is taken', { port: 'taken' }, 'problem', 'port', /Another program/],
  ['a service that is not ready', { port: 'not ready' }, 'problem', 'port', /not ready/],
  ['a host that is not here', { port: { error: 'EADDRNOTAVAIL' } }, 'problem', 'port', /EADDRNOTAVAIL/],
];

describe('of a healthy service', () => {
  test.each([
    ['on SQLite', {}],
    ['on MySQL', mysql({})],
    ['on MariaDB', global({ version: '10.11.6-MariaDB', log_bin: 'OFF', sync_binlog: '0' })],
    ['that is stopped', { port: 'free' as const }],
    ['that was never started', { database: { state: 'absent' as const, path: '/x.db' } }],
    ['whose key expired and was revoked', key({ expiresMs: NOW_MS - DAY_MS, revoked: true })],
    ['in a network, its metrics closed', settings({ host: '0.0.0.0', metrics: 'admin' })],
    ['whose secrets lie on NFS', disk({ kind: 0x6969, holds: 'secrets', walBytes: null })],
    [
      'without a secret, before any payment',
      { ...secret({ from: 'nowhere', mode: null, folderMode: null }), ...contents({ ridersNamedBy: null }) },
    ],
  ])('%s nothing is told', (_name, changes: Partial<Facts>) => {
    expect(troubles({ ...HEALTHY, ...changes })).toEqual([]);
  });
});

describe('one fact that is wrong gives its one finding:', () => {
  test.each(CASES)('%s', (_name, changes, level, check, told) => {
    const found = troubles({ ...HEALTHY, ...changes });
    expect(found.map((finding) => [finding.level, finding.check])).toEqual([[level, check]]);
    expect(found[0]?.what).toMatch(told);
    expect(found[0]?.mend).toMatch(/./);
    expect(found[0]?.why).toMatch(/\.$/);
  });

  test('a database that is down, and nothing else is guessed of it', () => {
    const findings = judge({ ...HEALTHY, database: { state: 'down', error: 'ECONNREFUSED' } });
    expect(findings.filter(({ level }) => level !== 'ok').map(({ check }) => check)).toEqual(['database']);
    expect(findings.map(({ area }) => area)).not.toContain('figures');
  });

  test('and every check has such a case', () => {
    const checked = new Set(CASES.map(([, , , check]) => check));
    expect(CHECK_NAMES.filter((name) => !checked.has(name))).toEqual([]);
  });
});
