import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/analytics/audit.js';
import { type AuditEvent, BEFORE_THE_FIRST, linkAfter } from '../../src/domain/audit.js';
import { openAuditLog } from '../../src/ingest/audit-log.js';
import { appendAudit, listAudit } from '../../src/store/audit.js';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { DATABASES, describeOn, freshStore, openTestStore } from '../support/databases.js';
import { failureOf } from '../support/promises.js';

const AUDIT = 'farelog_audit';

function event(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    at_ms: 1_773_154_800_123,
    actor: '3f2a9c41d07b',
    action: 'riders.read',
    operation: 'GET /api/v1/payments',
    filter: '{"query":{"user_id":"O\'Neill 🚇 \\\\ %"}}',
    ...changes,
  };
}

/** A store whose chain has the rows 1 to 5. */
async function filled(database: (typeof DATABASES)[number]): Promise<Store> {
  const store = await freshStore(database);
  for (const actor of ['a', 'b', 'c', 'd', 'e']) {
    await store.write((trx) => appendAudit(trx, [event({ actor })]));
  }
  return store;
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('a row stands as it was written, and the chain over it is whole', async () => {
      const store = await freshStore(database);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: 0, head: BEFORE_THE_FIRST });
      await store.write((trx) => appendAudit(trx, [event(), event({ actor: 'command:ann' })]));
      await store.write((trx) => appendAudit(trx, [event({ action: 'keys.revoke' })]));
      const rows = await listAudit(store.knex, {}, 10);
      expect(rows.map(({ sequence, actor, action }) => [sequence, actor, action])).toEqual([
        [3, '3f2a9c41d07b', 'keys.revoke'],
        [2, 'command:ann', 'riders.read'],
        [1, '3f2a9c41d07b', 'riders.read'],
      ]);
      expect(rows[2]).toEqual(linkAfter(BEFORE_THE_FIRST, event()));
      const head = { sequence: 3, hash: rows[0]?.hash };
      expect(await verifyAudit(store)).toEqual({ ok: true, rows: 3, head, breaks: 0, first_breaks: [] });
    });

    test('what a failed transaction would have written is in no row, and leaves no hole', async () => {
      const store = await filled(database);
      const failing = store.write(async (trx) => {
        await appendAudit(trx, [event()]);
        throw new Error('changed my mind');
      });
      expect(String(await failureOf(failing))).toContain('changed my mind');
      await store.write((trx) => appendAudit(trx, [event()]));
      expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: 6 });
    });

    const at = (store: Store, sequence: number) => store.knex(AUDIT).where({ sequence });
    test.each<[string, (store: Store) => Promise<unknown>, string]>([
      ['another actor', (store) => at(store, 3).update({ actor: 'z' }), 'row 3 was altered'],
      ['another time', (store) => at(store, 3).update({ at_ms: 0 }), 'row 3 was altered'],
      ['another action', (store) => at(store, 3).update({ action: 'x' }), 'row 3 was altered'],
      ['another filter', (store) => at(store, 3).update({ filter: '{}' }), 'row 3 was altered'],
      ['a row taken out', (store) => at(store, 3).delete(), 'row 3 is missing'],
      ['the first row taken out', (store) => at(store, 1).delete(), 'row 1 is missing'],
      [
        'the last rows taken off',
        (store) => store.knex(AUDIT).where('sequence', '>', 3).delete(),
        'the newest row is 3, and 5 was written last',
      ],
      [
        'all rows taken away',
        (store) => store.knex(AUDIT).delete(),
        'the newest row is 0, and 5 was written last',
      ],
      [
        'the head taken away',
        (store) => store.knex('farelog_audit_head').delete(),
        'the newest row is 5, and an unknown one was written last',
      ],
      [
        'a row made anew with a hash that fits it',
        (store) => at(store, 3).update(linkAfter({ sequence: 2, hash: 'f'.repeat(64) }, event())),
        'row 3 follows another row than the one before it',
      ],
    ])('the check finds %s', async (_name, tamper, says) => {
      const store = await filled(database);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: 5 });
      await tamper(store);
      const check = await verifyAudit(store);
      expect(check.ok).toBe(false);
      expect(check.first_breaks).toContain(says);
    });

    test('a chain that was made anew as a whole passes, but not beside a head that was noted', async () => {
      const store = await filled(database);
      const { head: noted } = await verifyAudit(store);
      await store.write((trx) => appendAudit(trx, [event()]));
      expect(await verifyAudit(store, noted)).toMatchObject({ ok: true });
      await store.knex(AUDIT).delete();
      await store.knex('farelog_audit_head').update({ ...BEFORE_THE_FIRST });
      for (let row = 1; row <= 6; row++) await store.write((trx) => appendAudit(trx, [event()]));
      expect(await verifyAudit(store)).toMatchObject({ ok: true });
      expect(await verifyAudit(store, noted)).toMatchObject({
        ok: false,
        first_breaks: ['row 5 is not the one that was noted'],
      });
    });

    test('what is written down at once is all in the chain, each once', async () => {
      const store = await freshStore(database);
      const audit = openAuditLog(store, () => 7);
      const actors = Array.from({ length: 250 }, (_, index) => `key ${index}`);
      await Promise.all(actors.map((actor) => audit(event({ actor }))));
      const rows = await listAudit(store.knex, {}, 1_000);
      expect(rows.map(({ actor }) => actor).reverse()).toEqual(actors);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: 250 });
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('two instances that append at once keep one unbroken chain', async () => {
      const url = await database.freshUrl();
      const stores = [openTestStore(url, 'one'), openTestStore(url, 'two')];
      if (stores[0] !== undefined) await migrateUp(stores[0].knex);
      // Some by themselves and some through a log, so that transactions of every size meet.
      const appends = stores.flatMap((store, index) => {
        const audit = openAuditLog(store, () => 7);
        return Array.from({ length: 60 }, (_, at) => {
          const actor = `${index} ${at}`;
          if (at % 3 > 0) return audit(event({ actor }));
          return store.write((trx) => appendAudit(trx, [event({ actor }), event({ actor })]));
        });
      });
      await Promise.all(appends);
      for (const store of stores) expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: 160 });
    });
  });
}

describe('an audit that cannot be written', () => {
  test('refuses everything that waits for it, and goes on when it can', async () => {
    const store = openTestStore('sqlite::memory:');
    const audit = openAuditLog(store, () => 7);
    const failures = await Promise.all([failureOf(audit(event())), failureOf(audit(event()))]);
    for (const failure of failures) expect(failure).toMatchObject({ code: 'unavailable' });
    await migrateUp(store.knex);
    await audit(event());
    expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: 1 });
  });

  test('refuses what is more than may wait', async () => {
    const store = openTestStore('sqlite::memory:');
    await migrateUp(store.knex);
    const audit = openAuditLog(store, () => 7);
    const asked = await Promise.allSettled(Array.from({ length: 1_300 }, () => audit(event())));
    const written = asked.filter(({ status }) => status === 'fulfilled').length;
    expect(written).toBeGreaterThanOrEqual(1_000);
    expect(written).toBeLessThan(1_300);
    expect(await verifyAudit(store)).toMatchObject({ ok: true, rows: written });
  });
});
