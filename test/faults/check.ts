/**
 * Does the promise hold? A program of its own, which imports nothing of Farelog: it reads the sender's log of what was
 * sent and acknowledged, and the database by SQL of its own, and prints what it found as JSON.
 *
 *   node --import tsx test/faults/check.ts LOG DATABASE_URL
 *
 * CHECK_PSEUDONYM_KEY tells the riders' key, CHECK_ZONE the reporting zone, CHECK_ERASED (JSON) the riders who must be
 * erased. Exit code 0: it holds. 1: it does not.
 * 2: it could not be checked. Every delivery answered 2xx must be kept exactly once and as it was sent, no row may
 * be there that nobody sent, and every total must equal the rows. It may run while payments come in: what was
 * acknowledged is read before the database, what was sent after it, and the database in one snapshot.
 */
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';

interface Meaning {
  readonly payment_id: number;
  readonly rider: string;
  readonly order_id: number;
  readonly payment_type: string;
  readonly minor: number;
  readonly logged_on: string;
}

type LogLine =
  | { readonly sent: string; readonly body: string; readonly payment: Meaning | null }
  | {
      readonly answered: string;
      readonly status: number | null;
      readonly quarantine_id: number | null;
    };

type Row = Readonly<Record<string, unknown>>;

const QUERIES = {
  payments: `SELECT payment_id, user_id, order_id, payment_type, total_price, TEXT(logged_on) AS logged_on
    FROM hntb_bytemark_order_payments`,
  captures: 'SELECT payment_id FROM farelog_captures',
  journal: 'SELECT id, payments, TEXT(minor) AS minor, facts FROM farelog_journal',
  ledger: 'SELECT section, period, payments, TEXT(minor) AS minor FROM farelog_ledger',
  recorded:
    "SELECT COALESCE(SUM(deliveries), 0) AS deliveries FROM farelog_capture_hourly WHERE outcome = 'recorded'",
  quarantine: 'SELECT id, digest FROM farelog_quarantine',
} as const;
type Name = keyof typeof QUERIES;
interface State {
  readonly rows: Readonly<Record<Name, readonly Row[]>>;
  /** What the database says of its own files; empty where it finds nothing wrong. */
  readonly damage: readonly string[];
}

function readSqlite(file: string): State {
  const db = new Database(file, { fileMustExist: true });
  try {
    db.exec('BEGIN');
    const read = (name: Name): Row[] =>
      db.prepare<[], Row>(QUERIES[name].replace(/TEXT\((\w+)\)/g, 'CAST($1 AS TEXT)')).all();
    const rows = {
      payments: read('payments'),
      captures: read('captures'),
      journal: read('journal'),
      ledger: read('ledger'),
      recorded: read('recorded'),
      quarantine: read('quarantine'),
    };
    db.exec('COMMIT');
    const damage = db.prepare<[], { integrity_check: string }>('PRAGMA integrity_check').all();
    return {
      rows,
      damage: damage.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
    };
  } finally {
    db.close();
  }
}

async function readMysql(url: string): Promise<State> {
  const connection = await createConnection({ uri: url, dateStrings: true });
  const all = async (sql: string): Promise<Row[]> => {
    const [result] = await connection.query(sql);
    if (!Array.isArray(result)) throw new Error(`no rows from ${sql}`);
    return result.map((row): Row => ({ ...row }));
  };
  try {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const read = (name: Name): Promise<Row[]> =>
      all(QUERIES[name].replace(/TEXT\((\w+)\)/g, 'CAST($1 AS CHAR)'));
    const rows = {
      payments: await read('payments'),
      captures: await read('captures'),
      journal: await read('journal'),
      ledger: await read('ledger'),
      recorded: await read('recorded'),
      quarantine: await read('quarantine'),
    };
    await connection.query('COMMIT');
    const tables = 'hntb_bytemark_order_payments, farelog_captures, farelog_journal, farelog_ledger';
    const checked = await all(`CHECK TABLE ${tables}`);
    const bad = checked.filter((row) => row.Msg_type === 'error' || row.Msg_type === 'warning');
    return { rows, damage: bad.map((row) => `${row.Table}: ${row.Msg_text}`) };
  } finally {
    await connection.end();
  }
}

