/**
 * A process of the service: the real recorder, batcher, door and poster, wired as `app.ts` wires them, on a connection
 * that fails and a simulated time. It is running, stopping (as at SIGTERM: what came before settles) or gone. Killed, it
 * leaves what is committed and nothing else: its alarms do not ring and its promises do not go on.
 */
import { adjustmentKinds } from '../../src/domain/adjustment.js';
import { LedgerCalendar } from '../../src/domain/ledger.js';
import type { Currency } from '../../src/domain/money.js';
import type { PaymentRules } from '../../src/domain/payment.js';
import { paymentTypeTable } from '../../src/domain/payment-type.js';
import { pseudonymKey } from '../../src/domain/pseudonym.js';
import { Batcher } from '../../src/ingest/batcher.js';
import { type Commit, openDoor } from '../../src/ingest/door.js';
import { pseudonymRiders } from '../../src/ingest/intake.js';
import { Poster, postSome } from '../../src/ingest/posting.js';
import { type RecordAnswer, Recorder } from '../../src/ingest/record.js';
import { sealKey } from '../../src/ingest/seal.js';
import { paymentStanding } from '../../src/store/adjustments.js';
import { journalSize } from '../../src/store/journal.js';
import { zoneOf } from '../support/zones.js';
import { Connection } from './connection.js';
import type { World } from './world.js';

export const CURRENCY: Currency = { code: 'USD', digits: 2 };
export const CALENDAR = new LedgerCalendar(zoneOf('America/Chicago'));
export const PSEUDONYM_KEY = pseudonymKey('the-same-riders-in-every-run');
export const SEAL_KEY = sealKey('the-same-seal-in-every-run');
/** What the application's clock shows when an episode begins: 2026-03-10T15:00:00Z. */
export const EPOCH_MS = 1_773_154_800_000;

const RULES: PaymentRules = {
  currency: CURRENCY,
  unit: 'major',
  time: { format: 'iso', zone: null },
  acceptZeroFares: false,
  clockSkewS: 60,
  paymentTypes: paymentTypeTable(),
};

/** A planted bug may stand between the door and what asks it. */
export type DoorFlaw = (door: Commit) => Commit;

export class Process {
  lives = true;
  accepting = true;
  /** Requests that have no answer yet. */
  open = 0;
  /** By how much its clock is wrong. */
  skewMs = 0;
  readonly #batcher: Batcher;
  readonly #poster: Poster;
  readonly #recorder: Recorder;

  private constructor(
    readonly name: string,
    readonly world: World,
    pending: number,
    flaw: DoorFlaw,
  ) {
    const { schedule, weather } = world;
    const lives = (): boolean => this.lives;
    const timing = schedule.timing(name, lives);
    const store = new Connection(world, name, lives);
    const onError = (error: unknown): void => schedule.note(`${name} could not post: ${error}`);
    const post = (): Promise<number> => postSome({ store, calendar: CALENDAR });
    const poster = new Poster(post, onError, pending, timing);
    const door = openDoor({
      store,
      currency: CURRENCY,
      maxTries: weather.maxTries,
      onRetry: (error) => schedule.note(`${name} tries again: ${error}`),
      onCommitted: (recorded) => poster.recorded(recorded),
      timing,
    });
    this.#batcher = new Batcher(flaw(door), store.writers, weather.limits, timing);
    this.#poster = poster;
    this.#recorder = new Recorder({
      batcher: this.#batcher,
      rules: RULES,
      adjustments: {
        rules: { ...RULES, adjustmentKinds: adjustmentKinds() },
        fields: {},
        standingOf: (paymentId) => paymentStanding(world.database.store.knex, paymentId, CURRENCY),
      },
      currency: CURRENCY,
      nameRider: pseudonymRiders(PSEUDONYM_KEY),
      sealKey: SEAL_KEY,
      quarantineDays: 30,
      clock: () => Math.floor(EPOCH_MS + schedule.now + this.skewMs),
    });
  }

  static async start(name: string, world: World, flaw: DoorFlaw): Promise<Process> {
    return new Process(name, world, await journalSize(world.database.store.knex), flaw);
  }

  async record(source: 'webhook' | 'api', body: string): Promise<RecordAnswer> {
    this.open++;
    try {
      return source === 'webhook'
        ? await this.#recorder.recordWebhook(Buffer.from(body))
        : await this.#recorder.recordRecord(JSON.parse(body), 'api');
    } finally {
      this.open--;
      this.world.laws.queueStands(this.#batcher.queued);
    }
  }

  kill(): void {
    this.lives = false;
    this.accepting = false;
  }

  /** Settles when it has let go of everything, unless it is killed meanwhile. */
  async stop(): Promise<void> {
    this.accepting = false;
    await this.#batcher.close();
    await this.#poster.close();
  }
}
