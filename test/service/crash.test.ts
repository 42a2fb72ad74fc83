/**
 * The promise under `kill -9`: every delivery answered 2xx is kept exactly once, and every total equals the raw rows.
 *
 * What was acknowledged is looked for right after each kill, before anything is sent again: a delivery sent twice
 * would otherwise hide that its first acknowledgement was a lie. The same test on a build that answers before it
 * commits must find losses; if it finds none, it proves nothing.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DATABASES, describeOn } from '../support/databases.js';
import { type RawState, readRawState } from '../support/raw-database.js';
import { paymentBody, paymentMinor, Sender, startProcess, temporaryFolder } from '../support/service.js';

const PAYMENTS = 3_000;
const KILLS = 6;
const SENDERS = 32;
const WRONG_BUILD = fileURLToPath(new URL('../support/answers-early.mjs', import.meta.url));

/** Every payment twice, in random order. */
function shuffledTwice(): number[] {
  const ids = Array.from({ length: PAYMENTS * 2 }, (_, index) => (index % PAYMENTS) + 1);
  for (let i = ids.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [ids[i], ids[j]] = [ids[j] ?? 0, ids[i] ?? 0];
  }
  return ids;
}

interface Crashes {
  readonly acknowledged: ReadonlySet<number>;
  /** Acknowledged payments that were not there after a kill. */
  readonly lost: readonly number[];
  readonly serverErrors: number;
}

/** Loads the service and kills it again and again; after the last kill the rest is sent to a service that lives. */
async function crashUnderLoad(databaseUrl: string, command?: readonly string[]): Promise<Crashes> {
  const acknowledged = new Set<number>();
  const lost: number[] = [];
  let serverErrors = 0;
  let waiting = shuffledTwice();
  for (let kill = 0; waiting.length > 0; kill++) {
    const environment = { FARELOG_DATABASE_URL: databaseUrl, FARELOG_DATA_DIR: temporaryFolder() };
    const key = { FARELOG_PSEUDONYM_KEY: 'the-same-riders-after-each-crash' };
    const service = await startProcess({ ...environment, ...key }, command);
    const sender = new Sender(service.url, SENDERS);
    const killAfter = kill < KILLS ? randomInt(50, Math.floor((PAYMENTS * 2) / (KILLS + 1))) : Infinity;
    const unanswered: number[] = [];
    let answered = 0;
    let killed: Promise<void> | undefined;
    const drive = async (): Promise<void> => {
      for (let id = waiting.pop(); id !== undefined; id = killed === undefined ? waiting.pop() : undefined) {
        const answer = await sender.send(paymentBody(id));
        if (answer === undefined) unanswered.push(id);
        else if (answer.status === 200 || answer.status === 201) acknowledged.add(id);
        else serverErrors++;
        answered++;
        if (answered >= killAfter) killed ??= service.kill();
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, drive));
    await killed;
    if (killed === undefined) await service.stop();
    await sender.close();
    const state = await readRawState(databaseUrl);
    for (const id of acknowledged) if (!state.payments.has(id)) lost.push(id);
    if (command !== undefined && lost.length > 0) break;
    waiting = [...waiting, ...unanswered];
  }
  return { acknowledged, lost, serverErrors };
}

function expectExact(state: RawState): void {
  let minor = 0;
  for (const [id, price] of state.payments) {
    expect(price).toBe(paymentMinor(id));
    minor += price;
  }
  const totals = { payments: state.payments.size, minor };
  expect(state.captures).toBe(totals.payments);
  expect(state.revenue).toEqual(totals);
  expect(state.riders).toEqual(totals);
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('killed again and again under load, it loses nothing and doubles nothing', async () => {
      const url = await database.freshUrl();
      const { acknowledged, lost, serverErrors } = await crashUnderLoad(url);
      expect(lost).toEqual([]);
      expect(serverErrors).toBe(0);
      expect(acknowledged.size).toBe(PAYMENTS);
      const state = await readRawState(url);
      expect(state.payments.size).toBe(PAYMENTS);
      expectExact(state);
      // Some of it was posted meanwhile, or kills never met a posting.
      expect(state.journal).toBeLessThan(PAYMENTS);
    }, 180_000);

    test('the same test finds the losses of a build that answers before it commits', async () => {
      const { lost } = await crashUnderLoad(await database.freshUrl(), [WRONG_BUILD]);
      expect(lost.length).toBeGreaterThan(0);
    }, 180_000);
  });
}
