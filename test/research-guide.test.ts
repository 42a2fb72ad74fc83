/** docs/research.md: its commands are run as they are written, on the demo's city, and say what stands there. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openApp } from '../src/app.js';
import { fillWithDemo } from '../src/cli/demo.js';
import { COMMAND } from './support/command.js';
import { SILENT } from './support/farelog.js';
import { patternOf, stepsOf } from './support/guide.js';
import { temporaryFolder } from './support/service.js';

const doc = readFileSync(fileURLToPath(new URL('../docs/research.md', import.meta.url)), 'utf8');
/** The demo's city has 2,500 payments a day; a third of it is soon there. */
const DAILY_PAYMENTS = 800;

test('what the guide for researchers shows is what its commands print', async () => {
  const steps = stepsOf(doc);
  expect(steps.length).toBeGreaterThan(3);
  const folder = temporaryFolder();
  const settings = {
    FARELOG_DATABASE_URL: `sqlite:${join(folder, 'farelog.db')}`,
    FARELOG_DATA_DIR: folder,
    FARELOG_PSEUDONYM_KEY: 'riders are told apart, and no study cares by what name',
  };
  const clock = (): number => Date.parse('2026-11-25T18:00:00Z');
  const app = await openApp({ environment: settings, logger: SILENT, clock });
  await fillWithDemo(app, DAILY_PAYMENTS);
  await app.close();
  const environment = { PATH: process.env.PATH, ...settings };
  for (const { commands, shown } of steps) {
    const script = `farelog() { "${process.execPath}" "${COMMAND}" "$@"; }\n${commands}\n`;
    writeFileSync(join(folder, 'step.sh'), script);
    const { stdout } = await promisify(execFile)('bash', ['step.sh'], { cwd: folder, env: environment });
    expect(stdout.replaceAll('\r', ''), commands).toMatch(patternOf(shown));
  }
});
