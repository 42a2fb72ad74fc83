// `npm run test:faults`: `--long` for more tries, `--write` to put the table into docs/faults.md; the rest is vitest's.
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
const own = ['--long', '--write'];
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--config', 'vitest.faults.config.ts', ...given.filter((word) => !own.includes(word))],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(given.includes('--long') ? { FARELOG_TEST_FAULTS: 'long' } : {}),
      ...(given.includes('--write') ? { FARELOG_TEST_FAULTS_WRITE: '1' } : {}),
    },
  },
);
process.exit(status ?? 1);
