/** A deliberately wrong build, as a control: of two contents of one payment the last one wins, in the table alone. */
import { openApp } from '../../../dist/app.js';
import { serverOf } from '../../../dist/serve.js';

const app = await openApp({});
const { recorder } = await app.writeSide();
const lastWins = {
  recordWebhook: async (body) => {
    const answer = await recorder.recordWebhook(body);
    if (answer.outcome !== 'conflict') return answer;
    const { payment_id, order_id, amount } = JSON.parse(String(body));
    const changed = { order_id, total_price: Number(amount) };
    await app.store.knex('hntb_bytemark_order_payments').where({ payment_id }).update(changed);
    return answer;
  },
  recordRecord: recorder.recordRecord,
  replay: recorder.replay,
};
const server = await serverOf(app, { recorder: lastWins });
await server.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.server.address().port}` }));
