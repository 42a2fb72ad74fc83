/**
 * What an episode has to weather: how many processes and senders there are, how small the limits, and how often what goes
 * wrong. Each episode draws its own, most faults being absent from most, since some bugs show only where others do not
 * get in the way.
 */
import type { BatchLimits } from '../../src/ingest/batcher.js';
import type { Chance } from './schedule.js';

export const FAULTS = [
  'request lost',
  'request doubled',
  'request late',
  'answer lost',
  'answer late',
  'refused at the door, busy or unavailable',
  'transaction failed before it began',
  'statement failed',
  'answer of COMMIT lost',
  'payment that the database refuses',
  'database down',
  'process killed',
  'process stopped',
  'clock jumped',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Weather {
  readonly processes: number;
  readonly writers: number;
  readonly senders: number;
  readonly limits: BatchLimits;
  readonly maxTries: number;
  /** Milliseconds at most that a message, or a transaction's request or answer, is on its way. */
  readonly networkMs: number;
  readonly storeMs: number;
  readonly senderTimeoutMs: number;
  /** Shares of messages, from 0 to 1. */
  readonly requestLost: number;
  readonly requestDoubled: number;
  readonly late: number;
  readonly answerLost: number;
  /** Shares of transactions. */
  readonly failsBefore: number;
  readonly statementFails: number;
  readonly commitAnswerLost: number;
  /** Shares of what is sent. */
  readonly duplicates: number;
  readonly conflicts: number;
  readonly invalid: number;
  readonly poisonous: number;
  readonly throughApi: number;
  /** Milliseconds between two such events, on average. */
  readonly killEveryMs: number;
  readonly stopEveryMs: number;
  readonly databaseDownEveryMs: number;
  readonly clockJumpEveryMs: number;
  readonly postEveryMs: number;
  readonly rebuildEveryMs: number;
  readonly expireEveryMs: number;
  readonly readEveryMs: number;
  readonly lookEveryMs: number;
}

export function drawWeather(chance: Chance): Weather {
  const share = (most: number): number => (chance.happens(0.4) ? chance.between(0, most) : 0);
  const every = (least: number, most: number): number =>
    chance.happens(0.4) ? chance.between(least, most) : Number.POSITIVE_INFINITY;
  return {
    processes: chance.whole(1, 3),
    writers: chance.whole(1, 3),
    senders: chance.whole(1, 24),
    limits: {
      maxRows: chance.whole(1, 12),
      maxBytes: chance.whole(300, 5_000),
      maxWaitMs: chance.between(0, 20),
      maxQueue: chance.whole(2, 40),
    },
    maxTries: chance.whole(1, 5),
    networkMs: chance.between(1, 60),
    storeMs: chance.between(1, 60),
    senderTimeoutMs: chance.between(100, 2_000),
    requestLost: share(0.3),
    requestDoubled: share(0.3),
    late: share(0.1),
    answerLost: share(0.4),
    failsBefore: share(0.3),
    statementFails: share(0.4),
    commitAnswerLost: share(0.4),
    duplicates: share(0.5),
    conflicts: share(0.3),
    invalid: share(0.3),
    poisonous: share(0.1),
    throughApi: share(0.6),
    killEveryMs: every(200, 5_000),
    stopEveryMs: every(500, 5_000),
    databaseDownEveryMs: every(500, 5_000),
    clockJumpEveryMs: every(500, 5_000),
    postEveryMs: chance.between(300, 3_000),
    rebuildEveryMs: every(300, 5_000),
    expireEveryMs: every(50, 1_000),
    readEveryMs: chance.between(300, 3_000),
    lookEveryMs: chance.between(1_000, 8_000),
  };
}
