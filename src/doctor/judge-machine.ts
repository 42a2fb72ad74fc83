/** Judges what belongs to this machine: settings, secrets, disk, clock, Node and the port. */
import type { DiskFacts, Facts, SecretFact } from './facts.js';
import { type Finding, ok, problem, warning } from './finding.js';
import { inGib, plural } from './words.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Bits by which others than the owner may read, write or enter. */
const OTHERS = 0o077;

export function judgeMachine(facts: Facts): Finding[] {
  return [
    ...settings(facts),
    ...secretFiles(facts),
    ...secretModes(facts.secrets),
    clock(facts),
    ...facts.disks.flatMap((disk) => [
      fileSystem(disk),
      ...(disk.holds === 'database' ? [freeDisk(disk, facts)] : []),
      ...logSize(disk),
    ]),
    nodeVersion(facts.node),
    port(facts),
  ];
}

function settings({ settings: { problems, unknown, host, metrics } }: Facts): Finding[] {
  const findings = problems.map((text) => problem('settings', text, 'Correct it and run the doctor again.'));
  if (problems.length === 0) findings.push(ok('settings', 'All settings are understood.'));
  for (const name of unknown) {
    const mend = 'Compare its name with docs/reference.md, or take it away.';
    findings.push(warning('setting names', `${name} is not a setting of Farelog.`, mend));
  }
  const loopback = /^(127\.|::1$|localhost$)/.test(host);
  if (loopback) findings.push(ok('exposure', `Listens on ${host}: this machine alone.`));
  else if (metrics === 'open') {
    const mend = 'Set FARELOG_METRICS=admin, or keep the port from strangers.';
    findings.push(
      warning('exposure', `Listens on ${host}, and /metrics is open to whoever reaches it.`, mend),
    );
  } else findings.push(ok('exposure', `Listens on ${host}, and /metrics is closed to strangers.`));
  return findings;
}

function secretFiles({ secrets, database }: Facts): Finding[] {
  const findings: Finding[] = [];
  for (const { setting, from, path, empty } of secrets) {
    if (empty) {
      const mend = `Restore ${path} from a backup. Delete it only where a new one may be made.`;
      findings.push(problem('secret files', `${path} is empty.`, mend));
    } else if (from === 'nowhere' && database.state === 'up' && hasRiders(database.contents)) {
      const what = `${setting} is not given and ${path} is not there, but the database holds payments.`;
      findings.push(problem('secret files', what, `Restore ${path}, or give the old one as ${setting}.`));
    }
  }
  if (findings.length > 0) return findings;
  const made = secrets.filter(({ from }) => from === 'nowhere').length;
  const told = made > 0 ? `${plural(made, 'secret')} will be made at the first start.` : 'All are there.';
  return [ok('secret files', told)];
}

function hasRiders(contents: unknown): boolean {
  return (
    typeof contents === 'object' &&
    contents !== null &&
    'ridersNamedBy' in contents &&
    contents.ridersNamedBy !== null
  );
}

