/**
 * Sync: the portal's payments are read from its database and recorded by the same door as webhooks.
 *
 * The watermark is a row's id: everything up to it was read, and what was to be kept is durable. A page is committed
 * before the watermark moves to its last row, and the next page is read after that, so a sync that is killed at any
 * moment goes on from there, and what was committed before it could say so is found again as duplicates.
 *
 * Rows do not tell when they were changed, and a transaction that began early may show an early id late. So each sync
 * first reads again what was created in the overlap: since the last sync that came to its end had begun, less some hours.
 * Of a row that is here its content is compared: one that was edited is a conflict, which keeps what stands. Older rows
 * that came late or were edited are found by a full sync alone, which reads everything; it costs nothing but time.
 *
 * Two syncs side by side do no harm; the watermark is then the one that was saved last.
 */
import type { ProviderItem } from '../bytemark/envelope.js';
import { AppError } from '../domain/errors.js';
import { type MoneyUnit, parsePrice } from '../domain/money.js';
import type { PaymentClaim, PaymentRules } from '../domain/payment.js';
import { normalizePaymentType } from '../domain/payment-type.js';
import { parseInstant, toIso, toSqlText, type Zone } from '../domain/time.js';
import { type Meta, readMeta, saveMeta } from '../store/meta.js';
import type { Portal, PortalPage, PortalRange, PortalRow } from '../store/portal.js';
import { type PageEffects, PageRecorder } from './page-recorder.js';
import { type SyncProgress, type SyncReport, SyncTally } from './sync-report.js';
import { UnitCheck } from './unit-check.js';
import { isTestAccount, type TestAccounts } from './user-lists.js';

export interface SyncOptions {
  /** What the portal's prices count; nothing tells but whoever runs it. */
  readonly unit: MoneyUnit;
  /** Of the portal's times, which have no offset. */
  readonly zone: Zone;
  readonly overlapS: number;
  /** Reads everything again. */
  readonly full: boolean;
  /** Reads and compares everything, and records nothing. */
  readonly dryRun: boolean;
  /** Who counts; null: everyone, or whom the portal's table of users names. */
  readonly users: ReadonlySet<string> | null;
  readonly testAccounts: TestAccounts;
  /** A digest of whom this takes and leaves out: another than last time is told. */
  readonly usersKey: string;
}

export interface SyncEffects extends PageEffects {
  /** Its tables were looked at. */
  readonly portal: Portal;
  /** Average price of each payment type so far, in minor units. */
  readonly history: ReadonlyMap<string, number>;
  readonly signal?: AbortSignal | undefined;
  /** Told after each page. */
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
  /** Told at once what the report's warnings tell at the end. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** Rows in memory, and of a transaction. */
const PAGE_ROWS = 1_000;
const BEFORE_ALL_ROWS = Number.MIN_SAFE_INTEGER;
/** What the provider's own currencies are bought with was paid before; their payments cost nothing. */
const INTERNAL_CURRENCIES: ReadonlySet<string> = new Set(['coins', 'tokens']);
const HOUR_S = 3_600;

/**
 * @throws AppError `usage` where no row is a payment, `unavailable` (either database). Whatever was thrown, what was
 * recorded until then stays, and the next sync goes on from there.
 */
export async function sync(options: SyncOptions, effects: SyncEffects): Promise<SyncReport> {
  const meta = await readMeta(effects.store.knex);
  return new Sync(options, effects, meta).run(await effects.portal.newestId());
}

class Sync {
  readonly #options: SyncOptions;
  readonly #effects: SyncEffects;
  readonly #rules: PaymentRules;
  readonly #meta: Partial<Meta>;
  readonly #tally: SyncTally;
  readonly #pages: PageRecorder;
  readonly #startedS: number;
  /** Whether this portal was never synced. */
  readonly #isFirst: boolean;
  #mark: number;
  #newestId = 0;

