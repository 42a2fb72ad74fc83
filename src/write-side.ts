/** Composition of the write side: from a delivery that comes in to its commit, and the posting behind it. */
import type { Knex } from 'knex';
import type { Reader } from './analytics/ledger.js';
import type { SignatureScheme } from './bytemark/signature.js';
import type { Config } from './config.js';
import type { ErasureKeys } from './domain/erasure.js';
import { AppError, codeOf, failureOf } from './domain/errors.js';
import type { PaymentRules } from './domain/payment.js';
import { pseudonymKey } from './domain/pseudonym.js';
import { Batcher } from './ingest/batcher.js';
import { type Commit, openDoor } from './ingest/door.js';
import { Tombstones } from './ingest/erased.js';
import type { Feed } from './ingest/feed.js';
import { type NameRider, pseudonymRiders } from './ingest/intake.js';
import { Poster, postSome } from './ingest/posting.js';
import { PostingThread } from './ingest/posting-thread.js';
import { openReconciler, type Reconcile } from './ingest/reconciler.js';
import { Recorder } from './ingest/record.js';
import { type Riders, ridersOf } from './ingest/riders.js';
import { type SealKey, sealKey } from './ingest/seal.js';
import { Taking } from './ingest/taking.js';
import type { WriteSignals } from './ingest/write-signals.js';
import type { Logger } from './log.js';
import { pseudonymSecret, sealSecret, webhookScheme } from './secrets.js';
import { paymentStanding } from './store/adjustments.js';
import type { Store } from './store/dialect.js';
import { journalSize } from './store/journal.js';
import { readMeta, saveMeta } from './store/meta.js';

/** What recording needs and reading does not; made when it is first asked for, as it makes secrets. */
export interface WriteSide {
  readonly commit: Commit;
  readonly taking: Taking;
  readonly batcher: Batcher;
  readonly poster: Poster;
  /** Undefined where posting runs in this thread. */
  readonly postingThread: PostingThread | undefined;
  readonly recorder: Recorder;
  readonly riders: Riders;
  readonly reconcile: Reconcile;
  readonly nameRider: NameRider;
  readonly sealKey: SealKey;
  readonly scheme: SignatureScheme;
}

/** What the write side is made of. */
export interface WriteParts {
  readonly config: Config;
  readonly reader: Reader;
  readonly rules: PaymentRules;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly feed: Feed;
  readonly signals: WriteSignals;
  readonly keys: () => ErasureKeys;
  /** A platform's own Knex and names of riders, where there are such. */
  readonly options: { readonly knex?: Knex | undefined; readonly nameRider?: NameRider | undefined };
}

export async function openWriteSide(parts: WriteParts): Promise<WriteSide> {
  const { config, reader, rules, logger, clock, feed, signals, keys, options } = parts;
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
  const poster = new Poster(signals.onPostings(post), onError, await journalSize(store.knex));
  const erased = new Tombstones(store, keys);
  await erased.refresh();
  const door = openDoor({
    store,
    currency,
    erased,
    maxTries: limits.commitTries,
    onRetry: (error) => {
      signals.retried();
      logger.warn('A batch is tried again', { error: failureOf(error) });
    },
    onCommitted: (recorded, adjustments) => {
      poster.recorded(recorded + adjustments);
      if (recorded > 0) feed.announce();
    },
  });
  const taking = new Taking(clock);
  const commit = signals.onBatches(taking.watch(door));
  const batcher = new Batcher(commit, store.writers, {
    maxRows: limits.batchRows,
    maxBytes: limits.batchBytes,
    maxWaitMs: limits.batchWaitMs,
    maxQueue: limits.queueDeliveries,
  });
  const { quarantineDays } = config;
  const submit: Batcher['submit'] = (entry, bytes) => {
    signals.queued(entry);
    return batcher.submit(entry, bytes);
  };
  const entrance = signals.followsDeliveries ? { submit } : batcher;
  const recorder = new Recorder({
    batcher: entrance,
    rules,
    adjustments: {
      rules: { ...rules, adjustmentKinds: config.adjustmentKinds },
      fields: config.adjustmentFields,
      standingOf: (paymentId) => paymentStanding(store.knex, paymentId, currency),
    },
    currency,
    nameRider,
    sealKey: key,
    quarantineDays,
    clock,
  });
  const riders = ridersOf({ store, keys, erased, nameRider, sealKey: key, clock });
  const { provider, pullWindowS: windowS, zone } = config;
  const reconcile = openReconciler({
    ...{ provider, windowS, zone, store, rules, commit, nameRider, clock },
    adjustmentKinds: config.adjustmentKinds,
    sealKey: key,
  });
  return {
    ...{ commit, taking, batcher, poster, postingThread, recorder, riders, reconcile },
    ...{ nameRider, sealKey: key, scheme },
  };
}

/** Whether another thread can open this database too: not one in memory, nor one whose Knex the platform has made. */
export function hasAddress({ databaseUrl }: Config, { knex }: WriteParts['options']): boolean {
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
