// Builds a dataset of the database that the environment names, and is killed when payments have been read.
import { openApp } from '../../dist/app.js';
import { buildDatasetNow } from '../../dist/datasets.js';

const app = await openApp({ logger: { info() {}, warn() {}, error() {}, debug() {} } });
const request = { study: 'fares', from: '2026-05-01', to: '2026-07-01', folder: process.argv[2] };
await buildDatasetNow(
  app,
  request,
  { actor: 'test', operation: 'test' },
  { onProgress: () => process.kill(process.pid, 'SIGKILL') },
);
