/** A provider of a test's own: a server on a free port whose answers the test gives, and settings that lead to it. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { PassingTime } from '../../src/bytemark/passing-time.js';
import {
  DEFAULT_FIELDS,
  type ProviderLimits,
  type ProviderSettings,
} from '../../src/bytemark/provider-settings.js';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
}

export interface TestProvider {
  readonly url: string;
  readonly asked: Asked[];
  /** Those for a token. */
  tokens(): Asked[];
  /** Those for pages. */
  pages(): Asked[];
}

export const TOKEN: Told = { body: { access_token: 'token-1', token_type: 'Bearer', expires_in: 3600 } };

/** Answers `null` by not answering. A token is given unless `answer` gives something else for it. */
export async function startProvider(
  answer: (asked: Asked, serial: number) => Told | null,
): Promise<TestProvider> {
  const asked: Asked[] = [];
  let serial = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: Buffer.concat(chunks).toString() };
    asked.push(one);
    const told = answer(one, serial++);
    if (told !== null) tell(response, told);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the provider has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    tokens: () => asked.filter(({ method }) => method === 'POST'),
    pages: () => asked.filter(({ method }) => method === 'GET'),
  };
}

function tell(response: ServerResponse, { status = 200, headers = {}, body = {} }: Told): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const LIMITS: ProviderLimits = {
  pageRows: 2,
  windowPages: 50,
  answerBytes: 65_536,
  answerTimeoutMs: 5_000,
  tries: 4,
  waitMs: 60_000,
  requestsPerS: 1_000,
  failures: 100,
  breakMs: 30_000,
};

export function settingsOf(
  url: string,
  {
    limits,
    ...changes
  }: Partial<Omit<ProviderSettings, 'limits'>> & { limits?: Partial<ProviderLimits> } = {},
): ProviderSettings {
  return {
    url,
    tokenPath: '/oauth/token',
    clientId: 'farelog',
    clientSecret: 'a-client-secret',
    clientAuth: 'basic',
    scope: null,
    owner: null,
    paymentsPath: '/api/payments?from={from}&to={to}&page={page}&per_page={per_page}',
    list: 'payments',
    fields: DEFAULT_FIELDS,
    adjustments: 'credited_order_item',
    unit: 'major',
    time: 'iso',
    zone: null,
    trustTotals: true,
    ...changes,
    limits: { ...LIMITS, ...limits },
  };
}

/** Time that passes by waiting only. */
export class StandingTime implements PassingTime {
  ms = Date.UTC(2026, 0, 8);
  readonly slept: number[] = [];
  readonly now = (): number => Math.floor(this.ms);
  readonly elapsed = (): number => this.ms;
  readonly sleep = async (ms: number): Promise<void> => {
    this.slept.push(ms);
    this.ms += ms;
  };
}
