/**
 * The acceptance of issue 6, through processes as they are run: a week of a provider's traffic, of which 5% of the
 * webhooks are lost, 10% come twice, 2% are altered and all are shuffled, with two outages and one rotated key. Of 6% of the
 * payments half is given back, and a third of those webhooks is lost too. After `farelog pull` and `farelog reconcile` both
 * sides agree to the cent, net of what was given back; every planted difference is named with its kind and field, and none
 * is invented. Wrong variants of both commands must be caught by the same judgement.
 *
 * FARELOG_TEST_ACCEPTANCE_DAILY asks for another number of payments a day (400).
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import { readRawState } from '../support/raw-database.js';
import { type Manifest, type Planted, sharedSettings, startSandbox } from '../support/sandbox.js';
import { startProcess, temporaryFolder } from '../support/service.js';

const DAILY = Number(process.env.FARELOG_TEST_ACCEPTANCE_DAILY ?? 400);
const TRAFFIC = `--seed 11 --from 2026-01-05 --days 7 --daily ${DAILY} --rotate-after 0.5
  --lost 0.05 --duplicated 0.1 --altered 0.02 --disorder 2000000 --api-errors 0.02 --refunded 0.06 --refunds-lost 0.3
  --outage 2026-01-06T12:00:00Z/2026-01-06T16:00:00Z --outage 2026-01-09T20:00:00Z/2026-01-09T23:00:00Z`;
const PULL = ['pull', '--since', '2026-01-05', '--json'];
const RECONCILE = ['reconcile', '--from', '2026-01-05', '--to', '2026-01-12', '--json'];

interface Report {
  readonly recorded: number;
  /** Of a pull, and of a reconciliation. */
  readonly adjustments?: number;
  readonly adjustments_recorded?: number;
  readonly incomplete: readonly unknown[];
  readonly totals: Readonly<Record<'total_here' | 'total_there' | 'difference', number>>;
  readonly days: readonly {
    readonly difference: number;
    readonly explained: Readonly<Record<string, number>>;
  }[];
}

/** What a command left behind, read by plain SQL. */
interface Left {
  readonly code: number | null;
  readonly report: Report;
  /** Payments that a pull or a reconciliation has brought. */
  readonly fetched: readonly number[];
  /** `kind payment fields` of every item of the reconciliation's list. */
  readonly items: readonly string[];
  readonly adjustments: { readonly count: number; readonly minor: number } | undefined;
  /** The field of every conflict in quarantine, in alphabetical order; its payment is sealed. */
  readonly conflicts: readonly string[];
}

const cents = (units: number | string): number => Math.round(Number(units) * 100);
const sum = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);

/** How `found` differs from `planted`, in words; nothing where it does not. */
function apart(what: string, planted: readonly string[], found: readonly string[]): string[] {
  return [
    ...planted.filter((one) => !found.includes(one)).map((one) => `${what} not found: ${one}`),
    ...found.filter((one) => !planted.includes(one)).map((one) => `${what} invented: ${one}`),
    ...(new Set(found).size < found.length ? [`${what} named twice`] : []),
  ];
}

class Week {
  readonly missing: readonly Planted[];
  readonly altered: readonly Planted[];

  constructor(readonly manifest: Manifest) {
    this.missing = manifest.planted.filter(({ kind }) => kind === 'lost' || kind === 'outage');
    this.altered = manifest.planted.filter(({ kind }) => kind === 'altered');
  }

  get differing(): string[] {
    return this.altered.map(({ payment_id, field }) => `differs ${payment_id} ${field}`);
  }

  /** By how much the altered webhooks' prices lie over the provider's. */
  get differenceCents(): number {
    const prices = this.altered.filter(({ field }) => field === 'total_price');
    return sum(prices.map(({ delivered, listed }) => cents(delivered ?? 0) - cents(listed ?? 0)));
  }

  judgeFetched({ fetched }: Left): string[] {
    return apart(
      'payment',
      this.missing.map(({ payment_id }) => `${payment_id}`),
      fetched.map(String),
    );
  }

  judgePull(left: Left): string[] {
    const conflicts = this.altered.map(({ field }) => String(field)).sort();
    const quarantine = left.conflicts.join() === conflicts.join() ? [] : ['other conflicts in quarantine'];
    return [...this.judgeFetched(left), ...quarantine];
  }

  /** @param missing what was missing when it began, by kind and payment */
  judgeReconcile({ items, report }: Left, missing: readonly string[]): string[] {
    const { totals, days } = report;
    const { payments, refunds } = this.manifest;
    const unexplained = days.filter(
      ({ difference, explained }) => sum(Object.values(explained).map(cents)) !== cents(difference),
    );
    const missingCents =
      missing.length === 0 ? 0 : sum(days.map(({ explained }) => cents(explained.missing_here ?? 0)));
    const between = cents(totals.total_here) - cents(totals.total_there);
    return [
      ...apart('exception', [...this.differing, ...missing], items),
      ...unexplained.map((day) => `not explained to the cent: ${JSON.stringify(day)}`),
      ...(cents(totals.total_there) === cents(payments.total) - cents(refunds.total)
        ? []
        : ['the provider’s total is another']),
      ...(between === this.differenceCents + missingCents ? [] : [`${between} cents lie between the sides`]),
    ];
  }
}

/** Runs a command on a copy of the database, as it is or in a wrong variant; tells what it left there. */
async function runOnCopy(
  original: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
  control?: string,
): Promise<Left & { readonly folder: string; readonly environment: Readonly<Record<string, string>> }> {
  const folder = temporaryFolder();
  cpSync(original, folder, { recursive: true });
  const file = join(folder, 'farelog.db');
  const own = { ...environment, FARELOG_DATA_DIR: folder, FARELOG_DATABASE_URL: `sqlite:${file}` };
  return { ...(await runOn(folder, own, command, control)), folder, environment: own };
}

