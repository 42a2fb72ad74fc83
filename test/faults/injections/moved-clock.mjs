/** The service with a clock that stands where the file FAULT_CLOCK_FILE says: milliseconds since 1970. */
import { readFileSync } from 'node:fs';
import { openApp } from '../../../dist/app.js';
import { startService } from '../../../dist/serve.js';

const { FAULT_CLOCK_FILE: file } = process.env;
const app = await openApp({ clock: () => Number(readFileSync(file, 'utf8')) });
const service = await startService(app);
console.log(JSON.stringify({ url: service.url }));
process.once('SIGTERM', () => service.stop());