  constructor(options: SyncOptions, effects: SyncEffects, meta: Partial<Meta>) {
    const { unit, zone } = options;
    this.#options = options;
    this.#effects = effects;
    this.#rules = { ...effects.rules, unit, time: { format: 'iso', zone } };
    this.#meta = meta;
    this.#tally = new SyncTally(effects.onWarning);
    const units = new UnitCheck(effects.history, this.#rules.currency);
    this.#pages = new PageRecorder({ ...effects, rules: this.#rules }, this.#tally, units, {
      source: 'sync',
      dryRun: options.dryRun,
      hopeless: wrongFlags,
    });
    this.#startedS = Math.floor(effects.clock() / 1000);
    this.#isFirst = meta.synced_source !== effects.portal.name;
    this.#mark = this.#isFirst ? BEFORE_ALL_ROWS : Number(meta.synced_id);
  }

  async run(newestId: number): Promise<SyncReport> {
    this.#newestId = newestId;
    await this.#begin();
    const before = this.#mark;
    const overlapFrom = this.#overlapFrom();
    const since = overlapFrom === null ? null : this.#portalTime(overlapFrom);
    if (before !== BEFORE_ALL_ROWS) {
      await this.#read({ after: BEFORE_ALL_ROWS, upTo: before, since });
      this.#tally.late = this.#tally.counts.recorded;
    }
    await this.#read({ after: before, upTo: newestId, since: null });
    this.#pages.checkUnits();
    this.#tally.tellZeroFares();
    const isSuspicious = this.#isSuspiciouslyLittle(before);
    await this.#end();
    return this.#report(overlapFrom, isSuspicious);
  }

  async #begin(): Promise<void> {
    const { portal } = this.#effects;
    const { synced_source: other, synced_users: users } = this.#meta;
    if (other !== undefined && this.#isFirst)
      this.#tally.warn(`The last sync was of ${other}. This one of ${portal.name} begins anew.`);
    if (!this.#isFirst && !this.#options.full && users !== this.#options.usersKey)
      this.#tally.warn(
        'Whom the sync takes or leaves out is not what it was. Rows that were read before are not looked at again ' +
          'until a sync with --full.',
      );
    if (!this.#isFirst) return;
    await this.#save({
      synced_source: portal.name,
      synced_id: String(BEFORE_ALL_ROWS),
      synced_at: String(this.#startedS),
      synced_users: this.#options.usersKey,
    });
  }

