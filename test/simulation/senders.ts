/**
 * The senders, and the network between them and the service.
 *
 * A sender sends a message until it is acknowledged: again after a refusal, and again when no answer comes. Requests and
 * answers are lost, doubled and late, so they overtake each other, and one that was given up may still arrive. Messages
 * are new payments, the same again, the same id with another content, bodies that are no payment, and payments that the
 * database itself refuses.
 */
import { AppError } from '../../src/domain/errors.js';
import type { Payment } from '../../src/domain/payment.js';
import { pseudonymOf } from '../../src/domain/pseudonym.js';
import { toIso } from '../../src/domain/time.js';
import type { Alarm } from '../../src/ingest/timing.js';
import { EPOCH_MS, type Process, PSEUDONYM_KEY } from './process.js';
import type { Chance } from './schedule.js';
import { count, strikes, type World } from './world.js';

export interface Message {
  readonly no: number;
  readonly source: 'webhook' | 'api';
  readonly body: string;
  /** What it says; undefined where it is no payment. */
  readonly content: Payment | undefined;
  /** The one process that it is for; undefined where any may take it. */
  readonly to: Process | undefined;
  sendings: number;
  acknowledged: boolean;
  alarm: Alarm | undefined;
}

const DAY_S = 86_400;
const METHODS = [
  ['credit_card', 'credit_card'],
  ['apple_pay', 'mobile_payment'],
  ['coins', 'coins'],
  ['something new', 'other'],
] as const;
const RIDERS = Array.from({ length: 12 }, (_, index) => `rider-${index}`);
const PSEUDONYMS = new Map(RIDERS.map((rider) => [rider, pseudonymOf(rider, PSEUDONYM_KEY)]));
/** How long a sender waits when nothing is wrong: longer than anything takes then. */
const CALM_TIMEOUT_MS = 30_000;
/** What is sent again, or contradicted, is one of the last so many. */
const RECENT = 20;

export class Senders {
  readonly messages: Message[] = [];
  /** Every payment that was sent, by its id; more than one where they contradict each other. */
  readonly sent = new Map<number, Payment[]>();
  readonly #world: World;
  readonly #processes: () => readonly Process[];
  readonly #days: readonly number[];
  #payments = 0;
  unacknowledged = 0;

  constructor(world: World, processes: () => readonly Process[]) {
    this.#world = world;
    this.#processes = processes;
    const { chance } = world.schedule;
    // Few days, so that blocks are added to; of a winter and spring in which the clocks change.
    this.#days = Array.from({ length: 3 }, () => EPOCH_MS / 1000 - chance.whole(1, 140) * DAY_S);
    for (let sender = 0; sender < world.weather.senders; sender++) this.#next();
  }

