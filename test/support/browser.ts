/** A browser that is signed in, as far as requests show it. */
import { expect } from 'vitest';
import { REQUEST_HEADER } from '../../src/http/same-origin.js';
import type { TestApp } from './app.js';

/** Signs in with a key, by default an admin's; returns the cookie that the browser then sends. */
export async function signIn(service: TestApp, key = service.keys.admin): Promise<string> {
  const answer = await service.server.inject({
    method: 'POST',
    url: '/api/v1/session',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({ key }),
  });
  expect([answer.statusCode, answer.body]).toEqual([201, expect.anything()]);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

/** The headers of a signed-in browser's requests, also of those that change something. */
export async function signedIn(service: TestApp, key: string): Promise<Record<string, string>> {
  return { cookie: await signIn(service, key), [REQUEST_HEADER]: '1' };
}
