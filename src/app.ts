/** Composition: wires the layers by hand into an open Farelog. */
import type { Knex } from 'knex';
import { type Figures, figuresOf } from './analytics/figures.js';
import type { Reader } from './analytics/ledger.js';
import { LedgerCache } from './analytics/ledger-cache.js';
import { type VerifyReport, verifyLedger } from './analytics/verify.js';
import { type Config, type Environment, loadConfig } from './config.js';
import type { Studies } from './documents/study-question.js';
import type { NameInAudit } from './domain/audit.js';
import { auditNameOf, type ErasureKeys, erasureKeys } from './domain/erasure.js';
import { AppError, failureOf } from './domain/errors.js';
import { LEDGER_VERSION, LedgerCalendar } from './domain/ledger.js';
import type { PaymentRules } from './domain/payment.js';
import { type Audit, openAuditLog } from './ingest/audit-log.js';
import { type Calendar, calendarOf } from './ingest/calendar.js';
import { Feed } from './ingest/feed.js';
import type { NameRider } from './ingest/intake.js';
import { postAll } from './ingest/posting.js';
import { rebuildLedger } from './ingest/rebuild.js';
import { type WriteListener, WriteSignals } from './ingest/write-signals.js';
import { jsonLogger, type Logger } from './log.js';
import { pseudonymSecret } from './secrets.js';
import type { Store } from './store/dialect.js';
import { journalSize } from './store/journal.js';
import { changedSettings, readMeta, saveMeta } from './store/meta.js';
import { migrateUp } from './store/migrate.js';
import { checkMysqlDurability } from './store/mysql.js';
import { openKnex, openStore } from './store/open.js';
import { hasPayments } from './store/payments.js';
import { StudyDesk } from './studying/desk.js';
import { hasAddress, openWriteSide, type WriteSide } from './write-side.js';

export interface AppOptions {
  /** Settings as in the environment; what is not given has its default. */
  readonly environment?: Environment;
  /** Overrides FARELOG_DATABASE_URL. */
  readonly databaseUrl?: string | undefined;
  /** An open Knex (client mysql2, mysql or better-sqlite3), which stays the caller's to close. */
  readonly knex?: Knex | undefined;
  readonly logger?: Logger | undefined;
  /** The platform's own mapping of provider riders to research ids; without it riders are keyed pseudonyms. */
  readonly nameRider?: NameRider | undefined;
  /** Milliseconds since 1970; the only clock there is. */
  readonly clock?: (() => number) | undefined;
  /** Whether pending migrations are applied; by default they are. */
  readonly migrate?: boolean | undefined;
  /** Told what the write side does, for traces. */
  readonly listeners?: readonly WriteListener[] | undefined;
  /** Opens although the ledger was made with other settings: for `rebuild`. */
  readonly acceptStaleLedger?: boolean | undefined;
}

export interface App {
  readonly config: Config;
  readonly store: Store;
  readonly reader: Reader;
  readonly rules: PaymentRules;
  readonly logger: Logger;
  readonly clock: () => number;
  writeSide(): Promise<WriteSide>;
  /** Every figure there is. */
  readonly figures: Figures;
  /** Writes down who reads rider-level data, before it is shown. */
  readonly audit: Audit;
  /** Names a rider in the audit, from which nothing can be erased. */
  readonly auditName: NameInAudit;
  /** The fare and policy calendar. */
  readonly calendar: Calendar;
  /** Studies on the payments as they are. */
  readonly studies: Studies;
  /** Tells of commits as they happen, those of other instances too. */
  readonly feed: Feed;
  /** What the write side tells those who measure it. */
  readonly signals: WriteSignals;
  verify(onProgress?: (payments: number) => void): Promise<VerifyReport>;
  /** Adds the whole journal to the ledger; returns how many payments that was. */
  post(onProgress?: (payments: number) => void): Promise<number>;
  /** Makes the whole ledger again, with the settings of now; returns how many payments it counted. */
  rebuild(onProgress?: (payments: number) => void): Promise<number>;
  close(): Promise<void>;
}

/** A journal longer than this, left by an import that was cut off, is posted before figures are read. */
const LONG_JOURNAL = 20_000;

