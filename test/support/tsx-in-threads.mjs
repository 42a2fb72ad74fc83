// On Node 20 `--import tsx` leaves worker threads alone; the SQLite writer's thread starts from a TypeScript file.
import { isMainThread } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

if (!isMainThread) register();
