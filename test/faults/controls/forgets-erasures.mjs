/**
 * A deliberately wrong build, as a control: whether riders were erased meanwhile is not looked for within the commit's
 * transaction. It says that it heeds however many erasures there are, and knows of those alone that it found at start.
 */
import { openApp } from '../../../dist/app.js';
import { startService } from '../../../dist/serve.js';

const app = await openApp({});
const commit = app.store.commit.bind(app.store);
app.store.commit = async (batch, writer) => {
  for (;;) {
    const { version } = await app.store.knex('farelog_erasures').select('version').first();
    try {
      return await commit({ ...batch, erasures: Number(version) }, writer);
    } catch (error) {
      // One that came while this batch waited for its lock is not heeded either.
      if (error.code !== 'FARELOG_STALE_ERASURES') throw error;
    }
  }
};
const service = await startService(app);
console.log(JSON.stringify({ url: service.url }));
process.once('SIGTERM', () => service.stop().then(() => process.exit(0)));
