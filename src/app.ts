/** Composition: wires the layers by hand into an open Farelog. */
import type { Knex } from 'knex';
import { type Figures, figuresOf } from './analytics/figures.js';
import type { Reader } from './analytics/ledger.js';
import { LedgerCache } from './analytics/ledger-cache.js';
import { type VerifyReport, verifyLedger } from './analytics/verify.js';
import type { SignatureScheme } from './bytemark/signature.js';
import { type Config, type Environment, loadConfig } from './config.js';
import { AppError, codeOf, failureOf } from './domain/errors.js';
import { LEDGER_VERSION, LedgerCalendar } from './domain/ledger.js';
import type { PaymentRules } from './domain/payment.js';
import { pseudonymKey } from './domain/pseudonym.js';
import { type Audit, openAuditLog } from './ingest/audit-log.js';
import { Batcher } from './ingest/batcher.js';
import { type Commit, openDoor } from './ingest/door.js';
import { Feed } from './ingest/feed.js';
import { type NameRider, pseudonymRiders } from './ingest/intake.js';
import { Poster, postAll, postSome } from './ingest/posting.js';
import { PostingThread } from './ingest/posting-thread.js';
import { rebuildLedger } from './ingest/rebuild.js';
import { Recorder } from './ingest/record.js';
import { type SealKey, sealKey } from './ingest/seal.js';
import { Taking } from './ingest/taking.js';
import { jsonLogger, type Logger } from './log.js';
import { pseudonymSecret, sealSecret, webhookScheme } from './secrets.js';
import type { Store } from './store/dialect.js';
import { journalSize } from './store/journal.js';
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
  /** Opens although the ledger was made with other settings: for `rebuild`. */
  readonly acceptStaleLedger?: boolean | undefined;
}

/** What recording needs and reading does not; made when it is first asked for, as it makes secrets. */
export interface WriteSide {
  readonly commit: Commit;
  readonly taking: Taking;
  readonly batcher: Batcher;
  readonly poster: Poster;
  /** Undefined where posting runs in this thread. */
  readonly postingThread: PostingThread | undefined;
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
  /** Every figure there is. */
  readonly figures: Figures;
  /** Writes down who reads rider-level data, before it is shown. */
  readonly audit: Audit;
  /** Tells of commits as they happen, those of other instances too. */
  readonly feed: Feed;
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
  const store = openStore(knex, { calendar, currency }, { ...config, ownsKnex: options.knex === undefined });
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
      writing ??= openWriteSide(config, reader, rules, logger, clock, feed, options).catch((error) => {
        writing = undefined;
        throw error;
      });
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
      await feed.close();
      await store.close();
    },
  };
}

async function openWriteSide(
  config: Config,
  reader: Reader,
  rules: PaymentRules,
  logger: Logger,
  clock: () => number,
  feed: Feed,
  options: AppOptions,
): Promise<WriteSide> {
  const { store } = reader;
  const nameRider = options.nameRider ?? (await openPseudonyms(config, store));
  const key = sealKey(sealSecret(config));
  const scheme = webhookScheme(config);
  const { limits, currency } = config;
  const onError = (error: unknown): void =>
    logger.warn('Posting to the ledger failed; figures stay exact, and it is tried again', {
      error: codeOf(error),
    });
  const postingThread = hasAddress(config, options)
    ? new PostingThread(config.databaseUrl, reader)
    : undefined;
  const post = (): Promise<number> => postingThread?.post() ?? postSome(reader);
  const poster = new Poster(post, onError, await journalSize(store.knex));
  const door = openDoor({
    store,
    currency,
    maxTries: limits.commitTries,
    onRetry: (error) => logger.warn('A batch is tried again', { error: failureOf(error) }),
    onCommitted: (recorded) => {
      poster.recorded(recorded);
      if (recorded > 0) feed.announce();
    },
  });
  const taking = new Taking(clock);
  const commit = taking.watch(door);
  const batcher = new Batcher(commit, store.writers, {
    maxRows: limits.batchRows,
    maxBytes: limits.batchBytes,
    maxWaitMs: limits.batchWaitMs,
    maxQueue: limits.queueDeliveries,
  });
  const { quarantineDays } = config;
  const recorder = new Recorder({ batcher, rules, currency, nameRider, sealKey: key, quarantineDays, clock });
  return { commit, taking, batcher, poster, postingThread, recorder, nameRider, sealKey: key, scheme };
}

/** Whether another thread can open this database too: not one in memory, nor one whose Knex the platform has made. */
function hasAddress({ databaseUrl }: Config, { knex }: AppOptions): boolean {
  return knex === undefined && databaseUrl !== 'sqlite::memory:';
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

/** A ledger made with other settings would be wrong figures: refused. Where there is none yet, it is made. */
async function ensureFreshLedger(app: App): Promise<void> {
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
