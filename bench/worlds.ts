/**
 * How often studies find what is not there, and how often their intervals hold the truth, over many small worlds:
 * `npm run simulate:worlds`; `-- --worlds=N` asks another number (1,000), `-- elasticity` one study alone, `-- fifth` the questions that have the word.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ask, PROBES, type Probe } from '../test/support/study-probes.js';

/** Of each probe, over some worlds. */
interface Count {
  worlds: number;
  refused: number;
  found: number;
  held: number;
  /** Worlds in which an interval was told. */
  intervals: number;
}

function option(name: string, fallback: number): number {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  return given === undefined ? fallback : Number(given);
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const probes = PROBES.filter(
  ({ study, what }) => wanted.length === 0 || wanted.some((word) => study === word || what.includes(word)),
);
const worlds = option('worlds', 1_000);
const parts = availableParallelism();

function countWorlds(probe: Probe, part: number): Count {
  const count: Count = { worlds: 0, refused: 0, found: 0, held: 0, intervals: 0 };
  for (let seed = 1 + part; seed <= worlds; seed += parts) {
    const said = ask(probe, seed);
    count.worlds++;
    if (said === undefined) count.refused++;
    else {
      if (said.found) count.found++;
      if (said.holds !== null) count.intervals++;
      if (said.holds === true) count.held++;
    }
  }
  return count;
}

/** A share with the interval that chance leaves it. */
function share(count: number, of: number): string {
  if (of === 0) return 'not told';
  const p = count / of;
  return `${(100 * p).toFixed(1)}% ± ${(196 * Math.sqrt((p * (1 - p)) / of)).toFixed(1)}`;
}

const part = option('part', -1);
if (part >= 0) console.log(JSON.stringify(probes.map((probe) => countWorlds(probe, part))));
else {
  const counts: Count[][] = await Promise.all(
    Array.from({ length: parts }, async (_, index) => {
      const words = [fileURLToPath(import.meta.url), ...process.argv.slice(2), `--part=${index}`];
      const child = spawn(process.execPath, ['--import', 'tsx', ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return JSON.parse(await text(child.stdout));
    }),
  );
  console.log(`${worlds} worlds each; found at 5%; intervals of 95%`);
  for (const [index, { study, what, planted }] of probes.entries()) {
    const own = counts.map((all) => all[index]).filter((one) => one !== undefined);
    const sum = (key: keyof Count): number => own.reduce((total, one) => total + one[key], 0);
    const told = sum('worlds') - sum('refused');
    const refused = sum('refused') === 0 ? '' : `; ${sum('refused')} refused`;
    console.log(
      `  ${study.padEnd(12)} ${(planted ? 'planted' : 'nothing').padEnd(8)} ${what.padEnd(44)} found ${share(sum('found'), told).padEnd(14)} held ${share(sum('held'), sum('intervals'))}${refused}`,
    );
  }
}
