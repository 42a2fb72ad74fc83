/** What stands in deploy/: it can be read, and what it names there is. No container engine runs here; see OPERATIONS.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig, SECRET_SETTINGS, SETTING_NAMES } from '../src/config.js';
import { openTestApp } from './support/app.js';
import { temporaryFolder } from './support/service.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const dockerfile = read('deploy/Dockerfile');
const unit = read('deploy/farelog.service');
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        environment: z.record(z.string(), z.string()).default({}),
        secrets: z.array(z.string()).default([]),
        volumes: z.array(z.string()).default([]),
        stop_grace_period: z.string(),
      }),
    ),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(read('deploy/compose.yaml')));
const alerts = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({ alert: z.string(), expr: z.string(), annotations: z.object({ runbook: z.string() }) }),
        ),
      }),
    ),
  })
  .parse(parse(read('deploy/prometheus-alerts.yaml')))
  .groups.flatMap(({ rules }) => rules);
const PANEL = z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) });
const dashboard = z
  .object({ panels: z.array(PANEL) })
  .parse(JSON.parse(read('deploy/grafana-dashboard.json')));

const unsupported = (text: string): string[] => {
  const known = new Set([...SETTING_NAMES, ...SECRET_SETTINGS.map((name) => `${name}_FILE`)]);
  return [...text.matchAll(/\bFARELOG_[A-Z_]+/g)].map(([name]) => name).filter((name) => !known.has(name));
};

describe('settings', () => {
  test.each([
    ['Dockerfile', dockerfile],
    ['compose.yaml', read('deploy/compose.yaml')],
    ['farelog.service', unit],
    ['OPERATIONS.md', read('OPERATIONS.md')],
    ['docs/backup.md', read('docs/backup.md')],
  ])('that %s names are settings', (_name, text) => {
    expect(unsupported(text)).toEqual([]);
  });

  test('of the compose file are understood', () => {
    const given = Object.entries(compose.services.farelog?.environment ?? {});
    const plain = Object.fromEntries(given.filter(([name]) => !name.endsWith('_FILE')));
    expect(() => loadConfig(plain)).not.toThrow();
  });
});

describe('metrics', () => {
  const KEYWORDS =
    /^(sum|by|le|rate|increase|histogram_quantile|time|max|min|label_values|instance|outcome|source|status|result|route|version|node|database|job)$/;

  async function series(): Promise<Set<string>> {
    const { get } = await openTestApp();
    const { body } = await get('/metrics');
    const declared = [...body.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    const names = declared.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    return new Set([...names, 'up']);
  }

  function metricsIn(expression: string): string[] {
    const bare = expression
      .replace(/"[^"]*"/g, '')
      .replace(/\$\w+/g, '')
      .replace(/\[[^\]]*\]/g, '');
    return [...bare.matchAll(/[a-z_]\w*/g)].map(([name]) => name).filter((name) => !KEYWORDS.test(name));
  }

  test('that alerts and dashboard ask for are those of the service', async () => {
    const known = await series();
    const asked = [
      ...alerts.map(({ expr }) => expr),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ].flatMap(metricsIn);
    expect(new Set(asked).size).toBeGreaterThan(20);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  test('of Farelog are all on the dashboard', async () => {
    const shown = new Set(
      dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr))),
    );
    const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
    const drawn = new Set([...shown].map(base));
    const own = [...(await series())].filter((name) => name.startsWith('farelog_')).map(base);
    expect(own.filter((name) => !drawn.has(name))).toEqual([]);
  });
});

test('every alert has its page in OPERATIONS.md', () => {
  const headings = [...read('OPERATIONS.md').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text.toLowerCase(),
  );
  for (const { alert, annotations } of alerts) {
    const [, anchor = ''] = annotations.runbook.split('OPERATIONS.md#');
    expect([alert, headings.includes(anchor)]).toEqual([alert, true]);
  }
  const told = headings.filter((text) => /^farelog[a-z]+$/.test(text));
  const named = new Set(alerts.map(({ annotations }) => annotations.runbook.split('#')[1]));
  expect(told.filter((text) => !named.has(text))).toEqual([]);
});

describe('time to stop', () => {
  const { stopGraceMs, drainTimeoutMs } = loadConfig({}).limits;

  test('is longer than grace and drain together', () => {
    const unitMs = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) * 1000;
    expect(unitMs).toBeGreaterThan(stopGraceMs + drainTimeoutMs);
    const { environment, stop_grace_period = '' } = compose.services.farelog ?? {};
    const graceMs = Number(environment?.FARELOG_STOP_GRACE_MS);
    expect(graceMs).toBeGreaterThan(0);
    expect(Number(stop_grace_period.replace(/s$/, '')) * 1000).toBeGreaterThan(graceMs + drainTimeoutMs);
  });
});

test('the compose file defines the secrets and volumes that it uses', () => {
  for (const { secrets, volumes, environment } of Object.values(compose.services)) {
    expect(secrets.filter((name) => compose.secrets[name] === undefined)).toEqual([]);
    const named = volumes.map((volume) => volume.split(':')[0] ?? '');
    expect(named.filter((name) => compose.volumes[name] === undefined)).toEqual([]);
    const files = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
    expect(
      files.map((file) => file.slice('/run/secrets/'.length)).filter((name) => !secrets.includes(name)),
    ).toEqual([]);
  }
});

test('the image runs the command of this package, and copies what is here', () => {
  const { bin }: { bin: { farelog: string } } = JSON.parse(read('package.json'));
  expect(dockerfile).toContain(`ENTRYPOINT ["node", "/app/${bin.farelog}"]`);
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(dockerfile).toMatch(/^USER node$/m);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.error('Unit test skipped: install systemd-analyze with `apt-get install systemd`');

test.skipIf(!hasSystemd)('systemd understands every line of the unit', () => {
  const path = join(temporaryFolder(), 'farelog.service');
  // The program need not be installed here.
  writeFileSync(
    path,
    unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`).replace(/^#(?=LoadC|Env)/gm, ''),
  );
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