  async #end(): Promise<void> {
    const users = this.#options.full ? { synced_users: this.#options.usersKey } : {};
    await this.#save({ synced_at: String(this.#startedS), ...users });
  }

  async #save(meta: Partial<Meta>): Promise<void> {
    if (!this.#options.dryRun) await saveMeta(this.#effects.store, meta);
  }

  /** Seconds since 1970; null where everything is read. */
  #overlapFrom(): number | null {
    if (this.#options.full || this.#mark === BEFORE_ALL_ROWS) return null;
    return Math.max(0, Number(this.#meta.synced_at) - this.#options.overlapS);
  }

  /** As the portal writes it. Where clocks go back the same time comes twice, so an hour more is read. */
  #portalTime(second: number): string {
    const { zone } = this.#options;
    if (this.#effects.portal.hasInstants) return toSqlText(second);
    return toSqlText(Math.max(0, zone.localOf(second) - (zone.name === 'UTC' ? 0 : HOUR_S)));
  }

  async #read(range: PortalRange): Promise<void> {
    const { portal, signal, onProgress } = this.#effects;
    for (let after = range.after; after < range.upTo; ) {
      signal?.throwIfAborted();
      const page = await portal.page({ ...range, after }, PAGE_ROWS);
      const last = page.rows.at(-1);
      if (last === undefined) return;
      await this.#take(page);
      after = last.id;
      if (after > this.#mark && !this.#options.dryRun) {
        this.#mark = after;
        await this.#save({ synced_id: String(after) });
      }
      const { read, counts } = this.#tally;
      onProgress?.({ ...counts, read, id: after, newestId: this.#newestId });
      if (page.rows.length < PAGE_ROWS) return;
    }
  }

  async #take({ rows, users }: PortalPage): Promise<void> {
    this.#tally.read += rows.length;
    await this.#pages.take(rows.filter((row) => this.#isTaken(row, users)).map(itemOf));
  }

  /** Whether a row is to be a payment; counts why not. */
  #isTaken(row: PortalRow, users: ReadonlySet<string> | null): boolean {
    const known = users ?? this.#options.users;
    // A row without a user is a problem of that row.
    if (known !== null && row.user_id !== null && !known.has(row.user_id)) {
      this.#tally.otherUsers++;
      return false;
    }
    const created = parseInstant(row.created_on, this.#rules.time);
    if (created.ok && isTestAccount(this.#options.testAccounts, row.user_id ?? '', created.second)) {
      this.#tally.testAccounts++;
      return false;
    }
    if (this.#rules.acceptZeroFares || !this.#costsNothingByItsType(row)) return true;
    this.#tally.zeroFare(String(row.payment_type).toLowerCase());
    return false;
  }

  #costsNothingByItsType({ payment_type: word, total_price }: PortalRow): boolean {
    const { paymentTypes, unit, currency } = this.#rules;
    if (typeof word !== 'string' || !INTERNAL_CURRENCIES.has(normalizePaymentType(word, paymentTypes)))
      return false;
    const price = parsePrice(total_price, unit, currency);
    return price.ok && price.minor === 0;
  }

  /** A sync that silently brought nothing is the worst one. */
  #isSuspiciouslyLittle(before: number): boolean {
    const { read, counts } = this.#tally;
    const warnings: string[] = [];
    if (this.#newestId === 0)
      warnings.push("The portal's table is empty, or this user may not see its rows.");
    if (before > this.#newestId && before !== BEFORE_ALL_ROWS)
      warnings.push(
        `The portal's newest row is ${this.#newestId}, and rows up to ${before} were read before. Is it the same ` +
          'portal, and whole? Rows with ids up to there are read by --full alone.',
      );
    if ((this.#isFirst || this.#options.full) && read > 0 && counts.fetched === 0)
      warnings.push(`None of ${read} rows was taken: are --users and --test-accounts the right ones?`);
    for (const warning of warnings) this.#tally.warn(warning);
    return warnings.length > 0;
  }

  #report(overlapFrom: number | null, isSuspicious: boolean): SyncReport {
    const { counts, read, late, otherUsers, testAccounts, zeroFares, warnings, firstProblems } = this.#tally;
    return {
      portal: this.#effects.portal.name,
      unit: this.#options.unit,
      full: this.#options.full,
      overlapFrom: overlapFrom === null ? null : toIso(overlapFrom),
      read,
      ...counts,
      late,
      otherUsers,
      testAccounts,
      zeroFares: Object.fromEntries(zeroFares),
      watermark: this.#mark === BEFORE_ALL_ROWS ? null : this.#mark,
      dryRun: this.#options.dryRun,
      warnings,
      firstProblems,
      needsAttention: counts.conflicts + counts.invalid > 0 || isSuspicious,
    };
  }
}

function wrongFlags(why: string): AppError {
  const message = `${why} Are --unit and --zone right? Nothing was recorded or quarantined.`;
  return new AppError('usage', message);
}

/** The portal's `payment_id` names the wallet instrument and repeats; the payment is the row. */
function itemOf(row: PortalRow): ProviderItem {
  const claim: PaymentClaim = {
    payment_id: row.id,
    user_id: row.user_id,
    order_id: wholeNumber(row.order_id),
    payment_type: row.payment_type,
    total_price: row.total_price,
    logged_on: row.created_on,
    reference: row.order_uuid,
  };
  return { claim, raw: row };
}

/** Ids come as text; what is no id is left to be refused. */
function wholeNumber(text: string | null): number | string | null {
  return text !== null && /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
