/** The documentation is tested: what there is stands in it, and its commands work as they are written. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.js';
import { SETTING_NAMES } from '../src/config.js';
import { openTestApp } from './support/app.js';
import { startProcess, temporaryFolder } from './support/service.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const reference = read('docs/reference.md');
const readme = read('README.md');
const architecture = read('ARCHITECTURE.md');

const run = promisify(execFile);

describe('the reference', () => {
  test('names every setting', () => {
    expect(SETTING_NAMES.filter((name) => !reference.includes(`\`${name}\``))).toEqual([]);
  });

  test('names every command, subcommand and flag', () => {
    const missing: string[] = [];
    const check = (command: Command, words: readonly string[]): void => {
      const name = words.join(' ');
      if (!reference.includes(name)) missing.push(name);
      for (const { long } of command.options) {
        const told = words[1] === 'simulate' || long === '--version' || reference.includes(long ?? '');
        if (!told) missing.push(`${name} ${long}`);
      }
      for (const subcommand of command.commands) check(subcommand, [...words, subcommand.name()]);
    };
    const program = createProgram();
    expect(program.commands.length).toBeGreaterThan(10);
    check(program, ['farelog']);
    expect(missing).toEqual([]);
  });

  test('names every route', async () => {
    const { server } = await openTestApp();
    const routes = server.declaredRoutes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url}`);
    expect(routes.length).toBeGreaterThan(9);
    expect(routes.filter((route) => !reference.includes(`\`${route}\``))).toEqual([]);
  });
});

test('ARCHITECTURE.md gives a reason for every dependency', () => {
  const {
    dependencies,
    devDependencies,
  }: Record<string, Record<string, string>> = JSON.parse(read('package.json'));
  const names = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
  expect(
    names.filter((name) => !architecture.includes(`\`${name}\``) && !name.startsWith('@types/')),
  ).toEqual([]);
});

const hasPrograms = ['curl', 'openssl', 'base64', 'od'].every(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
);
if (!hasPrograms)
  console.error('README test skipped: install its programs with `apt-get install curl openssl`');

test.skipIf(!hasPrograms)("the README's curl lines record a payment, once", async () => {
  const script = /## Send it a payment[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  const service = await startProcess({ FARELOG_DATA_DIR: join(folder, 'data'), FARELOG_WEBHOOK_SECRETS: '' });
  writeFileSync(join(folder, 'send.sh'), script.replaceAll('http://127.0.0.1:4300', service.url));
  const first = await run('bash', ['send.sh'], { cwd: folder });
  expect(first.stdout).toContain('HTTP/1.1 201');
  expect(first.stdout).toContain('"payment_type":"mobile_payment","total_price":2.5');
  await service.stop();
});
