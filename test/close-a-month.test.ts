/** docs/close-a-month.md: its commands are run as they are written, one after the other, and say what stands there. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { COMMAND } from './support/command.js';
import { patternOf, stepsOf } from './support/guide.js';
import { sharedSettings, startSandbox } from './support/sandbox.js';
import { ADMIN_KEY, startProcess, temporaryFolder } from './support/service.js';

const doc = readFileSync(fileURLToPath(new URL('../docs/close-a-month.md', import.meta.url)), 'utf8');
const steps = stepsOf(doc);
const sandboxFlags = /^farelog sandbox (.+)$/m.exec(doc)?.[1] ?? '';

test('what the guide for closing a month shows is what its commands print', async () => {
  expect(steps.length).toBeGreaterThan(9);
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  const settings = sharedSettings(`sqlite:${join(folder, 'data', 'farelog.db')}`, join(folder, 'data'));
  const service = await startProcess(settings);
  const sandbox = await startSandbox(settings, service.url, sandboxFlags);
  await sandbox.deliver();
  // From January until today by few windows: what comes is the same.
  const fast = { FARELOG_BYTEMARK_REQUESTS_PER_S: '1000', FARELOG_PULL_WINDOW_HOURS: '168' };
  const environment = { PATH: process.env.PATH, ...settings, ...sandbox.settings, ...fast, KEY: ADMIN_KEY };
  for (const { commands, shown } of steps) {
    const written = commands
      .replaceAll('http://127.0.0.1:4300', service.url)
      // The guide is of February 2026; a day to wait for must lie ahead.
      .replace('--until 2026-03-01', `--until ${new Date(Date.now() + 30 * 86_400_000).toISOString()}`);
    writeFileSync(
      join(folder, 'step.sh'),
      `farelog() { "${process.execPath}" "${COMMAND}" "$@"; }\n${written}\ntrue\n`,
    );
    const { stdout } = await promisify(execFile)('bash', ['step.sh'], { cwd: folder, env: environment });
    expect(stdout.replaceAll('\r', ''), written).toMatch(patternOf(shown));
  }
  expect(readFileSync(join(folder, 'january.html'), 'utf8')).toContain('$7,453.00');
  expect(readFileSync(join(folder, 'january-differences.csv'), 'utf8').trim().split('\r\n')).toHaveLength(12);
  await sandbox.stop();
  await service.stop();
});
