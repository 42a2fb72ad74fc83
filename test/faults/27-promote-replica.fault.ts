/**
 * Two MariaDB servers with semi-synchronous replication. The primary is killed under load and its files are thrown
 * away; the replica is promoted, and the address that the service knows is moved to it. Nothing that was acknowledged
 * may be missing on the promoted one, and the service recovers by itself. Then a new, empty replica follows, and it
 * begins again. In every second round the replica is cut off first: the primary must acknowledge nothing from then on.
 *
 * The controls are the same servers without waiting for the replica, and with a wait that gives up: both acknowledge
 * what only the lost primary has.
 */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeOnMariadb } from '../support/databases.js';
import { until } from '../support/promises.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { startBalancer } from './balancer.js';
import { baseLoad, type Delivery } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { isAcknowledged, sendLoad, sendUntilTaken, untilAcknowledged } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { startService } from './places.js';
import {
  follow,
  isHoldingBack,
  KEEPS_THE_PROMISE,
  type Member,
  open,
  promote,
  startMember,
} from './replication.js';

const PAYMENTS = times(2_000, 20_000);
const LOSSES = times(2, 20);
const SENT_WHILE_DOWN = 32;
/** How many acknowledgements after the replica was cut off show that the primary does not wait for it. */
const ENOUGH_ALONE = 50;

interface Replication {
  readonly settings: readonly string[];
  /** Whether a primary waits for its replica, and for how long it does. */
  readonly waits: boolean;
  readonly givesUp?: boolean;
  /** Whether the replica is cut off in a round before the primary is lost. */
  readonly cutOff: (round: number) => boolean;
}

interface Group {
  primary: Member;
  replica: Member;
}

/** A primary with the service's database and its user, who may not write where it is read-only; and its replica. */
async function startGroup({ settings, waits }: Replication): Promise<Group> {
  const [primary, replica] = await Promise.all([startMember(settings), startMember(settings)]);
  await follow(replica, primary);
  await open(primary, waits);
  await primary.run(
    'CREATE DATABASE farelog CHARACTER SET utf8mb4',
    "CREATE USER farelog@'127.0.0.1' IDENTIFIED BY 'farelog'",
    "GRANT ALL ON farelog.* TO farelog@'127.0.0.1'",
  );
  return { primary, replica };
}

function databaseUrlAt(port: number): string {
  return `mysql://farelog:farelog@127.0.0.1:${port}/farelog`;
}

interface Losses {
  readonly losses: number;
  readonly verdict: Verdict;
  /** Statuses while the address had moved to a replica that was not promoted yet. */
  readonly whileReadOnly: ReadonlySet<string>;
  /** Acknowledged after the replica was cut off, in all rounds. */
  readonly acknowledgedAlone: number;
  readonly recoveryMs: number;
}

/** Sends until the primary is lost, and loses it: at some moment, or after its replica was cut off from it. */
async function loseUnderLoad(
  { primary, replica }: Group,
  { cutOff, givesUp }: { readonly cutOff: boolean; readonly givesUp: boolean },
  send: { readonly url: string; readonly log: AcknowledgementLog; readonly waiting: Delivery[] },
): Promise<{ readonly acknowledgedAlone: number; readonly unsettled: Delivery[] }> {
  const loseAfter = randomInt(100, Math.floor((PAYMENTS * 2) / (LOSSES + 1)));
  let [answered, acknowledgedAlone] = [0, 0];
  let [isCut, isLost] = [false, false];
  let losing: Promise<void> | undefined;
  const lose = async (): Promise<void> => {
    if (cutOff) {
      await replica.run('STOP SLAVE IO_THREAD');
      isCut = true;
      await until(async () =>
        (!givesUp && (await isHoldingBack(primary))) || acknowledgedAlone >= ENOUGH_ALONE ? true : undefined,
      );
    }
    isLost = true;
    await primary.lose();
  };
  const { unsettled } = await sendLoad({
    ...send,
    // Where the replica was cut off, the load goes on until the primary is lost: it is what waits.
    stopped: () => isLost,
    onAnswer: (answer) => {
      if (isCut && isAcknowledged(answer)) acknowledgedAlone++;
      if (++answered >= loseAfter) losing ??= lose();
    },
  });
  await losing;
  return { acknowledgedAlone, unsettled };
}

async function losePrimaries(replication: Replication): Promise<Losses> {
  const { settings, waits, cutOff, givesUp = false } = replication;
  const group = await startGroup(replication);
  const address = await startBalancer([group.primary.port]);
  const { url } = await startService(databaseUrlAt(address.port));
  const log = new AcknowledgementLog();
  const whileReadOnly = new Set<string>();
  let waiting = baseLoad(PAYMENTS);
  let [acknowledgedAlone, recoveryMs] = [0, 0];
  for (let losses = 1; ; losses++) {
    const lost = await loseUnderLoad(group, { cutOff: cutOff(losses), givesUp }, { url, log, waiting });
    acknowledgedAlone += lost.acknowledgedAlone;
    waiting = [...waiting, ...lost.unsettled];
    address.switchTo([group.replica.port]);
    const down = await sendLoad({ url, log, waiting: waiting.slice(-SENT_WHILE_DOWN) });
    for (const status of Object.keys(down.statuses)) whileReadOnly.add(status);
    await promote(group.replica, waits);
    const verdict = await check(log, databaseUrlAt(group.replica.port));
    const told = { losses, whileReadOnly, acknowledgedAlone };
    if (!verdict.holds) return { ...told, verdict, recoveryMs };
    group.primary = group.replica;
    group.replica = await startMember(settings);
    await follow(group.replica, group.primary);
    recoveryMs = Math.max(recoveryMs, await untilAcknowledged(url, log, waiting));
    if (losses < LOSSES) continue;
    await sendUntilTaken({ url, log, waiting });
    return { ...told, verdict: await check(log, databaseUrlAt(group.primary.port)), recoveryMs };
  }
}

describeOnMariadb(() => {
  test('the primary lost and its replica promoted, again and again: nothing acknowledged is missing', async () => {
    const found = await losePrimaries({
      settings: KEEPS_THE_PROMISE,
      waits: true,
      cutOff: (round) => round % 2 === 0,
    });
    const { verdict, losses, recoveryMs } = found;
    tell({ fault: 27, database: 'mariadb', times: losses, ...countsOf(verdict), recoveryMs });
    expectPromise(verdict);
    expect(losses).toBe(LOSSES);
    expect(verdict.payments).toBe(PAYMENTS);
    expect([...found.whileReadOnly]).toEqual(['503']);
    expect(found.acknowledgedAlone).toBe(0);
  });

  const gaveUp = ['--rpl-semi-sync-master-timeout=10'];
  test.each([
    ['asynchronous replication', { settings: [], waits: false }],
    ['semi-synchronous replication that gives up after 10 ms', { settings: gaveUp, waits: true }],
  ])('control: %s is found out', BY_CHANCE, async (control, { settings, waits }) => {
    const replication = {
      settings: [...KEEPS_THE_PROMISE, ...settings],
      waits,
      givesUp: true,
      cutOff: () => true,
    };
    const { verdict } = await losePrimaries(replication);
    const caught = verdict.lost > 0;
    tellControl({ fault: 27, database: 'mariadb', control, caught });
    expect(caught).toBe(true);
  });
});
