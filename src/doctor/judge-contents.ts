/** Judges what the database holds: its figures, what comes in, what waits, and who may call. */
import type { ContentFacts, JobFact, KeyFact } from './facts.js';
import { type Finding, ok, problem, warning } from './finding.js';
import { plural, stretch } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What posts the journal waits 10 s at most; longer than this nobody posts. */
const JOURNAL_WAIT_MS = 10 * 60_000;
const LONG_JOURNAL = 20_000;
const QUARANTINE_AGE_MS = 7 * DAY_MS;
const SOON_MS = 7 * DAY_MS;

export function judgeContents(contents: ContentFacts, nowMs: number): Finding[] {
  return [
    ledger(contents),
    reportingSettings(contents),
    journal(contents, nowMs),
    webhooks(contents, nowMs),
    quarantine(contents, nowMs),
    pseudonymKey(contents),
    adminKey(contents, nowMs),
    ...keyExpiry(contents.keys, nowMs),
    ...schedule(contents.jobs, nowMs),
  ];
}

function ledger({ table, ledger }: ContentFacts): Finding {
  const counted = plural(table.payments, 'payment');
  if (table.payments === ledger.payments && table.minor === ledger.minor) {
    return ok('ledger', `Its totals equal those of ${counted}. \`farelog verify\` compares every entry.`);
  }
  const what =
    `The table has ${counted} of ${table.minor} minor units, the ledger ${plural(ledger.payments, 'payment')} of ` +
    `${ledger.minor}.`;
  const mend =
    '`farelog verify` names the entries. If another program wrote past Farelog: `farelog rebuild`.';
  return problem('ledger', what, mend);
}

function reportingSettings({ changedSettings }: ContentFacts): Finding {
  if (changedSettings.length === 0) return ok('reporting settings', 'The ledger was made with those of now.');
  const list = changedSettings.map(([name, before, now]) => `${name} was ${before} and is ${now}`).join('; ');
  return problem(
    'reporting settings',
    `The service refuses to start: ${list}.`,
    'Set it back, or run `farelog rebuild`.',
  );
}

function journal({ journal: { payments, oldestMs } }: ContentFacts, nowMs: number): Finding {
  if (payments === 0) return ok('journal', 'It is empty.');
  const waits = oldestMs === null ? 0 : nowMs - oldestMs;
  const what = `${plural(payments, 'payment')} in it, the oldest for at least ${stretch(waits)}.`;
  if (waits <= JOURNAL_WAIT_MS && payments <= LONG_JOURNAL) return ok('journal', what);
  const mend = 'A service that runs posts it: see its log for "Posting". If none runs, start one.';
  return warning('journal', what, mend);
}

function webhooks({ lastWebhookHourS, silence }: ContentFacts, nowMs: number): Finding {
  const mend =
    'Ask the sender for failed deliveries; compare its secret; see 401s in /metrics and the proxy’s log.';
  if (silence.alarm) return warning('webhooks', `Unusually quiet: ${silence.reason}.`, mend);
  if (lastWebhookHourS === null) return ok('webhooks', 'None was ever accepted.');
  // An hour is known by its beginning.
  const ago = nowMs - (lastWebhookHourS * 1000 + HOUR_MS);
  if (ago > DAY_MS) return warning('webhooks', `None was accepted for ${stretch(ago)}.`, mend);
  return ok('webhooks', 'They come in, not fewer than usual.');
}

function quarantine(
  { quarantine: { deliveries, oldestMs, firstExpiryMs } }: ContentFacts,
  nowMs: number,
): Finding {
  if (deliveries === 0) return ok('quarantine', 'Nothing waits.');
  const mend =
    '`farelog quarantine list`, mend the cause, then `farelog quarantine replay ID` or `discard ID`.';
  const waiting = `${plural(deliveries, 'delivery', 'deliveries')} waiting`;
  if (firstExpiryMs !== null && firstExpiryMs - nowMs < SOON_MS) {
    const left = Math.max(0, firstExpiryMs - nowMs);
    return problem('quarantine', `${waiting}, the first of which expires in ${stretch(left)}.`, mend);
  }
  const age = oldestMs === null ? 0 : nowMs - oldestMs;
  if (age > QUARANTINE_AGE_MS)
    return warning('quarantine', `${waiting}, the oldest for ${stretch(age)}.`, mend);
  return ok('quarantine', `${waiting}, none for long. \`farelog quarantine list\` shows them.`);
}

