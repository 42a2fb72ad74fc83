/** Syncs for tests: a real MariaDB as the portal, and the real door into a given store. */
import type { Knex } from 'knex';
import { onTestFinished } from 'vitest';
import { openDoor } from '../../src/ingest/door.js';
import { type SyncEffects, type SyncOptions, sync } from '../../src/ingest/sync.js';
import type { SyncReport } from '../../src/ingest/sync-report.js';
import type { Store } from '../../src/store/dialect.js';
import { Portal, type UserTable } from '../../src/store/portal.js';
import { freshMariadbUrl, openTestKnex, USD } from './databases.js';
import { effectsOn, NOW_MS } from './importing.js';
import { SEAL_KEY } from './pulling.js';
import { zoneOf } from './zones.js';

const COLUMNS = `id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT, order_id INT, order_uuid CHAR(36),
  payment_id INT NOT NULL, payment_type VARCHAR(64), f_token_id INT`;

export interface PortalDatabase {
  readonly url: string;
  /** As the portal's own service writes it. */
  readonly knex: Knex;
  /** Payments `first` to `last`, a minute apart, altered by what a test is about. */
  fill(first: number, last: number, changes?: Readonly<Record<string, unknown>>): Promise<void>;
}

const START_MS = Date.UTC(2025, 10, 20);

/** `YYYY-MM-DD HH:MM:SS` in UTC, so many minutes after 20 November 2025. */
export function minute(minutes: number): string {
  return new Date(START_MS + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** A portal with a table of payments and one of users 1 to 5. `types`: those of what differs between portals. */
export async function makePortal({
  total_price = 'DOUBLE',
  created_on = 'DATETIME',
} = {}): Promise<PortalDatabase> {
  const url = await freshMariadbUrl();
  const knex = openTestKnex(url);
  await knex.raw(
    `CREATE TABLE bytemark_order_payments (${COLUMNS}, total_price ${total_price}, created_on ${created_on} NULL)`,
  );
  await knex.raw('CREATE TABLE users (id INT PRIMARY KEY, `e-mail` VARCHAR(64))');
  await knex('users').insert([1, 2, 3, 4, 5].map((id) => ({ id, 'e-mail': `${id}@example.org` })));
  const row = (id: number, changes: Readonly<Record<string, unknown>>) => ({
    id,
    user_id: 1 + (id % 5),
    order_id: id + 1_000,
    order_uuid: `order-${id}`,
    // The wallet instrument: 0 for coins, and a few tokens that come again and again.
    payment_id: id % 3,
    payment_type: id % 3 === 0 ? 'coins' : 'credit_card',
    total_price: 2.5,
    created_on: minute(id),
    ...changes,
  });
  return {
    url,
    knex,
    fill: async (first, last, changes = {}) => {
      for (let at = first; at <= last; at += 1_000) {
        const count = Math.min(1_000, last - at + 1);
        const rows = Array.from({ length: count }, (_, index) => row(at + index, changes));
        await knex('bytemark_order_payments').insert(rows);
      }
    },
  };
}

export interface SyncChanges extends Partial<SyncOptions> {
  readonly table?: UserTable | null;
}

export async function openPortal(url: string, table: UserTable | null = null): Promise<Portal> {
  const portal = new Portal(url, '--from');
  onTestFinished(() => portal.close());
  await portal.look(table);
  return portal;
}

/** A sync of dollars in UTC, with an overlap of a day before the application's clock. */
export async function syncInto(
  store: Store,
  { url }: PortalDatabase,
  { table = null, ...options }: SyncChanges = {},
  effects: Partial<SyncEffects> = {},
): Promise<SyncReport> {
  const { rules, nameRider } = effectsOn(store);
  return sync(
    {
      unit: 'major',
      zone: zoneOf('UTC'),
      overlapS: 86_400,
      full: false,
      dryRun: false,
      users: null,
      testAccounts: new Map(),
      usersKey: 'everyone',
      ...options,
    },
    {
      portal: effects.portal ?? (await openPortal(url, table)),
      commit: openDoor({ store, currency: USD, maxTries: 5 }),
      store,
      rules,
      nameRider,
      sealKey: SEAL_KEY,
      quarantineDays: 90,
      clock: () => NOW_MS,
      history: new Map(),
      ...effects,
    },
  );
}
