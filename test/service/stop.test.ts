/** Starting and stopping the real process: what it makes, what it tells, and that it leaves nothing undone. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run, spawnCommand } from '../support/command.js';
import { freshSqliteUrl } from '../support/databases.js';
import { readRawState } from '../support/raw-database.js';
import { paymentBody, Sender, startProcess, temporaryFolder } from '../support/service.js';

/** Nothing is given, so that the service makes what it needs. */
const FIRST_START = { FARELOG_ADMIN_KEY: '', FARELOG_WEBHOOK_SECRETS: '' };

describe('SIGTERM', () => {
  test('does not wait longer than the drain limit for a client that never ends its request', async () => {
    const folder = temporaryFolder();
    const service = await startProcess({ FARELOG_DATA_DIR: folder, FARELOG_DRAIN_TIMEOUT_MS: '200' });
    const socket = openSocket(service.url);
    await once(socket, 'connect');
    socket.write('POST /webhooks/bytemark HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"half":');
    // Answered only once the server has read what the other socket sent before.
    await fetch(`${service.url}/healthz`);
    expect(await service.stop()).toBe(0);
  });

  test('leaves a database that the next start goes on with', async () => {
    const folder = temporaryFolder();
    const first = await startProcess({ FARELOG_DATA_DIR: folder });
    const sender = new Sender(first.url);
    expect((await sender.send(paymentBody(1)))?.status).toBe(201);
    expect(await first.stop()).toBe(0);
    const second = await startProcess({ FARELOG_DATA_DIR: folder });
    const again = new Sender(second.url);
    expect((await again.send(paymentBody(1)))?.status).toBe(200);
    expect(await second.stop()).toBe(0);
    await Promise.all([sender.close(), again.close()]);
  });
});