function readLog(file: string): LogLine[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  // A line that is being written has no end yet.
  return lines.slice(0, -1).map((line): LogLine => JSON.parse(line));
}

/** The stored name of a rider, by the documented scheme and this program's own code. */
function pseudonyms(secret: string, erased: readonly string[]): (rider: string) => string {
  const keyId = createHash('sha256')
    .update('farelog pseudonym key id\0')
    .update(secret)
    .digest('hex')
    .slice(0, 8);
  const known = new Map(erased.map((rider) => [rider, 'erased']));
  return (rider) => {
    const name =
      known.get(rider) ?? `${keyId}_${createHmac('sha256', secret).update(rider).digest('hex').slice(0, 32)}`;
    known.set(rider, name);
    return name;
  };
}

/** What is wrong: how often, and the first few in words. */
class Findings {
  count = 0;
  readonly examples: string[] = [];

  add(example: string): void {
    this.count++;
    if (this.examples.length < 10) this.examples.push(example);
  }
}

/** What totals are made of. */
interface Counted {
  readonly minor: number;
  readonly loggedOn: string;
}

interface Stored extends Counted {
  readonly text: string;
}

/** A journal entry's payments: five numbers each, of which the first is the instant and the fourth the price. */
function factsOf(text: string): Counted[] {
  const { facts }: { facts: readonly number[] } = JSON.parse(text);
  return Array.from({ length: facts.length / 5 }, (_, index) => ({
    minor: facts[index * 5 + 3] ?? Number.NaN,
    loggedOn: new Date((facts[index * 5] ?? Number.NaN) * 1000).toISOString().slice(0, 19).replace('T', ' '),
  }));
}

function textOf(payment: Meaning, riderName: (rider: string) => string): string {
  const { rider, order_id, payment_type, minor, logged_on } = payment;
  return [riderName(rider), order_id, payment_type, minor, logged_on].join(' · ');
}

/** The rows by id. A price that is not the double nearest to whole minor units is told as it stands. */
function storedById(rows: readonly Row[], doubled: Findings): Map<number, Stored> {
  const stored = new Map<number, Stored>();
  for (const row of rows) {
    const id = Number(row.payment_id);
    const minor = Math.round(Number(row.total_price) * 100);
    const price = minor / 100 === Number(row.total_price) ? minor : `${row.total_price}!`;
    const loggedOn = String(row.logged_on);
    const text = [row.user_id, row.order_id, row.payment_type, price, loggedOn].join(' · ');
    if (stored.has(id)) doubled.add(`payment ${id} stands twice in the table`);
    stored.set(id, { text, minor, loggedOn });
  }
  return stored;
}

function localDays(zone: string): (loggedOn: string) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const known = new Map<string, number>();
  return (loggedOn) => {
    // No zone's day begins within a quarter of an hour.
    const quarter = `${loggedOn.slice(0, 14)}${Math.floor(Number(loggedOn.slice(14, 16)) / 15)}`;
    const day =
      known.get(quarter) ??
      Number(format.format(new Date(`${loggedOn.replace(' ', 'T')}Z`)).replaceAll('-', ''));
    known.set(quarter, day);
    return day;
  };
}

/** Payments and minor units by period, to be compared with what is claimed. */
class Totals {
  readonly #sums = new Map<string, { payments: number; minor: bigint }>();

  add(key: string, payments: number, minor: bigint): void {
    const stands = this.#sums.get(key) ?? { payments: 0, minor: 0n };
    this.#sums.set(key, { payments: stands.payments + payments, minor: stands.minor + minor });
  }

