/**
 * `npm run simulate:faults -- --seed N --steps 1000000`: the write side under simulated faults, from a seed. Prints steps,
 * faults by kind and the first violation, with the seed that replays it. `--bug NAME` plants one of the bugs.
 */
import { parseArgs } from 'node:util';
import { run, toldOf } from './episode.js';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.js';
import { FAULTS } from './weather.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000000' },
    bug: { type: 'string' },
  },
});
const [seed, steps] = [Number(values.seed), Number(values.steps)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(steps))
  throw new Error('--seed and --steps take whole numbers');
const bugs: Readonly<Record<string, PlantedBug>> = PLANTED_BUGS;
const bug = values.bug === undefined ? {} : bugs[values.bug];
if (bug === undefined) throw new Error(`--bug takes one of: ${Object.keys(bugs).join(', ')}`);

const figure = (value: number): string => value.toLocaleString('en-US').padStart(12);
const began = performance.now();
const report = await run(seed, steps, bug);
const seconds = (performance.now() - began) / 1000;
console.log(`${figure(report.steps)}  steps, from seed ${seed}`);
console.log(`${figure(report.episodes)}  episodes`);
console.log(`${figure(report.messages)}  messages`);
console.log(`${figure(report.payments)}  payments`);
for (const fault of FAULTS) console.log(`${figure(report.faults.get(fault) ?? 0)}  ${fault}`);
console.log(`${figure(report.broken === undefined ? 0 : 1)}  violations`);
console.log(`${figure(Math.round(seconds))}  seconds`);
console.log(`${report.trace.slice(0, 12)}  trace`);
if (report.broken !== undefined) {
  console.log(`\n${toldOf(report.broken)}`);
  process.exitCode = 1;
}