function secretModes(secrets: readonly SecretFact[]): Finding[] {
  const findings: Finding[] = [];
  for (const { from, path, mode, folderMode } of secrets) {
    if (mode === null || path === null) continue;
    if ((mode & OTHERS) !== 0) {
      const what = `${path} has mode ${octal(mode)}: others of this machine may read or change it.`;
      // A file that somebody else provides, such as a container's secret, may have to be so.
      const tell = from === 'made' ? problem : warning;
      findings.push(tell('secret modes', what, `chmod 600 ${path}`));
    }
    if (folderMode !== null && (folderMode & 0o022) !== 0) {
      const what = `The folder of ${path} has mode ${octal(folderMode)}: others may put another file in its place.`;
      findings.push(problem('secret modes', what, `chmod 700 ${path.slice(0, path.lastIndexOf('/'))}`));
    }
  }
  return findings.length > 0 ? findings : [ok('secret modes', 'No secret file is open to others.')];
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

/** How far two clocks may differ before somebody should look. */
const CLOCK_WARNING_MS = 2_000;
const UNASKED = 'No time server was asked';

function clock({ nowMs, settings: { clockSkewS }, database }: Facts): Finding {
  const mend = 'See `timedatectl` on both machines, and let chrony or systemd-timesyncd set them.';
  if (database.state !== 'up') return ok('clock', `${UNASKED}, and there is no other clock to compare with.`);
  const { contents, server } = database;
  const newest = contents !== null && 'newestCaptureMs' in contents ? contents.newestCaptureMs : null;
  if (newest !== null && newest > nowMs + CLOCK_WARNING_MS) {
    const what = `The newest capture is ${seconds(newest - nowMs)} in the future: this clock was ahead, or is behind now.`;
    return problem('clock', what, mend);
  }
  if (server.dialect === 'sqlite') return ok('clock', `Not behind the newest capture. ${UNASKED}.`);
  const apart = Math.abs(server.clockAheadMs);
  const what = `The database server's clock is ${seconds(apart)} ${server.clockAheadMs > 0 ? 'ahead' : 'behind'}.`;
  if (apart > clockSkewS * 1000) return problem('clock', what, mend);
  if (apart > CLOCK_WARNING_MS) return warning('clock', what, mend);
  return ok('clock', `Agrees with the database server's. ${UNASKED}.`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toLocaleString('en-US', { maximumFractionDigits: 1 })} s`;
}

interface KindOfFileSystem {
  readonly name: string;
  readonly level: 'problem' | 'warning';
  readonly why: string;
  /** What stands on it is lost with a restart or a container, so that secrets must not be there either. */
  readonly passes?: true;
}

const NETWORK = 'its locks and flushes are the network’s, on which SQLite cannot rely';
const MEMORY = 'it is memory, and a restart of the machine empties it';

/** Numbers of linux/magic.h, and of what names itself there. */
const FILE_SYSTEMS: Readonly<Record<number, KindOfFileSystem>> = {
  26985: { name: 'NFS', level: 'problem', why: NETWORK },
  20859: { name: 'SMB', level: 'problem', why: NETWORK },
  4283649346: { name: 'CIFS', level: 'problem', why: NETWORK },
  4266872130: { name: 'SMB2', level: 'problem', why: NETWORK },
  1397113167: { name: 'AFS', level: 'problem', why: NETWORK },
  1799439955: { name: 'AFS', level: 'problem', why: NETWORK },
  16914836: { name: 'tmpfs', level: 'problem', why: MEMORY, passes: true },
  2240043254: { name: 'ramfs', level: 'problem', why: MEMORY, passes: true },
  16914839: {
    name: '9p',
    level: 'warning',
    why: 'it is shared with a host, whose flushes it may not pass on',
  },
  1702057286: { name: 'FUSE', level: 'warning', why: 'its program decides what a flush means' },
  12805120: { name: 'Ceph', level: 'warning', why: 'its locks and flushes are the network’s' },
  2035054128: {
    name: 'overlay',
    level: 'warning',
    why: 'it is a container’s own layer, and goes with it',
    passes: true,
  },
};

function fileSystem({ folder, kind, holds }: DiskFacts): Finding {
  const known = kind === null ? undefined : FILE_SYSTEMS[kind >>> 0];
  if (known === undefined || (holds === 'secrets' && known.passes !== true)) {
    return ok('file system', `${folder} is on none that is known to lose what it holds.`);
  }
  const { name, level, why } = known;
  const what = `${folder} holds the ${holds} and is on ${name}: ${why}.`;
  const mend =
    holds === 'database'
      ? 'Point FARELOG_DATA_DIR at a local disk or a volume, or use MySQL.'
      : 'Point FARELOG_DATA_DIR at a volume, or give the secrets by FARELOG_…_FILE.';
  return level === 'problem' ? problem('file system', what, mend) : warning('file system', what, mend);
}

const LEAST_FREE_BYTES = 256 * MIB;
const LOW_FREE_BYTES = GIB;
const LEAST_DAYS = 3;
const LOW_DAYS = 30;

/** Nobody plans further ahead, and the rate will be another. */
const MANY_DAYS = 3_650;

function freeDisk({ folder, freeBytes }: DiskFacts, { database }: Facts): Finding {
  const days = daysLeft(freeBytes, database);
  const many = (days ?? 0) > MANY_DAYS ? 'over 10 years' : plural(Math.floor(days ?? 0), 'day');
  const left = days === null ? '' : `, at last week's rate enough for ${many}`;
  const what = `${inGib(freeBytes)} free at ${folder}${left}.`;
  const mend = 'Enlarge the volume, or move the data folder to another. Take old backups off it.';
  if (freeBytes < LEAST_FREE_BYTES || (days ?? LOW_DAYS) < LEAST_DAYS)
    return problem('free disk', what, mend);
  if (freeBytes < LOW_FREE_BYTES || (days ?? LOW_DAYS) < LOW_DAYS) return warning('free disk', what, mend);
  return ok('free disk', what);
}

/** Null where the database grows elsewhere, or not at all. */
function daysLeft(freeBytes: number, database: Facts['database']): number | null {
  if (database.state !== 'up' || database.server.dialect !== 'sqlite') return null;
  const { contents, server } = database;
  if (contents === null || !('table' in contents)) return null;
  const { table, paymentsLastWeek } = contents;
  if (table.payments === 0 || paymentsLastWeek === 0) return null;
  const bytesADay = (server.bytes / table.payments) * (paymentsLastWeek / 7);
  return freeBytes / bytesADay;
}

const LARGE_LOG_BYTES = GIB;

function logSize({ walBytes }: DiskFacts): Finding[] {
  if (walBytes === null) return [];
  const what = `The write-ahead log has ${inGib(walBytes)}.`;
  if (walBytes <= LARGE_LOG_BYTES) return [ok('log size', what)];
  const mend = 'Look for a program that holds the database open (`lsof`), and restart it; then Farelog.';
  return [warning('log size', what, mend)];
}

const LEAST_NODE = [20, 19] as const;

function nodeVersion(node: string): Finding {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (enough && major === 24 && minor >= 19) {
    const what = `Node ${node}: better-sqlite3 12, where it was compiled with this version's headers, makes the service crash.`;
    return warning('node', what, 'Take Node 22, or see docs/topologies.md, "Versions".');
  }
  if (enough) return ok('node', `Node ${node}.`);
  return problem('node', `Node ${node} is older than ${LEAST_NODE.join('.')}.`, 'Install Node 22 or 24.');
}

function port({ port, settings: { host, port: number } }: Facts): Finding {
  const at = `${host}:${number}`;
  if (port === 'free') return ok('port', `Nobody listens on ${at}; the service is not running there.`);
  if (port === 'ready') return ok('port', `Farelog listens on ${at} and is ready.`);
  if (port === 'not ready') {
    return problem(
      'port',
      `Farelog listens on ${at} and is not ready.`,
      'See its log, and the findings on the database.',
    );
  }
  if (port === 'taken') {
    const mend = `Choose another with FARELOG_PORT, or end the other program (\`ss -ltnp 'sport = :${number}'\`).`;
    return problem('port', `Another program listens on ${at}.`, mend);
  }
  return problem(
    'port',
    `${at} cannot be listened on: ${port.error}.`,
    'Choose others with FARELOG_HOST and FARELOG_PORT.',
  );
}