  compare(truth: Totals, wrong: Findings): void {
    for (const key of new Set([...this.#sums.keys(), ...truth.#sums.keys()])) {
      const [here, there] = [this.#sums.get(key), truth.#sums.get(key)];
      if (here?.payments !== there?.payments || here?.minor !== there?.minor)
        wrong.add(
          `${key}: ${here?.payments ?? 0} payments of ${here?.minor ?? 0} are counted, the rows are ${there?.payments ?? 0} of ${there?.minor ?? 0}`,
        );
    }
  }
}

const SECTIONS = [
  { section: 'revenue', sums: true, months: false },
  { section: 'riders', sums: true, months: true },
  { section: 'prices', sums: false, months: true },
] as const;

/** Every day, and month, of the ledger with the journal against the rows; and captures and counts of captures. */
function checkTotals(
  { rows }: State,
  stored: ReadonlyMap<number, Stored>,
  zone: string,
  wrong: Findings,
): void {
  const dayOf = localDays(zone);
  const truth = new Totals();
  const told = new Totals();
  const addPayment = (totals: Totals, { minor, loggedOn }: Counted): void => {
    const day = dayOf(loggedOn);
    for (const { section, sums, months } of SECTIONS) {
      totals.add(`${section} ${day}`, 1, sums ? BigInt(minor) : 0n);
      if (months) totals.add(`${section} ${Math.floor(day / 100)}`, 1, sums ? BigInt(minor) : 0n);
    }
  };
  for (const payment of stored.values()) addPayment(truth, payment);
  for (const entry of rows.journal) {
    const facts = factsOf(String(entry.facts));
    const minor = facts.reduce((sum, fact) => sum + BigInt(fact.minor), 0n);
    if (facts.length !== Number(entry.payments) || minor !== BigInt(String(entry.minor)))
      wrong.add(
        `journal entry ${entry.id} says ${entry.payments} of ${entry.minor} and holds ${facts.length} of ${minor}`,
      );
    for (const fact of facts) addPayment(told, fact);
  }
  for (const { section, period, payments, minor } of rows.ledger) {
    const known = SECTIONS.find((one) => one.section === section);
    if (known !== undefined)
      told.add(`${section} ${period}`, Number(payments), known.sums ? BigInt(String(minor)) : 0n);
  }
  told.compare(truth, wrong);
  const recorded = Number(rows.recorded[0]?.deliveries);
  if (recorded !== stored.size)
    wrong.add(`${recorded} captures are counted as recorded, the rows are ${stored.size}`);
}

function checkCaptures(
  { rows }: State,
  stored: ReadonlyMap<number, Stored>,
  doubled: Findings,
  wrong: Findings,
): void {
  const captured = new Set<number>();
  for (const { payment_id } of rows.captures) {
    const id = Number(payment_id);
    if (captured.has(id)) doubled.add(`payment ${id} has two captures`);
    if (!stored.has(id)) wrong.add(`payment ${id} has a capture and no row`);
    captured.add(id);
  }
  for (const id of stored.keys()) if (!captured.has(id)) wrong.add(`payment ${id} has no capture`);
}

interface Sent {
  readonly body: string;
  readonly payment: Meaning | null;
}

function sentIn(log: readonly LogLine[]): Map<string, Sent> {
  return new Map(log.flatMap((line) => ('sent' in line ? [[line.sent, line] as const] : [])));
}

class Verdict {
  readonly lost = new Findings();
  readonly doubled = new Findings();
  readonly altered = new Findings();
  readonly invented = new Findings();
  readonly totalsWrong = new Findings();
  acknowledged = 0;
  unanswered = 0;
}

/** Each answer of 2xx against the row, or the place in quarantine, that it promised. */
function checkAcknowledgements(
  log: readonly LogLine[],
  sent: ReadonlyMap<string, Sent>,
  textById: (id: number) => string | undefined,
  quarantined: ReadonlySet<number>,
  riderName: (rider: string) => string,
  verdict: Verdict,
): void {
  const { lost, doubled, altered, invented } = verdict;
  const recordedBy = new Map<number, string>();
  const placeOf = new Map<string, number>();
  for (const line of log) {
    if (!('answered' in line)) continue;
    const { answered: name, status, quarantine_id: place } = line;
    const delivery = sent.get(name);
    if (delivery === undefined) throw new Error(`delivery ${name} was answered and never sent`);
    if (status === null) verdict.unanswered++;
    if (status === null || status < 200 || status > 299) continue;
    verdict.acknowledged++;
    if (status === 202) {
      const earlier = placeOf.get(delivery.body);
      if (place === null || !quarantined.has(place)) lost.add(`delivery ${name} is not in quarantine`);
      else if (earlier !== undefined && earlier !== place)
        doubled.add(`one body has the places ${earlier} and ${place} in quarantine`);
      else placeOf.set(delivery.body, place);
    } else if (delivery.payment === null) {
      invented.add(`delivery ${name} holds no payment and was answered ${status}`);
    } else {
      const id = delivery.payment.payment_id;
      const stands = textById(id);
      const text = textOf(delivery.payment, riderName);
      if (stands === undefined) lost.add(`payment ${id} was acknowledged and is not in the table`);
      else if (stands !== text) altered.add(`payment ${id} was acknowledged as ${text} and is ${stands}`);
      if (status !== 201) continue;
      const first = recordedBy.get(id);
      if (first !== undefined)
        doubled.add(`payment ${id} was answered 201 to deliveries ${first} and ${name}`);
      recordedBy.set(id, name);
    }
  }
}

/** No row may be there, or be so, that nobody sent. */
function checkOrigins(
  sent: ReadonlyMap<string, Sent>,
  stored: ReadonlyMap<number, Stored>,
  riderName: (rider: string) => string,
  { invented }: Verdict,
): void {
  const meant = new Map<number, Set<string>>();
  for (const { payment } of sent.values()) {
    if (payment === null) continue;
    const texts = meant.get(payment.payment_id) ?? new Set();
    meant.set(payment.payment_id, texts.add(textOf(payment, riderName)));
  }
  for (const [id, { text }] of stored)
    if (meant.get(id)?.has(text) !== true)
      invented.add(`payment ${id} is in the table as ${text}, which nobody sent`);
}

async function check(logFile: string, databaseUrl: string, secret: string, zone: string): Promise<object> {
  const log = readLog(logFile);
  const state = databaseUrl.startsWith('sqlite:')
    ? readSqlite(databaseUrl.slice('sqlite:'.length))
    : await readMysql(databaseUrl);
  const sent = sentIn(readLog(logFile));
  const verdict = new Verdict();
  const { lost, doubled, altered, invented, totalsWrong } = verdict;
  const erased: readonly string[] = JSON.parse(process.env.CHECK_ERASED ?? '[]');
  const riderName = pseudonyms(secret, erased);
  const stored = storedById(state.rows.payments, doubled);
  const quarantined = new Set(state.rows.quarantine.map(({ id }) => Number(id)));
  checkAcknowledgements(log, sent, (id) => stored.get(id)?.text, quarantined, riderName, verdict);
  checkOrigins(sent, stored, riderName, verdict);
  checkCaptures(state, stored, doubled, totalsWrong);
  checkTotals(state, stored, zone, totalsWrong);
  for (const text of state.damage) totalsWrong.add(`the database is damaged: ${text}`);
  const found = { lost, doubled, altered, invented, totalsWrong };
  const counts = Object.fromEntries(Object.entries(found).map(([name, { count }]) => [name, count]));
  return {
    sent: sent.size,
    acknowledged: verdict.acknowledged,
    unanswered: verdict.unanswered,
    payments: stored.size,
    inJournal: state.rows.journal.reduce((sum, { payments }) => sum + Number(payments), 0),
    quarantined: quarantined.size,
    ...counts,
    examples: Object.values(found).flatMap(({ examples }) => examples),
    holds: Object.values(counts).every((count) => count === 0),
  };
}

try {
  const [logFile = '', databaseUrl = ''] = process.argv.slice(2);
  const { CHECK_PSEUDONYM_KEY: secret, CHECK_ZONE: zone = 'America/Chicago' } = process.env;
  if (secret === undefined) throw new Error('CHECK_PSEUDONYM_KEY is missing');
  const verdict = await check(logFile, databaseUrl, secret, zone);
  console.log(JSON.stringify(verdict));
  process.exitCode = 'holds' in verdict && verdict.holds === true ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
