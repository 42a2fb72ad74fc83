// `npm run test:faults`: `--long` for more tries, `--write` to put the table into docs/faults.md; the rest is vitest's.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const given = process.argv.slice(2);
const own = ['--long', '--write'];
const folder = mkdtempSync(join(tmpdir(), 'farelog-faults-'));
const report = join(folder, 'report.json');
const words = ['vitest', 'run', '--config', 'vitest.faults.config.ts'];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const { status } = spawnSync(
  'npx',
  [...words, ...reporters, ...given.filter((word) => !own.includes(word))],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(given.includes('--long') ? { FARELOG_TEST_FAULTS: 'long' } : {}),
      ...(given.includes('--write') ? { FARELOG_TEST_FAULTS_WRITE: '1' } : {}),
    },
  },
);
if (status !== 0) tellFailures();
rmSync(folder, { recursive: true });
process.exit(status ?? 1);

/** Once more behind the table, where whoever reads the end of a long output sees them. */
function tellFailures() {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { name, status: of, message, assertionResults } of testResults) {
    if (of === 'failed' && message) console.error(`\nFAILED ${name}\n${message}`);
    for (const { status: outcome, fullName, failureMessages } of assertionResults) {
      if (outcome === 'failed')
        console.error(`\nFAILED ${name}\n  ${fullName}\n${failureMessages.join('\n')}`);
    }
  }
}
