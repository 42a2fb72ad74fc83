/** The dashboard's files over HTTP: which are served, how long they are kept, and that nothing else is reached. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTestApp, type TestApp } from '../support/app.js';

const PAGE = '<!doctype html><title>Dashboard</title>';
const SCRIPT = `export const words = ${JSON.stringify('fare '.repeat(200))};`;
const SECRET = 'outside of the folder';
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** A build as Vite leaves it, beside a file that is nobody's business. */
function makeBuild(): string {
  const parent = mkdtempSync(join(tmpdir(), 'farelog-web-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(parent, 'secret.txt'), SECRET);
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'assets/main-1a2b3c4d.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/main-1a2b3c4d.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets/main-1a2b3c4d.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'assets/main-5e6f7a8b.css'), 'body{margin:0}');
  symlinkSync(join(parent, 'secret.txt'), join(folder, 'assets/link.txt'));
  return folder;
}

const openDashboard = (): Promise<TestApp> => openTestApp({ service: { dashboardFolder: makeBuild() } });

function ask(
  { server }: TestApp,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
): Promise<LightMyRequestResponse> {
  return server.inject({ method, url, headers });
}

describe('the page', () => {
  test.each([
    '/',
    '/payments',
    '/riders/k7f3_9d1c',
    '/payments?from=2026-01-01&type=%3Cscript%3E',
    '/apiary',
  ])(
    'is at %s for a browser, asked for each time, with a policy that takes no inline script',
    async (url) => {
      const answer = await ask(await openDashboard(), url, { accept: HTML });
      expect([answer.statusCode, answer.body]).toEqual([200, PAGE]);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'content-security-policy':
          "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
          "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
      });
    },
  );

  test.each([
    '/api',
    '/api/v2/payments',
    '/webhooks/other',
    '/docs/other',
    '/healthz/x',
    '/readyz/x',
    '/metrics/x',
    '/assets/main-old.js',
    '/assets/a/b.js',
  ])('is not at %s, where something is missing', async (url) => {
    const answer = await ask(await openDashboard(), url, { accept: HTML });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('is not for programs, which are told that there is nothing', async () => {
    const service = await openDashboard();
    for (const accept of ['*/*', 'application/json', '']) {
      expect((await ask(service, '/payments', { accept })).statusCode).toBe(404);
    }
    expect((await ask(service, '/payments', { accept: HTML }, 'POST')).statusCode).toBe(404);
    expect((await ask(service, '/', { accept: HTML }, 'POST')).statusCode).toBe(405);
  });

  test('is answered 304 while it is the same', async () => {
    const service = await openDashboard();
    const { headers } = await ask(service, '/');
    const again = await ask(service, '/', { 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await ask(service, '/', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  test('has a head', async () => {
    const { server } = await openDashboard();
    const address = await server.listen({ host: '127.0.0.1', port: 0 });
    for (const url of ['/', '/payments']) {
      const answer = await fetch(address + url, { method: 'HEAD', headers: { accept: HTML } });
      expect([answer.status, await answer.text()]).toEqual([200, '']);
      expect(answer.headers.get('content-length')).toBe(String(PAGE.length));
    }
  });

  test('says how to build it where it was not', async () => {
    const service = await openTestApp({
      service: { dashboardFolder: join(tmpdir(), 'farelog-no-such-folder') },
    });
    const answer = await ask(service, '/', { accept: HTML });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('npm run build');
    expect((await ask(service, '/payments', { accept: HTML })).statusCode).toBe(404);
  });
});

describe('a file', () => {
  test.each([
    ['/assets/main-1a2b3c4d.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/main-5e6f7a8b.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/favicon.svg', 'image/svg+xml', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
  ])('%s has its type, and is kept as long as it stays the same', async (url, type, kept) => {
    const answer = await ask(await openDashboard(), url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': type, 'cache-control': kept });
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
  });

  test.each<[string, string | undefined]>([
    ['br, gzip', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['deflate', undefined],
    ['identity', undefined],
    ['', undefined],
  ])('for Accept-Encoding: %s is sent as %s', async (accepted, encoding) => {
    const service = await openDashboard();
    const answer = await ask(service, '/assets/main-1a2b3c4d.js', { 'accept-encoding': accepted });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers.vary).toBe('accept-encoding');
    if (encoding === 'br') expect(brotliDecompressSync(answer.rawPayload).toString()).toBe(SCRIPT);
    if (encoding === undefined) expect(answer.body).toBe(SCRIPT);
  });

  test('that was not compressed comes as it is', async () => {
    const service = await openDashboard();
    const answer = await ask(service, '/assets/main-5e6f7a8b.css', { 'accept-encoding': 'br, gzip' });
    expect([answer.body, answer.headers['content-encoding']]).toEqual(['body{margin:0}', undefined]);
  });

  test('in its compressed form has no address of its own', async () => {
    expect((await ask(await openDashboard(), '/assets/main-1a2b3c4d.js.br')).statusCode).toBe(404);
  });

  test('that a new build took away is a 404, not a failure', async () => {
    const dashboardFolder = makeBuild();
    const service = await openTestApp({ service: { dashboardFolder } });
    rmSync(join(dashboardFolder, 'assets/main-5e6f7a8b.css'));
    expect((await ask(service, '/assets/main-5e6f7a8b.css')).statusCode).toBe(404);
  });
});

describe('what lies outside of the folder', () => {
  const WAYS = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..%2F..%2Fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/..\\..\\secret.txt',
    '/assets/....//....//secret.txt',
    '/assets/%252e%252e%252fsecret.txt',
    '/assets/main-1a2b3c4d.js%00/../../../secret.txt',
    '/assets//etc/passwd',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    '/assets/link.txt',
    '/assets/',
    '/assets',
  ];

  test.each(WAYS)('is not reached by %s, as it is written on the wire', async (way) => {
    const service = await openDashboard();
    const { port } = new URL(await service.server.listen({ host: '127.0.0.1', port: 0 }));
    for (const accept of [HTML, '*/*']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `GET ${way} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`,
      );
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404) /);
      expect(answer).not.toContain(SECRET);
      expect(answer).not.toContain('root:');
      // A browser may be given the page instead, and nothing else.
      if (answer.startsWith('HTTP/1.1 200')) expect(answer.endsWith(PAGE)).toBe(true);
    }
  });
});
