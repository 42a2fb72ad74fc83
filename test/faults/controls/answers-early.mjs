/**
 * A deliberately wrong build, as a control: it answers 201 before the payment is committed. The
 * wait before the commit stands for a busy disk.
 */
import { openApp } from '../../../dist/app.js';
import { claimFromWebhook, parseJson } from '../../../dist/bytemark/payload.js';
import { serverOf } from '../../../dist/serve.js';

const COMMIT_LATER_MS = 25;

const app = await openApp({});
const { recorder } = await app.writeSide();
const early = {
  recordWebhook: async (body) => {
    setTimeout(() => recorder.recordWebhook(body).catch(() => {}), COMMIT_LATER_MS);
    return { outcome: 'recorded', payment: claimFromWebhook(parseJson(body).value) };
  },
  recordRecord: recorder.recordRecord,
  replay: recorder.replay,
};
const server = await serverOf(app, { recorder: early });
await server.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.server.address().port}` }));