/** Opens the database, brings it up to date and checks that its ledger fits the settings. */
export async function openApp(options: AppOptions): Promise<App> {
  const environment = { ...(options.environment ?? process.env) };
  if (options.databaseUrl !== undefined) {
    environment.FARELOG_DATABASE_URL = options.databaseUrl;
    delete environment.FARELOG_DATABASE_URL_FILE;
  }
  const config = loadConfig(environment);
  const logger = options.logger ?? jsonLogger(config.logLevel);
  for (const name of config.unknownSettings)
    logger.warn(`${name} is not a setting of Farelog and is ignored`);
  const knex = options.knex ?? openKnex(config.databaseUrl);
  const calendar = new LedgerCalendar(config.zone);
  const { currency } = config;
  const store = openStore(
    knex,
    { calendar, currency },
    {
      ...config,
      commitTimeoutMs: config.limits.commitTimeoutMs,
      ownsKnex: options.knex === undefined,
    },
  );
  try {
    if (store.dialect === 'mysql') {
      for (const warning of await checkMysqlDurability(knex, config.acceptWeakDurability))
        logger.warn(warning);
    }
    if (options.migrate !== false) {
      for (const name of await migrateUp(knex)) logger.info(`Migration applied: ${name}`);
    }
    const cache = new LedgerCache(config.limits.ledgerCacheBytes);
    const app = wire(config, store, { store, calendar, currency, cache }, logger, options);
    if (options.acceptStaleLedger !== true) await ensureFreshLedger(app);
    return app;
  } catch (error) {
    await store.close();
    throw error;
  }
}

function wire(config: Config, store: Store, reader: Reader, logger: Logger, options: AppOptions): App {
  const clock = options.clock ?? Date.now;
  const rules: PaymentRules = {
    currency: config.currency,
    unit: 'major',
    time: { format: 'iso', zone: null },
    acceptZeroFares: config.acceptZeroFares,
    clockSkewS: config.clockSkewS,
    paymentTypes: config.paymentTypes,
  };
  const feed = new Feed({
    store,
    currency: config.currency,
    zone: config.zone.name,
    clock,
    pollMs: config.limits.livePollMs,
    onFailure: (error) => logger.warn('The live feed cannot read', { error: failureOf(error) }),
  });
  const signals = new WriteSignals(options.listeners);
  const studies = new StudyDesk({
    ...reader,
    databaseUrl: hasAddress(config, options) ? config.databaseUrl : undefined,
    limits: { timeoutMs: config.limits.studyTimeoutMs, maxPayments: config.limits.studyPayments },
    clock,
  });
  let derived: ErasureKeys | undefined;
  const keys = (): ErasureKeys => {
    derived ??= erasureKeys(pseudonymSecret(config));
    return derived;
  };
  let writing: Promise<WriteSide> | undefined;
  return {
    config,
    store,
    reader,
    rules,
    logger,
    clock,
    audit: openAuditLog(store, clock),
    auditName: (userId) => auditNameOf(userId, keys()),
    calendar: calendarOf(store, clock),
    studies,
    feed,
    signals,
    writeSide: () => {
      // A failure is not kept, since its cause may pass, and closing must not meet it again.
      writing ??= openWriteSide({ config, reader, rules, logger, clock, feed, signals, keys, options }).catch(
        (error) => {
          writing = undefined;
          throw error;
        },
      );
      return writing;
    },
    figures: figuresOf(reader, clock),
    verify: (onProgress) => verifyLedger(reader, onProgress),
    post: (onProgress) => postAll(reader, onProgress),
    rebuild: (onProgress) =>
      rebuildLedger({ ...reader, ...(onProgress === undefined ? {} : { onProgress }) }),
    close: async () => {
      const side = await writing?.catch(() => undefined);
      await side?.batcher.close();
      await side?.poster.close();
      await side?.postingThread?.close();
      await studies.close();
      await feed.close();
      await store.close();
    },
  };
}

/** A ledger made with other settings would be wrong figures: refused. Where there is none yet, it is made. */
async function ensureFreshLedger(app: App): Promise<void> {
  const { config, store, logger } = app;
  const meta = await readMeta(store.knex);
  const changed = changedSettings(meta, config.zone.name, config.currency.code);
  if (changed.length > 0) {
    const list = changed.map(([name, before, now]) => `${name} was ${before} and is ${now}`).join('; ');
    throw new AppError(
      'settings',
      `The ledger of this database was made with other settings: ${list}. ` +
        'Set it back, or run `farelog rebuild` to make it again.',
    );
  }
  if (meta.rollup_version === String(LEDGER_VERSION)) {
    const waiting = await journalSize(store.knex);
    if (waiting <= LONG_JOURNAL) return;
    logger.info('Posting the payments that an earlier process has left in the journal', {
      payments: waiting,
    });
    await app.post();
    return;
  }
  if (await hasPayments(store.knex)) {
    logger.info('Making the ledger of the payments that are here already');
    const payments = await app.rebuild();
    logger.info('Ledger made', { payments });
    return;
  }
  await saveMeta(store, {
    reporting_zone: config.zone.name,
    currency: config.currency.code,
    rollup_version: String(LEDGER_VERSION),
  });
}