  #next(): void {
    const world = this.#world;
    if (world.calm) return;
    world.schedule.after(world.schedule.chance.between(0, 100), 'a sender has something', () => {
      if (world.calm) return;
      this.#begin(this.#newMessage());
    });
  }

  #begin(message: Message): void {
    this.messages.push(message);
    this.unacknowledged++;
    this.#send(message);
  }

  /** Sends new payments to one process. */
  sendTo(to: Process, payments: number): Message[] {
    return Array.from({ length: payments }, () => {
      const { content, notification } = this.#newPayment(++this.#payments);
      this.sent.set(content.payment_id, [content]);
      const body = JSON.stringify(notification);
      const no = this.messages.length;
      const message: Message = { ...blank(no), to, source: 'webhook', body, content };
      this.#begin(message);
      return message;
    });
  }

  #newMessage(): Message {
    const { schedule, weather, database, faults } = this.#world;
    const { chance } = schedule;
    const no = this.messages.length;
    const made = blank(no);
    const source = chance.happens(weather.throughApi) ? 'api' : 'webhook';
    const before = this.messages.at(-chance.whole(1, Math.max(1, Math.min(RECENT, no))));
    if (before !== undefined && chance.happens(weather.duplicates))
      return { ...made, source: before.source, body: before.body, content: before.content };
    const contradicted = chance.happens(weather.conflicts) ? before?.content?.payment_id : undefined;
    const { content, notification } = this.#newPayment(contradicted ?? ++this.#payments);
    if (chance.happens(weather.invalid))
      return { ...made, source, body: brokenBody(chance, source, notification, no), content: undefined };
    if (contradicted === undefined && chance.happens(weather.poisonous)) {
      database.poisonous.add(content.payment_id);
      count(faults, 'payment that the database refuses');
    }
    const sent = this.sent.get(content.payment_id) ?? [];
    this.sent.set(content.payment_id, [...sent, content]);
    return { ...made, source, body: JSON.stringify(notification), content };
  }

  #newPayment(payment_id: number): { content: Payment; notification: Record<string, unknown> } {
    const { chance } = this.#world.schedule;
    const rider = chance.oneOf(RIDERS);
    const [method, payment_type] = chance.oneOf(METHODS);
    const content = {
      payment_id,
      user_id: PSEUDONYMS.get(rider) ?? '',
      order_id: chance.whole(1, 2_000_000_000),
      payment_type,
      price_minor: chance.whole(1, 30_000),
      logged_s: chance.oneOf(this.#days) - chance.whole(0, DAY_S),
    };
    const notification = {
      payment_id,
      user_id: rider,
      order_id: content.order_id,
      payment_method: method,
      amount: (content.price_minor / 100).toFixed(2),
      timestamp: toIso(content.logged_s),
    };
    return { content, notification };
  }

  #send(message: Message): void {
    const world = this.#world;
    const { schedule, weather } = world;
    message.sendings++;
    const copies = strikes(world, weather.requestDoubled, 'request doubled') ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (strikes(world, weather.requestLost, 'request lost')) continue;
      const slow = strikes(world, weather.late, 'request late') ? 50 : 1;
      const ms = schedule.chance.between(0, weather.networkMs) * slow;
      schedule.after(ms, `message ${message.no} arrives`, () => this.#arrive(message));
    }
    this.#again(message, world.calm ? CALM_TIMEOUT_MS : weather.senderTimeoutMs);
  }

  #again(message: Message, ms: number): void {
    message.alarm?.cancel();
    message.alarm = this.#world.schedule.after(ms, `message ${message.no} is sent again`, () =>
      this.#send(message),
    );
  }

  #arrive(message: Message): void {
    const { schedule, laws } = this.#world;
    const processes = message.to === undefined ? this.#processes() : [message.to];
    const accepting = processes.filter((process) => process.accepting);
    if (accepting.length === 0) {
      this.#answer(message, false);
      return;
    }
    const process = schedule.chance.oneOf(accepting);
    process.record(message.source, message.body).then(
      (answer) => {
        schedule.note(`message ${message.no}: ${answer.outcome}`);
        laws.answered(message, answer);
        this.#answer(message, true);
      },
      (error: unknown) => {
        schedule.note(`message ${message.no}: ${error}`);
        const refused = error instanceof AppError && (error.code === 'busy' || error.code === 'unavailable');
        if (refused) count(this.#world.faults, 'refused at the door, busy or unavailable');
        else laws.broken('an error that tells a sender nothing', String(error));
        this.#answer(message, false);
      },
    );
  }

  #answer(message: Message, good: boolean): void {
    const world = this.#world;
    const { schedule, weather } = world;
    if (strikes(world, weather.answerLost, 'answer lost')) return;
    const slow = strikes(world, weather.late, 'answer late') ? 50 : 1;
    const ms = schedule.chance.between(0, weather.networkMs) * slow;
    schedule.after(ms, `message ${message.no} is ${good ? 'acknowledged' : 'refused'}`, () => {
      if (message.acknowledged) return;
      if (!good) {
        this.#again(message, schedule.chance.between(10, 500));
        return;
      }
      message.acknowledged = true;
      message.alarm?.cancel();
      this.unacknowledged--;
      this.#next();
    });
  }
}

function blank(no: number) {
  return { no, to: undefined, sendings: 0, acknowledged: false, alarm: undefined };
}

/** A body with a flaw, and unlike every other; callers of the API send JSON at least. */
function brokenBody(
  chance: Chance,
  source: 'webhook' | 'api',
  notification: Record<string, unknown>,
  no: number,
): string {
  const flaws = [
    { ...notification, note: no, amount: '12abc' },
    { ...notification, note: no, timestamp: '2999-12-31T23:59:59Z' },
    { ...notification, note: no, user_id: undefined },
    [no],
  ];
  const body = JSON.stringify(chance.oneOf(flaws));
  return source === 'webhook' && chance.happens(0.3) ? body.slice(0, -1) : body;
}
