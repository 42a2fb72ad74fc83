/** Many deliveries of the same payments at once: each is recorded once, and every sender is told so. */
import { expect, test } from 'vitest';
import { DATABASES, describeOn, describeOnServers } from '../support/databases.js';
import { readRawState } from '../support/raw-database.js';
import {
  paymentBody,
  Sender,
  type ServiceProcess,
  startProcess,
  temporaryFolder,
} from '../support/service.js';

const PAYMENTS = 1_000;
const DELIVERIES_EACH = 100;
const CONNECTIONS = 128;

/** Sends every payment a hundred times, to the services in turn; returns how often each status was answered. */
async function deliverAtOnce(services: readonly ServiceProcess[]): Promise<Record<number, number>> {
  const senders = services.map(({ url }) => new Sender(url, CONNECTIONS / services.length));
  const statuses: Record<number, number> = {};
  let next = 0;
  const drive = async (sender: Sender): Promise<void> => {
    for (let index = next++; index < PAYMENTS * DELIVERIES_EACH; index = next++) {
      // The hundred deliveries of a payment are neighbours, so that they are under way together.
      const answer = await sender.send(paymentBody(Math.floor(index / DELIVERIES_EACH) + 1));
      const status = answer?.status ?? 0;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const drivers = senders.flatMap((sender) =>
    Array.from({ length: CONNECTIONS / senders.length }, () => drive(sender)),
  );
  await Promise.all(drivers);
  for (const sender of senders) await sender.close();
  return statuses;
}

const EXACTLY_ONCE = { 201: PAYMENTS, 200: PAYMENTS * (DELIVERIES_EACH - 1) };

async function startOn(databaseUrl: string, instance: string): Promise<ServiceProcess> {
  return startProcess({
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_DATA_DIR: temporaryFolder(),
    FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-each-process',
    FARELOG_INSTANCE: instance,
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('1,000 payments delivered 100 times each at once are 1,000 rows', async () => {
      const url = await database.freshUrl();
      const service = await startOn(url, 'one');
      expect(await deliverAtOnce([service])).toEqual(EXACTLY_ONCE);
      await service.stop();
      const state = await readRawState(url);
      expect(state.payments.size).toBe(PAYMENTS);
      expect(state.revenue.payments).toBe(PAYMENTS);
    }, 180_000);
  });
}

describeOnServers((server) => {
  test('two service processes on one database record each payment once between them', async () => {
    const url = await server.freshUrl();
    const services = [await startOn(url, 'one'), await startOn(url, 'two')];
    expect(await deliverAtOnce(services)).toEqual(EXACTLY_ONCE);
    for (const service of services) await service.stop();
    const state = await readRawState(url);
    expect(state.payments.size).toBe(PAYMENTS);
    expect(state.revenue.payments).toBe(PAYMENTS);
    expect(state.riders.payments).toBe(PAYMENTS);
  }, 180_000);
});