function pseudonymKey({ ridersNamedBy, pseudonymKeyId }: ContentFacts): Finding {
  if (ridersNamedBy === null) return ok('pseudonym key', 'No rider was named here yet.');
  if (pseudonymKeyId === null) {
    const mend = 'Give it as FARELOG_PSEUDONYM_KEY, or restore its file in the data folder.';
    return problem(
      'pseudonym key',
      `Riders were named with the key ${ridersNamedBy}, and none is at hand.`,
      mend,
    );
  }
  if (ridersNamedBy === pseudonymKeyId) return ok('pseudonym key', 'It is the one that named the riders.');
  const what = `Riders were named with the key ${ridersNamedBy}; the one at hand is ${pseudonymKeyId}.`;
  return problem(
    'pseudonym key',
    what,
    'Restore the old one from a backup; see "lost pseudonym key" in OPERATIONS.md.',
  );
}

function isValid({ expiresMs, revoked }: KeyFact, atMs: number): boolean {
  return !revoked && (expiresMs === null || expiresMs > atMs);
}

function adminKey({ keys }: ContentFacts, nowMs: number): Finding {
  if (keys.length === 0) return ok('admin key', 'There is no key yet; the first start makes one.');
  const valid = keys.filter((key) => key.role === 'admin' && isValid(key, nowMs));
  if (valid.length > 0) return ok('admin key', `${plural(valid.length, 'admin key')} valid.`);
  const mend = '`farelog keys create --role admin --name NAME` on this machine.';
  return problem('admin key', 'No admin key is valid any more.', mend);
}

function keyExpiry(keys: readonly KeyFact[], nowMs: number): Finding[] {
  const findings: Finding[] = [];
  for (const { name, role, expiresMs, revoked } of keys) {
    if (revoked || expiresMs === null || expiresMs - nowMs > SOON_MS) continue;
    const mend = `Give its caller another: \`farelog keys create --role ${role} --name NAME\`. Then revoke this one.`;
    const when =
      expiresMs <= nowMs
        ? `expired ${stretch(nowMs - expiresMs)} ago`
        : `expires in ${stretch(expiresMs - nowMs)}`;
    findings.push(warning('key expiry', `The ${role} key "${name}" ${when}.`, mend));
  }
  return findings.length > 0 ? findings : [ok('key expiry', 'None has expired or is about to.')];
}

/** Runs that failed in a row before a person should look; one is tried again within minutes. */
const MANY_FAILURES = 3;

function schedule(jobs: readonly JobFact[], nowMs: number): Finding[] {
  if (jobs.length === 0) return [ok('schedule', 'Nothing is scheduled.')];
  return jobs.map((job) => {
    const { name, failures, lastMessage, overdueMs, scheduleInUse } = job;
    if (failures > 0) {
      const what = `${name} has failed ${plural(failures, 'time')} in a row: ${lastMessage ?? 'no cause is known'}`;
      const mend = `Mend the cause; it is tried again by itself, or now by \`farelog schedule run ${name}\`.`;
      return failures >= MANY_FAILURES ? problem('schedule', what, mend) : warning('schedule', what, mend);
    }
    if (overdueMs !== null)
      return problem(
        'schedule',
        `${name} has been due for ${stretch(nowMs - overdueMs)}, and nobody is at it.`,
        'Start a service that has it scheduled; its log says why it is not begun.',
      );
    if (scheduleInUse !== null && scheduleInUse !== job.schedule)
      return warning(
        'schedule',
        `${name} is set to "${job.schedule}" here; the instance that started last has "${scheduleInUse}".`,
        'Set all instances alike, and restart them.',
      );
    const last =
      job.lastDoneMs === null ? 'it has not run yet' : `last done ${stretch(nowMs - job.lastDoneMs)} ago`;
    return ok('schedule', `${name}, ${job.schedule}: ${last}.`);
  });
}