describe('the first start on an empty folder', () => {
  test('makes its secrets, readable by this user alone, and tells of none', async () => {
    const folder = temporaryFolder();
    const child = spawnCommand(['start'], { FARELOG_DATA_DIR: folder, FARELOG_PORT: '0' }, folder);
    const closed = once(child, 'close');
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [chunk] = await once(child.stdout, 'data');
    const [url = ''] = /http:\/\/[\d.:]+/.exec(String(chunk)) ?? [];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    const [stdout, stderr] = await output;
    const names = readdirSync(join(folder, 'secrets')).sort();
    expect(names).toEqual(['pseudonym-key', 'seal-key', 'webhook-secret']);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    for (const name of names) {
      const path = join(folder, 'secrets', name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const secret = readFileSync(path, 'utf8').trim();
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(stdout + stderr).not.toContain(secret);
    }
    await closed;
    expect(child.exitCode).toBe(0);
  });

  test('prints the address and an admin key that works', async () => {
    const folder = temporaryFolder();
    const child = spawnCommand(['start'], { FARELOG_DATA_DIR: folder, FARELOG_PORT: '0' }, folder);
    const [chunk] = await once(child.stdout, 'data');
    const [, url = ''] = /ready at (http:\/\/127\.0\.0\.1:\d+)/.exec(String(chunk)) ?? [];
    const keys = String(chunk).match(/farelog_[\w-]{43}/g) ?? [];
    expect(keys).toHaveLength(1);
    const answer = await fetch(`${url}/api/v1/quarantine`, {
      headers: { authorization: `Bearer ${keys[0]}` },
    });
    expect(answer.status).toBe(200);
  });

  test('is the only one that makes an admin key, which stays valid', async () => {
    const folder = temporaryFolder();
    const first = await startProcess({ ...FIRST_START, FARELOG_DATA_DIR: folder });
    expect(first.admin_key).toMatch(/^farelog_/);
    await first.stop();
    const second = await startProcess({ ...FIRST_START, FARELOG_DATA_DIR: folder });
    expect(second.admin_key).toBeNull();
    const headers = { authorization: `Bearer ${first.admin_key}` };
    expect((await fetch(`${second.url}/api/v1/quarantine`, { headers })).status).toBe(200);
    await second.stop();
  });

  test('takes the admin key that is given, and prints none', async () => {
    const folder = temporaryFolder();
    const given = {
      FARELOG_DATA_DIR: folder,
      FARELOG_ADMIN_KEY: 'the-key-of-our-vault',
    };
    const service = await startProcess(given);
    expect(service.admin_key).toBeNull();
    const headers = { authorization: `Bearer ${given.FARELOG_ADMIN_KEY}` };
    expect((await fetch(`${service.url}/api/v1/quarantine`, { headers })).status).toBe(200);
  });

  test('uses the secrets it made again at the next start', async () => {
    const folder = temporaryFolder();
    const read = (): string[] =>
      ['pseudonym-key', 'seal-key', 'webhook-secret'].map((name) =>
        readFileSync(join(folder, 'secrets', name), 'utf8'),
      );
    await (await startProcess({ ...FIRST_START, FARELOG_DATA_DIR: folder })).stop();
    const before = read();
    await (await startProcess({ ...FIRST_START, FARELOG_DATA_DIR: folder })).stop();
    expect(read()).toEqual(before);
  });
});

describe('a start that cannot be', () => {
  async function takenPort(): Promise<number> {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.close();
    });
    await once(other, 'listening');
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('the system gave no port');
    return address.port;
  }

  test('since the port is taken, ends with 2, says so, and makes no admin key that nobody would see', async () => {
    const folder = temporaryFolder();
    const port = await takenPort();
    const failed = await run(['start'], { FARELOG_DATA_DIR: folder, FARELOG_PORT: String(port) }, folder);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(`Cannot listen on 127.0.0.1:${port}`);
    expect(failed.stderr).toContain('FARELOG_PORT');
    expect(failed.stdout).toBe('');
    const service = await startProcess({ ...FIRST_START, FARELOG_DATA_DIR: folder });
    expect(service.admin_key).toMatch(/^farelog_/);
  });

  test('since the pseudonym key is another one, ends with 2 and says so', async () => {
    const environment = { FARELOG_DATA_DIR: temporaryFolder(), FARELOG_PORT: '0' };
    const service = await startProcess({ ...environment, FARELOG_PSEUDONYM_KEY: 'the first key of riders' });
    await service.stop();
    const other = { ...environment, FARELOG_PSEUDONYM_KEY: 'another key of riders' };
    const failed = await run(['start'], other, environment.FARELOG_DATA_DIR);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('FARELOG_PSEUDONYM_KEY');
  });

  test('since a secret file is empty, ends with 2 and names it', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets', 'pseudonym-key'), '\n');
    const failed = await run(['start'], { FARELOG_DATA_DIR: folder, FARELOG_PORT: '0' }, folder);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(join('secrets', 'pseudonym-key'));
  });

  test('since settings are wrong, lists them all and makes nothing', async () => {
    const folder = temporaryFolder();
    const dataDir = join(folder, 'data');
    const wrong = {
      FARELOG_DATA_DIR: dataDir,
      FARELOG_PORT: 'x',
      FARELOG_CURRENCY: 'dollars',
      FARELOG_SEAL_KEY: 'a',
    };
    const failed = await run(['start'], wrong, folder);
    expect(failed.code).toBe(2);
    for (const name of ['FARELOG_PORT', 'FARELOG_CURRENCY', 'FARELOG_SEAL_KEY'])
      expect(failed.stderr).toContain(name);
    expect(existsSync(dataDir)).toBe(false);
  });
});

function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

describe('a slow client', () => {
  const HEAD = 'POST /webhooks/bytemark HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  test.each([
    ['headers', { FARELOG_HEADERS_TIMEOUT_MS: '200' }, HEAD],
    ['body', { FARELOG_REQUEST_TIMEOUT_MS: '300' }, `${HEAD}Content-Length: 100\r\n\r\n{"half":`],
  ])('that never ends its %s is cut, and others are served meanwhile', async (_part, limits, bytes) => {
    const databaseUrl = freshSqliteUrl();
    const service = await startProcess({
      ...limits,
      FARELOG_DATA_DIR: temporaryFolder(),
      FARELOG_DATABASE_URL: databaseUrl,
    });
    const socket = openSocket(service.url);
    const answered = text(socket);
    socket.write(bytes);
    const sender = new Sender(service.url);
    expect((await sender.send(paymentBody(1)))?.status).toBe(201);
    expect(await answered).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect((await sender.send(paymentBody(2)))?.status).toBe(201);
    await sender.close();
    expect((await readRawState(databaseUrl)).payments.size).toBe(2);
  });

  test('may be given longer for its headers than for all of its request: the shorter counts', async () => {
    const service = await startProcess({
      FARELOG_DATA_DIR: temporaryFolder(),
      FARELOG_HEADERS_TIMEOUT_MS: '600000',
      FARELOG_REQUEST_TIMEOUT_MS: '300',
    });
    const socket = openSocket(service.url);
    const answered = text(socket);
    socket.write(HEAD);
    expect(await answered).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });
});
