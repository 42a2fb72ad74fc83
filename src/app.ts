/** Composition: wires the layers by hand into an open Farelog. */
import type { Knex } from 'knex';
import { averagePrices, paymentMethods } from './analytics/methods.js';
import { type RangeRequest, resolveRange } from './analytics/range.js';
import type { Counted, Reader } from './analytics/totals.js';
import { revenueTrends, type TrendRow } from './analytics/trends.js';
import { type VerifyReport, verifyRollups } from './analytics/verify.js';
import type { SignatureScheme } from './bytemark/signature.js';
import { type Config, type Environment, loadConfig } from './config.js';
import type { Period } from './domain/bucket.js';
import { AppError } from './domain/errors.js';
import type { PaymentRules } from './domain/payment.js';
import { pseudonymKey } from './domain/pseudonym.js';
import { ROLLUP_VERSION, RollupCalendar } from './domain/rollup.js';
import { type Audit, openAuditLog } from './ingest/audit-log.js';
import { Batcher } from './ingest/batcher.js';
import { type Commit, openDoor } from './ingest/door.js';
import { Feed } from './ingest/feed.js';
import { type NameRider, pseudonymRiders } from './ingest/intake.js';
import { rebuildRollups } from './ingest/rebuild.js';
import { Recorder } from './ingest/record.js';
import { type SealKey, sealKey } from './ingest/seal.js';
import { jsonLogger, type Logger } from './log.js';
import { pseudonymSecret, sealSecret, webhookScheme } from './secrets.js';
import type { Store } from './store/dialect.js';
import { readMeta, saveMeta } from './store/meta.js';
import { migrateUp } from './store/migrate.js';
import { checkMysqlDurability } from './store/mysql.js';
import { openKnex, openStore } from './store/open.js';
import { hasPayments } from './store/payments.js';

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
  /** Opens although the rollups were made with other settings: for `rebuild`. */
  readonly acceptStaleRollups?: boolean | undefined;
}

/** What recording needs and reading does not; made when it is first asked for, as it makes secrets. */
export interface WriteSide {
  readonly commit: Commit;
  readonly batcher: Batcher;
  readonly recorder: Recorder;
  readonly nameRider: NameRider;
  readonly sealKey: SealKey;
  readonly scheme: SignatureScheme;
}

export interface App {
  readonly config: Config;
  readonly store: Store;
  readonly reader: Reader;
  readonly rules: PaymentRules;
  readonly logger: Logger;
  readonly clock: () => number;
  writeSide(): Promise<WriteSide>;
  /** Writes down who reads rider-level data, before it is shown. */
  readonly audit: Audit;
  /** Tells of commits as they happen, those of other instances too. */
  readonly feed: Feed;
  methods(request: RangeRequest): ReturnType<typeof paymentMethods>;
  trends(period: Period, request: RangeRequest, fill?: boolean): Promise<Counted<TrendRow>>;
  /** Average price of each payment type so far, in minor units. */
  averagePrices(): Promise<Map<string, number>>;
  verify(onProgress?: (payments: number) => void): Promise<VerifyReport>;
  /** Makes every rollup again, with the settings of now; returns how many payments it counted. */
  rebuild(onProgress?: (payments: number) => void): Promise<number>;
  close(): Promise<void>;
}

/** The source's defaults: the last 30 days of methods, the last 90 of trends. */
const METHODS_DAYS = 30;
const TRENDS_DAYS = 90;

