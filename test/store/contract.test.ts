import { describe, expect, test } from 'vitest';
import { findApiKeyByHash, insertApiKey, listApiKeys, revokeApiKey } from '../../src/store/api-keys.js';
import { readMeta, saveMeta } from '../../src/store/meta.js';
import { migrateUp } from '../../src/store/migrate.js';
import { findPayment } from '../../src/store/payments.js';
import {
  closeQuarantined,
  expireQuarantined,
  findQuarantined,
  listQuarantine,
} from '../../src/store/quarantine.js';
import { DATABASES, describeOn, freshStore, openTestStore } from '../support/databases.js';
import { batchOf, commit, delivery, quarantined, SAMPLE_S } from '../support/deliveries.js';
import { expectLedgerEqualsRawRows, storedLedger } from '../support/ledger.js';

for (const database of DATABASES) {
  describeOn(database, () => {
    describe('commit', () => {
      test('records a payment with its capture and reads both back unchanged', async () => {
        const store = await freshStore(database);
        const sent = delivery({ raw_method: 'CARD 💳', reference: 'order-9f', source: 'import' });
        const result = await commit(store, sent);
        expect(result).toEqual({ outcomes: ['recorded'], existing: [], quarantineIds: [] });
        expect(await findPayment(store, 1)).toEqual({
          row: {
            payment_id: 1,
            user_id: 'rider-1',
            order_id: 11,
            payment_type: 'credit_card',
            total_price: 2.5,
            logged_on: '2025-04-07 03:11:31',
            created_on: '2025-04-07 03:11:32',
            modified_on: '2025-04-07 03:11:32',
          },
          capture: {
            sequence: 1,
            source: 'import',
            raw_method: 'CARD 💳',
            reference: 'order-9f',
            received_ms: SAMPLE_S * 1000 + 1_500,
          },
        });
        expect(await findPayment(store, 2)).toBeUndefined();
      });

      test('keeps the extremes of every column', async () => {
        const store = await freshStore(database);
        const extreme = delivery({
          payment_id: 4_294_967_295,
          user_id: '🚌'.repeat(256),
          order_id: 2_147_483_647,
          payment_type: 'p'.repeat(32),
          price_minor: 999_999_999_999_999,
          logged_s: 253_402_300_799,
          raw_method: '💳'.repeat(255),
          reference: '#'.repeat(255),
        });
        expect((await commit(store, extreme)).outcomes).toEqual(['recorded']);
        expect((await commit(store, extreme)).outcomes).toEqual(['duplicate']);
        expect((await findPayment(store, 4_294_967_295))?.row).toMatchObject({
          user_id: '🚌'.repeat(256),
          total_price: 9_999_999_999_999.99,
          logged_on: '9999-12-31 23:59:59',
        });
        await expectLedgerEqualsRawRows(store);
      });

      test('answers the same payment again as a duplicate, with the stored row', async () => {
        const store = await freshStore(database);
        await commit(store, delivery());
        const again = await commit(store, delivery({ source: 'api', received_ms: SAMPLE_S * 1000 + 99_000 }));
        expect(again.outcomes).toEqual(['duplicate']);
        expect(again.existing).toEqual([(await findPayment(store, 1))?.row]);
        expect((await findPayment(store, 1))?.capture?.source).toBe('webhook');
        await expectLedgerEqualsRawRows(store);
      });

      test.each([
        ['user_id', { user_id: 'rider-2' }],
        ['order_id', { order_id: 12 }],
        ['payment_type', { payment_type: 'other' }],
        ['total_price', { price_minor: 251 }],
        ['logged_on', { logged_s: SAMPLE_S + 1 }],
      ])('answers another %s under the same id as a conflict and changes nothing', async (_, change) => {
        const store = await freshStore(database);
        await commit(store, delivery());
        const before = { payment: await findPayment(store, 1), ledger: await storedLedger(store) };
        const result = await commit(store, delivery(change));
        expect(result.outcomes).toEqual(['conflict']);
        expect(result.existing).toEqual([before.payment?.row]);
        expect({ payment: await findPayment(store, 1), ledger: await storedLedger(store) }).toEqual(before);
      });

      test('within one batch the first delivery of an id wins and each other is judged against it', async () => {
        const store = await freshStore(database);
        await commit(store, delivery({ payment_id: 5 }));
        const result = await commit(
          store,
          delivery({ payment_id: 9 }),
          delivery({ payment_id: 7, price_minor: 300 }),
          delivery({ payment_id: 9 }),
          delivery({ payment_id: 7, price_minor: 301 }),
          delivery({ payment_id: 5 }),
          delivery({ payment_id: 5, order_id: 99 }),
          delivery({ payment_id: 5 }),
        );
        expect(result.outcomes).toEqual([
          'recorded',
          'recorded',
          'duplicate',
          'conflict',
          'duplicate',
          'conflict',
          'duplicate',
        ]);
        expect(result.existing.map((row) => row.payment_id)).toEqual([5]);
        expect((await findPayment(store, 7))?.row.total_price).toBe(3);
        await expectLedgerEqualsRawRows(store);
      });

      test('a row that another program wrote is a duplicate without a capture', async () => {
        const store = await freshStore(database);
        await store.knex('hntb_bytemark_order_payments').insert({
          payment_id: 1,
          user_id: 'rider-1',
          order_id: 11,
          payment_type: 'credit_card',
          total_price: 2.5,
          logged_on: '2025-04-07 03:11:31',
        });
        expect((await commit(store, delivery())).outcomes).toEqual(['duplicate']);
        expect((await findPayment(store, 1))?.capture).toBeNull();
      });

      test('a payment whose row another program deleted is recorded again, with its new capture', async () => {
        const store = await freshStore(database);
        await commit(store, delivery(), delivery({ payment_id: 2 }));
        await store.knex('hntb_bytemark_order_payments').where('payment_id', 1).delete();
        const again = delivery({ source: 'sync', received_ms: SAMPLE_S * 1000 + 9_000 });
        expect((await commit(store, again, delivery({ payment_id: 3 }))).outcomes).toEqual([
          'recorded',
          'recorded',
        ]);
        const capture = (await findPayment(store, 1))?.capture;
        expect(capture).toMatchObject({ source: 'sync', received_ms: SAMPLE_S * 1000 + 9_000 });
        expect(capture?.sequence).toBeGreaterThan(2);
      });

      test('an empty batch commits nothing', async () => {
        const store = await freshStore(database);
        expect(await commit(store)).toEqual({ outcomes: [], existing: [], quarantineIds: [] });
      });

      test('a batch that the database refuses leaves nothing behind, and the next one is taken', async () => {
        const store = await freshStore(database);
        const wrong = commit(store, delivery(), delivery({ payment_id: 2, user_id: 'u'.repeat(257) }));
        const error: unknown = await wrong.then(
          () => undefined,
          (failure: unknown) => failure,
        );
        expect(store.classify(error)).toBe('refused');
        expect(await findPayment(store, 1)).toBeUndefined();
        expect(await storedLedger(store)).toEqual({ ledger: [], captures: [] });
        expect((await commit(store, delivery())).outcomes).toEqual(['recorded']);
      });

      test('counts deliveries by source, outcome and reason', async () => {
        const store = await freshStore(database);
        const received_ms = SAMPLE_S * 1000;
        const refused = {
          source: 'api',
          outcome: 'invalid',
          reason: 'user_id.required',
          received_ms,
        } as const;
        await commit(store, delivery());
        await store.commit(
          batchOf([delivery(), delivery({ order_id: 12 })], {
            quarantined: [
              quarantined(),
              quarantined({
                digest: 'e'.repeat(64),
                reason: 'conflict',
                problems: [{ field: 'order_id', code: 'differs', message: 'order_id differs' }],
              }),
            ],
            refused: [refused, refused],
          }),
          0,
        );
        const rows: { source: string; outcome: string; reason: string; deliveries: number }[] = await store
          .knex('farelog_capture_hourly')
          .select('source', 'outcome', 'reason', 'deliveries');
        const lines = rows
          .map((row) => `${row.source} ${row.outcome} ${row.reason} ${row.deliveries}`)
          .sort();
        expect(lines).toEqual([
          'api invalid user_id.required 2',
          'webhook conflict order_id.differs 1',
          'webhook duplicate  1',
          'webhook invalid total_price.negative 1',
          'webhook recorded  1',
        ]);
      });

      test('is unavailable before the migrations ran and works once they have', async () => {
        const store = openTestStore(await database.freshUrl());
        const error: unknown = await commit(store, delivery()).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        expect(store.classify(error)).toBe('unavailable');
        await migrateUp(store.knex);
        expect((await commit(store, delivery())).outcomes).toEqual(['recorded']);
      });
    });

    describe('quarantine', () => {
      test('keeps the sealed bytes and problems, and the same digest once with its attempts counted', async () => {
        const store = await freshStore(database);
        const first = await store.commit(batchOf([], { quarantined: [quarantined()] }), 0);
        const later = quarantined({ received_ms: SAMPLE_S * 1000 + 5_000, sealed: new Uint8Array([9]) });
        const second = await store.commit(batchOf([], { quarantined: [later, later] }), 0);
        const [id] = first.quarantineIds;
        expect(second.quarantineIds).toEqual([id, id]);
        expect(await findQuarantined(store.knex, id ?? 0)).toEqual({
          id,
          source: 'webhook',
          reason: 'invalid',
          problems: JSON.stringify(quarantined().problems),
          sealed: Buffer.from([0, 1, 2, 253, 254, 255]),
          status: 'open',
          attempts: 3,
          first_seen_ms: SAMPLE_S * 1000,
          last_seen_ms: SAMPLE_S * 1000 + 5_000,
          expires_ms: SAMPLE_S * 1000 + 86_400_000,
        });
        expect(await findQuarantined(store.knex, 4_711)).toBeUndefined();
      });

      test('lists newest first, by status and page', async () => {
        const store = await freshStore(database);
        const items = ['a', 'b', 'c', 'd'].map((letter) => quarantined({ digest: letter.repeat(64) }));
        const { quarantineIds } = await store.commit(batchOf([], { quarantined: items }), 0);
        const [a = 0, b = 0, c = 0, d = 0] = quarantineIds;
        expect(new Set(quarantineIds).size).toBe(4);
        await store.write((trx) => closeQuarantined(trx, c, 'discarded'));
        const idsOf = async (...[filter, limit]: [Parameters<typeof listQuarantine>[1], number]) =>
          (await listQuarantine(store.knex, filter, limit)).map((row) => row.id);
        expect(await idsOf({}, 10)).toEqual([d, c, b, a]);
        expect(await idsOf({ status: 'open' }, 2)).toEqual([d, b]);
        expect(await idsOf({ status: 'open', beforeId: b }, 2)).toEqual([a]);
        expect(await idsOf({ status: 'discarded' }, 10)).toEqual([c]);
      });

      test('closing lets the bytes go and works once', async () => {
        const store = await freshStore(database);
        const { quarantineIds } = await store.commit(batchOf([], { quarantined: [quarantined()] }), 0);
        const [id = 0] = quarantineIds;
        expect(await store.write((trx) => closeQuarantined(trx, id, 'replayed'))).toBe(true);
        expect(await store.write((trx) => closeQuarantined(trx, id, 'discarded'))).toBe(false);
        expect(await findQuarantined(store.knex, id)).toMatchObject({ status: 'replayed', sealed: null });
        await store.commit(batchOf([], { quarantined: [quarantined()] }), 0);
        expect(await findQuarantined(store.knex, id)).toMatchObject({
          status: 'replayed',
          sealed: null,
          attempts: 2,
        });
      });

      test('expires what is past its day, and opens it again when the same delivery comes again', async () => {
        const store = await freshStore(database);
        const now = SAMPLE_S * 1000;
        const items = [
          quarantined({ digest: 'a'.repeat(64), expires_ms: now }),
          quarantined({ digest: 'b'.repeat(64), expires_ms: now + 1 }),
        ];
        const { quarantineIds } = await store.commit(batchOf([], { quarantined: items }), 0);
        const [a = 0, b = 0] = quarantineIds;
        expect(await store.write((trx) => expireQuarantined(trx, now))).toBe(1);
        expect(await store.write((trx) => expireQuarantined(trx, now))).toBe(0);
        expect(await findQuarantined(store.knex, a)).toMatchObject({ status: 'expired', sealed: null });
        expect(await findQuarantined(store.knex, b)).toMatchObject({ status: 'open' });
        const again = quarantined({
          digest: 'a'.repeat(64),
          sealed: new Uint8Array([7, 7]),
          expires_ms: now + 50,
        });
        await store.commit(batchOf([], { quarantined: [again] }), 0);
        expect(await findQuarantined(store.knex, a)).toMatchObject({
          status: 'open',
          sealed: Buffer.from([7, 7]),
          expires_ms: now + 50,
          attempts: 2,
        });
      });
    });

    describe('administration', () => {
      test('finds an API key by its hash, lists keys in the order they were made, and revokes once', async () => {
        const store = await freshStore(database);
        const key = {
          id: 'k1',
          name: 'finance',
          role: 'analyst',
          hash: 'a'.repeat(64),
          created_ms: 2_000_000_000_000,
          expires_ms: null,
          revoked_ms: null,
        };
        const older = {
          ...key,
          id: 'k0',
          hash: 'b'.repeat(64),
          created_ms: 1_000,
          expires_ms: 9_000_000_000_000,
        };
        await store.write((trx) => insertApiKey(trx, key));
        await store.write((trx) => insertApiKey(trx, older));
        expect(await findApiKeyByHash(store.knex, key.hash)).toEqual(key);
        expect(await findApiKeyByHash(store.knex, 'c'.repeat(64))).toBeUndefined();
        expect(await listApiKeys(store.knex)).toEqual([older, key]);
        expect(await store.write((trx) => revokeApiKey(trx, 'k1', 77))).toBe(true);
        expect(await store.write((trx) => revokeApiKey(trx, 'k1', 78))).toBe(false);
        expect(await store.write((trx) => revokeApiKey(trx, 'nobody', 78))).toBe(false);
        expect(await findApiKeyByHash(store.knex, key.hash)).toEqual({ ...key, revoked_ms: 77 });
      });

      test('two keys cannot share a hash', async () => {
        const store = await freshStore(database);
        const key = { name: 'n', role: 'admin', hash: 'a'.repeat(64), created_ms: 1, expires_ms: null };
        await store.write((trx) => insertApiKey(trx, { ...key, id: 'x', revoked_ms: null }));
        await expect(
          store.write((trx) => insertApiKey(trx, { ...key, id: 'y', revoked_ms: null })),
        ).rejects.toThrow();
        expect(await listApiKeys(store.knex)).toHaveLength(1);
      });

      test('meta values are written, overwritten one by one and read', async () => {
        const store = await freshStore(database);
        const before = await readMeta(store.knex);
        expect(before).toEqual({ ledger_version: '0' });
        await saveMeta(store, { reporting_zone: 'UTC', currency: 'USD' });
        await saveMeta(store, { reporting_zone: 'America/Chicago' });
        await saveMeta(store, {});
        expect(await readMeta(store.knex)).toEqual({
          ...before,
          reporting_zone: 'America/Chicago',
          currency: 'USD',
        });
      });

      test('a failed write leaves nothing behind', async () => {
        const store = await freshStore(database);
        const failing = store.write(async (trx) => {
          await trx('farelog_meta').insert({ name: 'data', value: 'demo' });
          throw new Error('changed its mind');
        });
        await expect(failing).rejects.toThrow('changed its mind');
        expect(await readMeta(store.knex)).toEqual({ ledger_version: '0' });
      });
    });
  });
}
