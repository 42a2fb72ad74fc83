/**
 * The demo: 90 days of an invented city's payments through the door, and live ones through the service's own webhook.
 * A database of the demo says so, and never mixes with real payments by accident.
 */
import type { App } from '../app.js';
import { captureLags } from '../bytemark/capture-lag.js';
import { type BytemarkPayment, Demand } from '../bytemark/demand.js';
import { disturb } from '../bytemark/disturbance.js';
import { calendarEntriesOf, demoEffects, type Effect } from '../bytemark/effects.js';
import { claimFromWebhook } from '../bytemark/payload.js';
import { send } from '../bytemark/sender.js';
import { AppError } from '../domain/errors.js';
import { fromSqlText, toIso } from '../domain/time.js';
import type { Entry } from '../ingest/door.js';
import { prepareAtOnce } from '../ingest/intake.js';
import { readMeta, saveMeta } from '../store/meta.js';
import { hasPayments, newestPaymentId, paymentSpan } from '../store/payments.js';
import { progressLine } from './command.js';

export interface Demo {
  stop(): Promise<void>;
}

const SEED = 20_250_407;
const DAYS = 90;
const DAILY_PAYMENTS = 2_500;
const BATCH_ROWS = 5_000;
/** How much faster than its calendar the live city pays, so that there is something to see. */
const LIVE_SPEED = 8;
const MIN_LIVE_PER_S = 0.3;
/** Of what comes live: repeated, contradicting, broken. */
const DISTURBANCE = { duplicates: 0.1, conflicts: 0.02, invalid: 0.03 };
/** Who fills the calendar, for the audit. */
const DEMO = { actor: 'demo', operation: 'farelog start --demo' };

/** Refuses to add invented payments to real ones; warns where real ones would come to invented ones. */
export async function refuseDemoOnRealData({ store, logger }: App, demo: boolean): Promise<void> {
  const isDemo = (await readMeta(store.knex)).data === 'demo';
  if (demo && !isDemo && (await hasPayments(store.knex))) {
    throw new AppError(
      'usage',
      'This database holds payments that are not the demo’s. Give the demo its own: --database sqlite:./data/demo.db.',
    );
  }
  if (!demo && isDemo) {
    logger.warn('This database holds the demo’s invented payments; what comes now is mixed with them');
  }
}

/** What is planted into this demo: by its first day, so that a restart changes nothing of it. */
async function effectsOf({ store }: App): Promise<readonly Effect[]> {
  const { demo_from: firstDate } = await readMeta(store.knex);
  return firstDate === undefined ? [] : demoEffects(firstDate);
}

async function demandFrom(app: App, nowS: number, dailyPayments = DAILY_PAYMENTS): Promise<Demand> {
  const { store, config, rules } = app;
  const span = await paymentSpan(store, store.knex);
  const last = span === undefined ? nowS - DAYS * 86_400 : fromSqlText(span.last) + 1;
  return new Demand({
    // Another seed after a restart, or the same riders would do the same things again.
    seed: SEED + (last % 1_000_003),
    startS: Math.min(last, nowS),
    zone: config.zone,
    currency: config.currency,
    dailyPayments,
    firstPaymentId: (await newestPaymentId(store.knex)) + 1,
    effects: await effectsOf(app),
    zeroFares: rules.acceptZeroFares,
  });
}

/** Fills the database from its last payment, or from 90 days ago, up to now; a smaller city is soon there. */
export async function fillWithDemo(app: App, dailyPayments?: number): Promise<void> {
  const { commit, nameRider } = await app.writeSide();
  const nowS = Math.floor(app.clock() / 1000);
  const isNew = !(await hasPayments(app.store.knex));
  const firstDate = toIso(app.config.zone.localOf(nowS - DAYS * 86_400)).slice(0, 10);
  await saveMeta(app.store, { data: 'demo', ...(isNew ? { demo_from: firstDate } : {}) });
  if (isNew) await app.calendar.import(calendarEntriesOf(demoEffects(firstDate)), DEMO);
  const demand = await demandFrom(app, nowS, dailyPayments);
  const lagMs = captureLags(SEED);
  const notified: { readonly receivedMs: number; readonly payment: BytemarkPayment }[] = [];
  for (const payment of demand.until(nowS)) {
    const receivedMs = Math.min(Date.parse(payment.timestamp) + lagMs(), app.clock());
    notified.push({ receivedMs, payment });
  }
  // As they came in, late ones late, so that figures of an earlier day can be asked for.
  notified.sort((a, b) => a.receivedMs - b.receivedMs);
  const progress = progressLine();
  let entries: Entry[] = [];
  let made = 0;
  for (const { receivedMs, payment } of notified) {
    const claim = claimFromWebhook(payment);
    if (claim === undefined) continue;
    const prepared = await prepareAtOnce(claim, 'webhook', app.rules, nameRider, receivedMs);
    if (prepared.ok) entries.push({ kind: 'payment', delivery: prepared.delivery });
    if (entries.length < BATCH_ROWS) continue;
    await commit(entries, 0);
    made += entries.length;
    progress.show(`Inventing payments: ${made.toLocaleString('en-US')}`);
    entries = [];
  }
  if (entries.length > 0) await commit(entries, 0);
  await app.post((posted) => progress.show(`Adding them up: ${posted.toLocaleString('en-US')}`));
  progress.done();
}

/** Sends live payments to the service until it is stopped. */
export async function runLiveDemo(app: App, url: string): Promise<Demo> {
  const { scheme } = await app.writeSide();
  const demand = await demandFrom(app, Math.floor(app.clock() / 1000));
  const aborting = new AbortController();
  const seconds = (): number => app.clock() / 1000;
  const sending = send({
    url: `${url}/webhooks/bytemark`,
    scheme,
    deliveries: disturb(fromNowOn(demand, seconds), { seed: SEED, ...DISTURBANCE }),
    ratePerS: () => Math.max(MIN_LIVE_PER_S, demand.paymentsPerSecondAt(seconds()) * LIVE_SPEED),
    concurrency: 4,
    signal: aborting.signal,
  }).catch((error: unknown) => app.logger.error('The demo’s live payments ended', { error: String(error) }));
  return {
    stop: async () => {
      aborting.abort();
      await sending;
    },
  };
}

function* fromNowOn(demand: Demand, seconds: () => number): Generator<BytemarkPayment> {
  for (;;) yield demand.paymentAt(seconds());
}
