/** Tells how much script is loaded before the first chart, and fails where that is over the budget. */
import { fileURLToPath } from 'node:url';
import { loadedBeforeFirstChart, MAX_BYTES } from './loaded.ts';

const BUILT = fileURLToPath(new URL('../../dist/web', import.meta.url));
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

const files = loadedBeforeFirstChart(BUILT);
const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
for (const { file, bytes } of files) console.log(`${kib(bytes).padStart(10)}  ${file}`);
console.log(`${kib(total).padStart(10)}  before the first chart, of ${kib(MAX_BYTES)}`);
if (total > MAX_BYTES) {
  console.error(
    'Too much script before the first chart: load some of it later, or ask whether it is needed.',
  );
  process.exitCode = 1;
}
