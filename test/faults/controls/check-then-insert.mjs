/** A deliberately wrong build, as a control: it looks whether a payment is there, and then inserts it, as the source does. */
import { openApp } from '../../../dist/app.js';
import { claimFromWebhook, parseJson } from '../../../dist/bytemark/payload.js';
import { toRecord, toRow } from '../../../dist/domain/payment.js';
import { prepare } from '../../../dist/ingest/intake.js';
import { serverOf } from '../../../dist/serve.js';

const TABLE = 'hntb_bytemark_order_payments';

const app = await openApp({});
const { recorder, nameRider } = await app.writeSide();
const { knex } = app.store;
const naive = {
  recordWebhook: async (body) => {
    const claim = claimFromWebhook(parseJson(body).value);
    const { delivery } = await prepare(claim, 'webhook', app.rules, nameRider, Date.now());
    const row = toRow(delivery.payment, Math.floor(Date.now() / 1000), app.config.currency);
    const stored = await knex(TABLE).where('payment_id', row.payment_id).first();
    if (stored !== undefined) return { outcome: 'duplicate', payment: toRecord(row) };
    // On a disk that others use too, an answer takes its time.
    await new Promise((resolve) => setTimeout(resolve, 1));
    await knex(TABLE).insert(row);
    return { outcome: 'recorded', payment: toRecord(row) };
  },
  recordRecord: recorder.recordRecord,
  replay: recorder.replay,
};
const server = await serverOf(app, { recorder: naive });
await server.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.server.address().port}` }));
