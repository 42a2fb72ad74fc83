/**
 * The webhook's secret is changed under load: first A, then A and B, while senders go over to B, then B alone, with a
 * restart before each. Nothing is refused for its signature while both are live, and A is dead after. The control goes
 * from A to B at once.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, type Delivery, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, startService } from './places.js';

const PAYMENTS = times(1_000, 20_000);
const ROTATIONS = times(1, 20);
const WITH_DEAD_SECRET = 50;

interface Phase {
  /** Which secrets the service has. */
  readonly live: readonly Buffer[];
  /** What the next delivery is signed with. */
  readonly secret: () => Buffer;
}

/** How A is replaced by B: in phases, with a restart between two. */
type Rotation = (a: Buffer, b: Buffer) => readonly Phase[];

const WITH_OVERLAP: Rotation = (a, b) => [
  { live: [a], secret: () => a },
  { live: [a, b], secret: () => (randomInt(2) === 0 ? a : b) },
  { live: [b], secret: () => b },
];

/** Senders do not change over within the same moment. */
const AT_ONCE: Rotation = (a, b) => [
  { live: [a], secret: () => a },
  { live: [b], secret: () => (randomInt(2) === 0 ? a : b) },
  { live: [b], secret: () => b },
];

interface Rotated {
  readonly statuses: Readonly<Record<string, number>>;
  /** Of deliveries signed with a secret that is no longer live. */
  readonly deadStatuses: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
}

function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [status, count] of Object.entries(more)) sums[status] = (sums[status] ?? 0) + count;
}

/** Sends under load until so many are answered, then stops the service while the load goes on. */
async function sendThroughStop(
  databaseUrl: string,
  { live, secret }: Phase,
  log: AcknowledgementLog,
  waiting: Delivery[],
  answers: number,
): Promise<{ readonly statuses: Readonly<Record<string, number>>; readonly waiting: Delivery[] }> {
  const service = await startService(databaseUrl, { settings: settingsOf(live) });
  let answered = 0;
  let broken = false;
  let stopped: Promise<unknown> | undefined;
  const round = await sendLoad({
    url: service.url,
    log,
    waiting,
    secret,
    stopped: () => broken,
    onAnswer: (answer) => {
      if (answer === undefined) broken = true;
      else if (++answered >= answers) stopped ??= service.stop();
    },
  });
  await (stopped ?? service.stop());
  return { statuses: round.statuses, waiting: [...waiting, ...round.unsettled] };
}

function settingsOf(live: readonly Buffer[]): Record<string, string> {
  return {
    FARELOG_WEBHOOK_SECRETS: live.map((secret) => `whsec_${secret.toString('base64')}`).join(','),
  };
}

async function rotate(databaseUrl: string, rotation: Rotation): Promise<Rotated> {
  const log = new AcknowledgementLog();
  const statuses: Record<string, number> = {};
  const deadStatuses: Record<string, number> = {};
  let waiting = baseLoad(PAYMENTS);
  const answers = Math.floor((PAYMENTS * 2) / (ROTATIONS * 3 + 1));
  let [dead, old, next] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  for (let rotations = 0; rotations < ROTATIONS; rotations++) {
    for (const phase of rotation(old, next)) {
      const round = await sendThroughStop(databaseUrl, phase, log, waiting, answers);
      addTo(statuses, round.statuses);
      waiting = round.waiting;
    }
    [dead, old, next] = [old, next, randomBytes(32)];
  }
  const service = await startService(databaseUrl, { settings: settingsOf([old]) });
  const { statuses: last } = await sendUntilTaken({ url: service.url, log, waiting, secret: () => old });
  addTo(statuses, last);
  // Known ones and new ones.
  const late = Array.from({ length: WITH_DEAD_SECRET }, (_, index) => deliveryOf(PAYMENTS - 10 + index));
  const refused = await sendLoad({ url: service.url, log, waiting: late, secret: () => dead });
  addTo(deadStatuses, refused.statuses);
  await service.stop();
  return { statuses, deadStatuses, verdict: await check(log, databaseUrl) };
}

onEachDatabase((database) => {
  test('secrets rotated under load: nothing is refused while both live, and the old one is dead after', async () => {
    const { statuses, deadStatuses, verdict } = await rotate(await database.freshUrl(), WITH_OVERLAP);
    tell({
      fault: 15,
      database: database.name,
      times: ROTATIONS,
      ...countsOf(verdict),
      recoveryMs: null,
      note: `${WITH_DEAD_SECRET} with a dead secret refused`,
    });
    expectPromise(verdict);
    expect(Object.keys(statuses).filter((status) => !['200', '201', '503', 'none'].includes(status))).toEqual(
      [],
    );
    expect(deadStatuses).toEqual({ 401: WITH_DEAD_SECRET });
    expect(verdict.payments).toBe(PAYMENTS);
  });

  test('control: a rotation without both live is found out', BY_CHANCE, async () => {
    const { statuses } = await rotate(await database.freshUrl(), AT_ONCE);
    const caught = (statuses[401] ?? 0) > 0;
    tellControl({
      fault: 15,
      database: database.name,
      control: 'goes from one to the other at once',
      caught,
    });
    expect(caught).toBe(true);
  });
});
