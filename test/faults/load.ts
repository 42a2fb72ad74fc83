/** Senders side by side, who write down what they send and what they are answered. */
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN_KEY, type Answer, Sender } from '../support/service.js';
import type { AcknowledgementLog } from './acknowledgements.js';
import type { Delivery } from './deliveries.js';

export interface LoadOptions {
  readonly url: string;
  readonly log: AcknowledgementLog;
  /** Taken from its end. What was not answered 2xx is returned, not put back. */
  readonly waiting: Delivery[];
  /** Deliveries under way at once; by default 32. */
  readonly senders?: number;
  /** No new delivery is begun once this is true. */
  readonly stopped?: () => boolean;
  /** Told of every answer, and of every delivery that got none. */
  readonly onAnswer?: (answer: Answer | undefined, delivery: Delivery, elapsedMs: number) => void;
  /** Asked before each delivery: what it is signed with; by default the services' secret. */
  readonly secret?: () => Buffer;
}

export interface LoadResult {
  readonly deliveries: number;
  readonly acknowledged: number;
  /** Deliveries by the status of their answer; `none` where none came. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What was sent and not answered 2xx, to be sent again. */
  readonly unsettled: Delivery[];
  /** Codes of the connections' failures, such as ECONNREFUSED. */
  readonly failures: readonly string[];
}

export function isAcknowledged(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.status >= 200 && answer.status <= 299;
}

/** Sends until nothing waits or it is stopped; what is under way then is awaited. */
export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const { url, log, waiting, senders = 32, stopped = () => false, onAnswer, secret } = options;
  const sender = new Sender(url, senders, secret);
  const statuses: Record<string, number> = {};
  const unsettled: Delivery[] = [];
  let [deliveries, acknowledged] = [0, 0];
  const drive = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = stopped() ? undefined : waiting.pop()) {
      deliveries++;
      const name = log.sent(next);
      const began = performance.now();
      const answer = await sender.send(next.body);
      const elapsedMs = performance.now() - began;
      log.answered(name, answer);
      const status = String(answer?.status ?? 'none');
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (isAcknowledged(answer)) acknowledged++;
      else unsettled.push(next);
      onAnswer?.(answer, next, elapsedMs);
    }
  };
  try {
    await Promise.all(Array.from({ length: senders }, drive));
  } finally {
    await sender.close();
  }
  return { deliveries, acknowledged, statuses, unsettled, failures: sender.failures };
}

/** A pause between two rounds of sending again, as a provider makes one too. */
const AGAIN_AFTER_MS = 100;

/** Sends until all are answered 2xx, again where they are not. Fails where that takes longer than `withinMs`. */
export async function sendUntilTaken(options: LoadOptions, withinMs = 60_000): Promise<LoadResult> {
  const deadline = Date.now() + withinMs;
  let waiting = options.waiting;
  const statuses: Record<string, number> = {};
  const failures: string[] = [];
  let [deliveries, acknowledged] = [0, 0];
  for (;;) {
    const round = await sendLoad({ ...options, waiting });
    deliveries += round.deliveries;
    acknowledged += round.acknowledged;
    failures.push(...round.failures);
    for (const [status, count] of Object.entries(round.statuses))
      statuses[status] = (statuses[status] ?? 0) + count;
    if (round.unsettled.length === 0) return { deliveries, acknowledged, statuses, unsettled: [], failures };
    if (Date.now() > deadline)
      throw new Error(
        `${round.unsettled.length} deliveries were not taken within ${withinMs} ms: ${JSON.stringify(statuses)}`,
      );
    waiting = round.unsettled;
    await pause(AGAIN_AFTER_MS);
  }
}

/**
 * Sends one delivery after the other until one is acknowledged, and returns how long that took, in milliseconds: the
 * recovery after a fault. What was sent and not acknowledged goes back to the waiting ones.
 */
export async function untilAcknowledged(
  url: string,
  log: AcknowledgementLog,
  waiting: Delivery[],
  withinMs = 60_000,
): Promise<number> {
  const began = performance.now();
  for (;;) {
    const next = waiting.pop();
    if (next === undefined) throw new Error('nothing waits to be sent');
    const { acknowledged } = await sendLoad({ url, log, waiting: [next], senders: 1 });
    const elapsed = performance.now() - began;
    if (acknowledged > 0) return elapsed;
    waiting.push(next);
    if (elapsed > withinMs) throw new Error(`nothing was acknowledged within ${withinMs} ms`);
    await pause(20);
  }
}

/** Longest wait for a fault to bite; a wrong variant may never feel it. */
const BITES_WITHIN_MS = 5_000;

/**
 * Sends one delivery after the other until one is not acknowledged: the fault is there. What was not acknowledged
 * goes back to the waiting ones.
 */
export async function untilRefused(url: string, log: AcknowledgementLog, waiting: Delivery[]): Promise<void> {
  const deadline = Date.now() + BITES_WITHIN_MS;
  for (let next = waiting.pop(); next !== undefined && Date.now() < deadline; next = waiting.pop()) {
    const { unsettled } = await sendLoad({ url, log, waiting: [next], senders: 1 });
    if (unsettled.length > 0) {
      waiting.push(next);
      return;
    }
    await pause(50);
  }
}

/** The most that `POST /api/v1/payments` takes at once. */
const BULK = 1_000;

/**
 * Records deliveries in their order by `POST /api/v1/payments`, many at a time. Each is an entry of its own in the log,
 * answered with the status that stands for it in the answer. Fails where a request is refused as a whole.
 */
export async function recordInBulk(
  url: string,
  log: AcknowledgementLog,
  deliveries: readonly Delivery[],
): Promise<void> {
  for (let from = 0; from < deliveries.length; from += BULK) {
    const part = deliveries.slice(from, from + BULK);
    const names = part.map((delivery) => log.sent(delivery));
    const answer = await fetch(`${url}/api/v1/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: `[${part.map(({ body }) => body).join(',')}]`,
    });
    const text = await answer.text();
    if (answer.status !== 207) throw new Error(`bulk recording was answered ${answer.status}: ${text}`);
    const { rows }: { rows: readonly { status: number }[] } = JSON.parse(text);
    for (const [index, { status }] of rows.entries()) {
      const name = names[index];
      if (name !== undefined) log.answered(name, { status, body: '' });
    }
  }
}
