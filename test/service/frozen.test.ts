/** A database that takes questions and never answers: nothing waits for ever, and nothing is acknowledged. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { spawnCommand } from '../support/command.js';
import { behindProxy } from '../support/cuttable.js';
import { describeOnMariadb, freshMariadbUrl } from '../support/databases.js';
import { readRawState } from '../support/raw-database.js';
import { paymentBody, SECRET, Sender, startProcess, temporaryFolder } from '../support/service.js';

describeOnMariadb(() => {
  test('deliveries are answered 503 once their time is over, /readyz too, and all goes on when it answers again', async () => {
    const databaseUrl = await freshMariadbUrl();
    const proxy = await behindProxy(databaseUrl);
    const service = await startProcess({
      FARELOG_DATA_DIR: temporaryFolder(),
      FARELOG_DATABASE_URL: proxy.url,
      FARELOG_COMMIT_TIMEOUT_MS: '200',
      FARELOG_COMMIT_TRIES: '1',
      FARELOG_LOG_LEVEL: 'silent',
    });
    const sender = new Sender(service.url);
    expect((await sender.send(paymentBody(1)))?.status).toBe(201);
    proxy.freeze();
    expect((await sender.send(paymentBody(2)))?.status).toBe(503);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    proxy.thaw();
    // What was swallowed may have been done by now: then it is a duplicate, and still one payment.
    let again = await sender.send(paymentBody(2));
    while (again?.status === 503) again = await sender.send(paymentBody(2));
    expect([200, 201]).toContain(again?.status);
    await sender.close();
    expect(await service.stop()).toBe(0);
    expect([...(await readRawState(databaseUrl)).payments.keys()].sort()).toEqual([1, 2]);
  });

  test('a stop does not wait for it longer than the drain limit, and says by its code that it gave up', async () => {
    const proxy = await behindProxy(await freshMariadbUrl());
    const folder = temporaryFolder();
    const environment = {
      FARELOG_DATA_DIR: folder,
      FARELOG_DATABASE_URL: proxy.url,
      FARELOG_PORT: '0',
      FARELOG_DRAIN_TIMEOUT_MS: '300',
      FARELOG_WEBHOOK_SECRETS: `whsec_${SECRET.toString('base64')}`,
    };
    const child = spawnCommand(['start', '--json'], environment, folder);
    const exited = once(child, 'exit');
    const [chunk] = await once(child.stdout, 'data');
    const { url }: { url: string } = JSON.parse(String(chunk));
    const sender = new Sender(url);
    expect((await sender.send(paymentBody(1)))?.status).toBe(201);
    proxy.freeze();
    const lost = sender.send(paymentBody(2));
    // Answered only once the server has read what came before.
    await fetch(`${url}/healthz`);
    child.kill('SIGTERM');
    expect(await exited).toEqual([1, null]);
    expect((await lost)?.status ?? 503).toBe(503);
    await sender.close();
  });
});