async function runOn(
  folder: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
  control?: string,
): Promise<Left> {
  const variant =
    control === undefined ? undefined : new URL(`controls/${control}.mjs`, import.meta.url).href;
  const options = variant === undefined ? {} : { NODE_OPTIONS: `--import ${variant}` };
  const { code, stdout } = await run(command, { ...environment, ...options }, folder);
  const db = new Database(join(folder, 'farelog.db'), { readonly: true });
  try {
    const fetched = db.prepare<[], { payment_id: number }>(
      "SELECT payment_id FROM farelog_captures WHERE source = 'pull'",
    );
    const items = db.prepare<[], { kind: string; payment_id: number; details: string }>(
      'SELECT kind, payment_id, details FROM farelog_reconciliation_items',
    );
    const adjustments = db.prepare<[], { count: number; minor: number }>(
      'SELECT COUNT(*) AS count, SUM(amount_minor) AS minor FROM farelog_adjustments',
    );
    const kept = db.prepare<[], { problems: string }>(
      "SELECT problems FROM farelog_quarantine WHERE reason = 'conflict'",
    );
    // Of a payment that was refunded the net price differs, by as much.
    const fields = (list: readonly { readonly field: string }[]): string =>
      list.map(({ field }) => (field === 'net_price' ? 'total_price' : field)).join();
    return {
      code,
      report: JSON.parse(stdout),
      fetched: fetched.all().map(({ payment_id }) => payment_id),
      items: items
        .all()
        .map(
          ({ kind, payment_id, details }) => `${kind} ${payment_id} ${fields(JSON.parse(details).fields)}`,
        ),
      adjustments: adjustments.get(),
      conflicts: kept
        .all()
        .map(({ problems }) => fields(JSON.parse(problems)))
        .sort(),
    };
  } finally {
    db.close();
  }
}

test('a week with everything that goes wrong: both sides agree to the cent, each difference is named, none is invented', async () => {
  const folder = temporaryFolder();
  const common = sharedSettings(`sqlite:${join(folder, 'farelog.db')}`, folder);
  const service = await startProcess(common);
  const sandbox = await startSandbox(common, service.url, TRAFFIC);
  const { delivered } = await sandbox.deliver();
  const manifest = await sandbox.manifest();
  const week = new Week(manifest);
  const { count } = manifest.payments;
  expect(delivered).toHaveLength(2);
  for (const { deliveries, accepted } of delivered)
    expect([accepted, deliveries > 0]).toEqual([deliveries, true]);
  const outcomes = (name: string): number => sum(delivered.map((part) => part.outcomes[name] ?? 0));
  const lostRefunds = manifest.counts.refund_lost ?? 0;
  const refunded = manifest.refunds.count;
  expect(outcomes('recorded')).toBe(count - week.missing.length + refunded - lostRefunds);
  expect(outcomes('duplicate')).toBe(manifest.counts.duplicated);
  // None of the faults may have been left out by chance.
  for (const kind of ['lost', 'outage', 'duplicated', 'altered', 'refund_lost'])
    expect([kind, (manifest.counts[kind] ?? 0) >= 10]).toEqual([kind, true]);
  expect(new Set(week.altered.map(({ field }) => field)).size).toBe(5);
  expect(await service.stop()).toBe(0);

  const environment = {
    ...common,
    ...sandbox.settings,
    FARELOG_BYTEMARK_PAGE_ROWS: '100',
    FARELOG_BYTEMARK_REQUESTS_PER_S: '1000',
  };
  const on = (command: readonly string[], control?: string) =>
    runOnCopy(folder, environment, command, control);
  const [pulled, reconciledAlone] = await Promise.all([on(PULL), on(RECONCILE)]);
  expect([pulled.code, week.judgePull(pulled)]).toEqual([3, []]);
  expect(pulled.report).toMatchObject({
    ...{ recorded: week.missing.length, adjustments: lostRefunds, incomplete: [] },
  });
  const missing = week.missing.map(({ payment_id }) => `missing_here ${payment_id} `);
  expect([reconciledAlone.code, week.judgeReconcile(reconciledAlone, missing)]).toEqual([3, []]);
  expect(week.judgeFetched(reconciledAlone)).toEqual([]);
  expect(reconciledAlone.report.adjustments_recorded).toBe(lostRefunds);

  const [reconciled, early, forgetful] = await Promise.all([
    runOn(pulled.folder, pulled.environment, RECONCILE),
    on(PULL, 'stops-a-page-early'),
    on(RECONCILE, 'compares-no-orders'),
  ]);
  expect([reconciled.code, week.judgeReconcile(reconciled, [])]).toEqual([3, []]);
  expect(reconciled.report).toMatchObject({ recorded: 0, incomplete: [] });
  expect(week.judgePull(early).join('\n')).toContain('payment not found');
  expect(week.judgeReconcile(forgetful, missing).join('\n')).toContain('exception not found: differs');

  // By plain SQL over all rows: each payment once, and the provider's sum but for what is named above.
  const state = await readRawState(pulled.environment.FARELOG_DATABASE_URL ?? '');
  const total = sum([...state.payments.values()]);
  expect([state.payments.size, state.captures]).toEqual([count, count]);
  expect(total).toBe(cents(manifest.payments.total) + week.differenceCents);
  expect(reconciled.adjustments).toEqual({ count: refunded, minor: -cents(manifest.refunds.total) });
  for (const sums of [state.revenue, state.riders]) expect(sums).toEqual({ payments: count, minor: total });
  expect(await run(['verify', '--json'], pulled.environment, pulled.folder)).toMatchObject({ code: 0 });
}, 240_000);
