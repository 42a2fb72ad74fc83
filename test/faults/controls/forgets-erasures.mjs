/**
 * A deliberately wrong build, as a control: whether riders were erased meanwhile is not looked for within the commit's
 * transaction. It says that it heeds however many erasures there are, and knows of those alone that it found at start.
 */
import { openApp } from '../../../dist/app.js';
import { startService } from '../../../dist/serve.js';

const app = await openApp({});
const commit = app.store.commit.bind(app.store);
app.store.commit = async (batch, writer) => {
  const { version } = await app.store.knex('farelog_erasures').select('version').first();
  return commit({ ...batch, erasures: Number(version) }, writer);
};
const service = await startService(app);
console.log(JSON.stringify({ url: service.url }));
process.once('SIGTERM', () => service.stop().then(() => process.exit(0)));