/** Opens the database, brings it up to date and checks that its rollups fit the settings. */
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
  const calendar = new RollupCalendar(config.zone);
  const { currency } = config;
  const store = openStore(knex, { calendar, currency }, { ...config, ownsKnex: options.knex === undefined });
  try {
    if (store.dialect === 'mysql') {
      for (const warning of await checkMysqlDurability(knex, config.acceptWeakDurability))
        logger.warn(warning);
    }
    if (options.migrate !== false) {
      for (const name of await migrateUp(knex)) logger.info(`Migration applied: ${name}`);
    }
    const app = wire(config, store, { store, calendar, currency }, logger, options);
    if (options.acceptStaleRollups !== true) await ensureFreshRollups(app);
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
  const range = (request: RangeRequest, days: number) => resolveRange(request, days, config.zone, clock());
  const feed = new Feed({
    store,
    currency: config.currency,
    zone: config.zone.name,
    clock,
    pollMs: config.limits.livePollMs,
    onFailure: (error) => logger.warn('The live feed cannot read', { error: String(error) }),
  });
  let writing: Promise<WriteSide> | undefined;
  return {
    config,
    store,
    reader,
    rules,
    logger,
    clock,
    audit: openAuditLog(store, clock),
    feed,
    writeSide: () => {
      // A failure is not kept, since its cause may pass, and closing must not meet it again.
      writing ??= openWriteSide(config, store, rules, logger, clock, feed, options.nameRider).catch(
        (error) => {
          writing = undefined;
          throw error;
        },
      );
      return writing;
    },
    methods: (request) => paymentMethods(reader, range(request, METHODS_DAYS)),
    trends: (period, request, fill = true) =>
      revenueTrends(reader, { period, span: range(request, TRENDS_DAYS), fill, now: clock() }),
    averagePrices: () => averagePrices(reader),
    verify: (onProgress) => verifyRollups(reader, onProgress),
    rebuild: (onProgress) =>
      rebuildRollups({ ...reader, ...(onProgress === undefined ? {} : { onProgress }) }),
    close: async () => {
      const side = await writing?.catch(() => undefined);
      await side?.batcher.close();
      await feed.close();
      await store.close();
    },
  };
}

async function openWriteSide(
  config: Config,
  store: Store,
  rules: PaymentRules,
  logger: Logger,
  clock: () => number,
  feed: Feed,
  platformRiders: NameRider | undefined,
): Promise<WriteSide> {
  const nameRider = platformRiders ?? (await openPseudonyms(config, store));
  const key = sealKey(sealSecret(config));
  const { limits, currency } = config;
  const commit = openDoor({
    store,
    currency,
    maxTries: limits.commitTries,
    onRetry: (error) => logger.warn('A batch is tried again', { error: String(error) }),
    onCommitted: () => feed.announce(),
  });
  const batcher = new Batcher(commit, store.writers, {
    maxRows: limits.batchRows,
    maxBytes: limits.batchBytes,
    maxWaitMs: limits.batchWaitMs,
    maxQueue: limits.queueDeliveries,
  });
  const { quarantineDays } = config;
  const recorder = new Recorder({ batcher, rules, currency, nameRider, sealKey: key, quarantineDays, clock });
  return { commit, batcher, recorder, nameRider, sealKey: key, scheme: webhookScheme(config) };
}

/** The same rider must stay the same pseudonym: a database remembers which key named its riders. */
async function openPseudonyms(config: Config, store: Store): Promise<NameRider> {
  const key = pseudonymKey(pseudonymSecret(config));
  const { pseudonym_key_id: known } = await readMeta(store.knex);
  if (known !== undefined && known !== key.id && !config.acceptPseudonymKeyChange) {
    throw new AppError(
      'settings',
      `The riders of this database were named with the pseudonym key ${known}; the key at hand is ${key.id}. ` +
        'Set FARELOG_PSEUDONYM_KEY (or restore its file in the data folder) to the old one. With another key every ' +
        'rider becomes a new one; if that is meant, set FARELOG_PSEUDONYM_KEY_CHANGE=accept.',
    );
  }
  if (known !== key.id) await saveMeta(store, { pseudonym_key_id: key.id });
  return pseudonymRiders(key);
}

/** Rollups made with other settings would be wrong figures: refused. Where there are none yet, they are made. */
async function ensureFreshRollups(app: App): Promise<void> {
  const { config, store, logger } = app;
  const meta = await readMeta(store.knex);
  const made = meta.rollup_version !== undefined;
  const changed = [
    ['FARELOG_REPORT_TIMEZONE', meta.reporting_zone, config.zone.name],
    ['FARELOG_CURRENCY', meta.currency, config.currency.code],
  ].filter(([, before, now]) => made && before !== now);
  if (changed.length > 0) {
    const list = changed.map(([name, before, now]) => `${name} was ${before} and is ${now}`).join('; ');
    throw new AppError(
      'settings',
      `The rollups of this database were made with other settings: ${list}. ` +
        'Set it back, or run `farelog rebuild` to make them again.',
    );
  }
  if (meta.rollup_version === String(ROLLUP_VERSION)) return;
  if (await hasPayments(store.knex)) {
    logger.info('Making the rollups of the payments that are here already');
    const payments = await app.rebuild();
    logger.info('Rollups made', { payments });
    return;
  }
  await saveMeta(store, {
    reporting_zone: config.zone.name,
    currency: config.currency.code,
    rollup_version: String(ROLLUP_VERSION),
  });
}
