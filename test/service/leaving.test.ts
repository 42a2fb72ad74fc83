/** A stop behind a load balancer: it is turned away first, payments are taken meanwhile, and a second signal ends it all. */
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { spawnCommand } from '../support/command.js';
import { freshSqliteUrl } from '../support/databases.js';
import { readRawState } from '../support/raw-database.js';
import { paymentBody, SECRET, Sender, temporaryFolder } from '../support/service.js';

/** Longer than any test: what ends the process must be something else. */
const FOREVER = '600000';

interface Started {
  readonly url: string;
  readonly databaseUrl: string;
  readonly child: ReturnType<typeof spawnCommand>;
  /** How the process ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

async function start(more: Readonly<Record<string, string>>): Promise<Started> {
  const folder = temporaryFolder();
  const databaseUrl = freshSqliteUrl();
  const environment = {
    FARELOG_DATA_DIR: folder,
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_PORT: '0',
    FARELOG_LOG_LEVEL: 'error',
    FARELOG_WEBHOOK_SECRETS: `whsec_${SECRET.toString('base64')}`,
    ...more,
  };
  const child = spawnCommand(['start', '--json'], environment, folder);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const [chunk] = await once(child.stdout, 'data');
  const { url }: { url: string } = JSON.parse(String(chunk));
  return { url, databaseUrl, child, ended };
}

/** Asks until the answer is another than 200. */
async function untilNotReady(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`);
    await answer.arrayBuffer();
    if (answer.status !== 200) return answer;
  }
}

describe('after SIGTERM, with a grace', () => {
  test('it is not ready and says when to come back, and still takes payments; a second signal ends it at once', async () => {
    const { url, databaseUrl, child, ended } = await start({ FARELOG_STOP_GRACE_MS: FOREVER });
    child.kill('SIGTERM');
    const answer = await untilNotReady(url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    const sender = new Sender(url);
    expect((await sender.send(paymentBody(1)))?.status).toBe(201);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    // Not the one of before: whoever presses Ctrl+C after `kill` must not have to do it twice.
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
    await sender.close();
    expect((await readRawState(databaseUrl)).payments.size).toBe(1);
  });

  test('it ends with 0 once the grace is over and all is answered', async () => {
    const { child, ended } = await start({ FARELOG_STOP_GRACE_MS: '50' });
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  });
});

test('the same signal twice ends it at once too', async () => {
  const { url, child, ended } = await start({ FARELOG_STOP_GRACE_MS: FOREVER });
  child.kill('SIGTERM');
  await untilNotReady(url);
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: null, signal: 'SIGTERM' });
});
