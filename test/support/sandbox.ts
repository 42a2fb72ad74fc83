/** `farelog sandbox` as a process of its own: a provider whose webhooks go to a service, and its manifest. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { COMMAND } from './command.js';
import { startProcess } from './service.js';

/** One difference that the sandbox has planted. */
export interface Planted {
  readonly kind: string;
  readonly payment_id: number;
  readonly field: string | null;
  readonly delivered: string | null;
  readonly listed: string | null;
}

export interface Manifest {
  readonly payments: { readonly count: number; readonly total: string };
  readonly refunds: { readonly count: number; readonly total: string };
  readonly counts: Readonly<Record<string, number>>;
  readonly planted: readonly Planted[];
}

/** Webhooks as they were answered, of each part that was signed with a key of its own. */
export interface Delivered {
  readonly delivered: readonly {
    readonly deliveries: number;
    readonly accepted: number;
    readonly statuses: Readonly<Record<string, number>>;
    readonly outcomes: Readonly<Record<string, number>>;
  }[];
}

export interface SandboxProcess {
  readonly url: string;
  /** What leads Farelog to it. */
  readonly settings: Readonly<Record<string, string>>;
  manifest(): Promise<Manifest>;
  deliver(): Promise<Delivered>;
  /** One of its controls, such as `edit`. */
  control(name: string, body: unknown): Promise<void>;
  stop(): Promise<number | null>;
}

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Settings that service, sandbox and commands share; two webhook secrets, since one is rotated. */
export function sharedSettings(databaseUrl: string, folder: string) {
  return {
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_DATA_DIR: folder,
    FARELOG_WEBHOOK_SECRETS: `${secret()},${secret()}`,
    FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
    FARELOG_SEAL_KEY: 'the-same-seal-in-every-test',
  };
}

/** @param options flags and their values, as on a command line */
export async function startSandbox(
  environment: Readonly<Record<string, string>>,
  serviceUrl: string,
  options: string,
): Promise<SandboxProcess> {
  const process = await startProcess(environment, [
    ...[COMMAND, 'sandbox', '--json', '--port', '0', '--url', `${serviceUrl}/webhooks/bytemark`],
    ...options.trim().split(/\s+/),
  ]);
  const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
    const answer = await fetch(`${process.url}/sandbox/${path}`, init);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const post = (path: string, body: unknown): Promise<string> =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    url: process.url,
    settings: process.settings ?? {},
    manifest: async () => JSON.parse(await ask('manifest')),
    deliver: async () => JSON.parse(await post('deliver', { what: 'on_time' })),
    control: async (name, body) => {
      await post(name, body);
    },
    stop: process.stop,
  };
}
