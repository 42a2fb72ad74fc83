/** Pulls for tests: a sandbox in this process as the provider, and the real door into a given store. */
import { onTestFinished } from 'vitest';
import { BytemarkClient } from '../../src/bytemark/client.js';
import type { ProviderSettings } from '../../src/bytemark/provider-settings.js';
import { Sandbox, type SandboxOptions } from '../../src/bytemark/sandbox/sandbox.js';
import { sandboxServer } from '../../src/bytemark/sandbox/server.js';
import type { Difference, WorldOptions } from '../../src/bytemark/sandbox/world.js';
import { openDoor } from '../../src/ingest/door.js';
import { type PullEffects, type PullOptions, pull } from '../../src/ingest/pull.js';
import type { PullReport } from '../../src/ingest/pull-report.js';
import { sealKey } from '../../src/ingest/seal.js';
import type { Store } from '../../src/store/dialect.js';
import { CHICAGO, USD } from './databases.js';
import { effectsOn } from './importing.js';
import { StandingTime, settingsOf } from './provider.js';

export const FROM = Date.UTC(2026, 0, 5) / 1000;
export const DAY_S = 86_400;

const NOTHING: Readonly<Record<Difference, number>> = {
  lost: 0,
  listed_late: 0,
  altered: 0,
  wrong_unit: 0,
  unlisted: 0,
  listed_twice: 0,
};

/** Four days of some 50 payments each. */
export function worldOf({
  shares = {},
  ...changes
}: Partial<Omit<WorldOptions, 'shares'>> & { shares?: Partial<WorldOptions['shares']> } = {}): WorldOptions {
  return {
    seed: 11,
    span: { from: FROM, to: FROM + 4 * DAY_S },
    zone: CHICAGO,
    currency: USD,
    dailyPayments: 50,
    firstPaymentId: 1,
    late: 0,
    duplicated: 0,
    disorder: 1,
    outages: [],
    internalAtZero: false,
    ...changes,
    shares: { ...NOTHING, ...shares },
  };
}

export interface Provider {
  readonly sandbox: Sandbox;
  /** The provider's time and the puller's; it stands at the end of the world. */
  readonly time: StandingTime;
  client(changes?: Parameters<typeof settingsOf>[1]): BytemarkClient;
}

export async function startSandbox(changes: Partial<SandboxOptions> = {}): Promise<Provider> {
  const time = new StandingTime();
  const world = changes.world ?? worldOf();
  time.ms = world.span.to * 1000;
  const sandbox = new Sandbox({
    credentials: { clientId: 'farelog', clientSecret: 'a-client-secret', owner: null },
    tokenSeconds: 10 * DAY_S,
    apiErrors: 0,
    unit: 'major',
    webhookUrl: 'http://127.0.0.1:1/webhooks/bytemark',
    scheme: { kind: 'standard', secrets: [Buffer.from('secret')] },
    rotateAfter: 1,
    allowRemote: false,
    clock: time.now,
    ...changes,
    world,
  });
  const server = sandboxServer(sandbox);
  onTestFinished(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    sandbox,
    time,
    client: (settings: Partial<Omit<ProviderSettings, 'limits'>> & { limits?: object } = {}) => {
      const limits = { pageRows: 20, requestsPerS: 10_000, ...settings.limits };
      const client = new BytemarkClient(settingsOf(url, { ...settings, limits }), time);
      onTestFinished(() => client.close());
      return client;
    },
  };
}

export const SEAL_KEY = sealKey('a seal key of the tests');

/** A pull from the world's beginning by windows of a day, altered by what a test is about. */
export function pullInto(
  store: Store,
  { client, time }: Provider,
  options: Partial<PullOptions> = {},
  effects: Partial<PullEffects> = {},
): Promise<PullReport> {
  const { rules, nameRider } = effectsOn(store);
  return pull(
    { since: FROM, overlapS: DAY_S, windowS: DAY_S, dryRun: false, ...options },
    {
      client: effects.client ?? client(),
      commit: openDoor({ store, currency: USD, maxTries: 5 }),
      store,
      rules,
      nameRider,
      sealKey: SEAL_KEY,
      quarantineDays: 90,
      clock: time.now,
      history: new Map(),
      ...effects,
    },
  );
}
