/**
 * A week of a provider's traffic through processes as they are run: the sandbox, the service, and pulls that are killed.
 * What was planted must be found, and nothing else.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMAND, run, spawnCommand } from '../support/command.js';
import { openTestKnex } from '../support/databases.js';
import { until } from '../support/promises.js';
import { sharedSettings, startSandbox } from '../support/sandbox.js';
import { startProcess, temporaryFolder } from '../support/service.js';

test('a week with lost, doubled, altered and shuffled webhooks, outages and a new key: after pulls that were killed all of it is here, once', async () => {
  const folder = temporaryFolder();
  const database = `sqlite:${join(folder, 'farelog.db')}`;
  const common = sharedSettings(database, folder);
  const service = await startProcess(common);
  const sandbox = await startSandbox(
    common,
    service.url,
    `--seed 5 --from 2026-01-05 --days 7 --daily 100 --rotate-after 0.5
     --lost 0.05 --altered 0.02 --duplicated 0.1 --disorder 300 --api-errors 0.05
     --outage 2026-01-06T12:00:00Z/2026-01-06T18:00:00Z --outage 2026-01-09T20:00:00Z/2026-01-09T23:00:00Z`,
  );
  expect(await sandbox.deliver()).toMatchObject({
    delivered: [{ statuses: { '201': expect.any(Number) } }, {}],
  });
  const manifest = await sandbox.manifest();
  const missing = (manifest.counts.lost ?? 0) + (manifest.counts.outage ?? 0);
  expect(missing).toBeGreaterThan(40);

  const knex = openTestKnex(database);
  const pulled = async (): Promise<number> =>
    Number((await knex('farelog_captures').where({ source: 'pull' }).count({ n: '*' }).first())?.n);
  const environment = {
    ...common,
    ...sandbox.settings,
    FARELOG_BYTEMARK_PAGE_ROWS: '20',
    FARELOG_BYTEMARK_REQUESTS_PER_S: '100',
    FARELOG_PULL_OVERLAP_HOURS: '0',
    FARELOG_PULL_WINDOW_HOURS: '48',
  };
  const pull = ['pull', '--json'];
  for (const part of [0.2, 0.4, 0.6]) {
    const since = part === 0.2 ? ['--since', '2026-01-05'] : [];
    const child = spawnCommand([...pull, ...since], environment, folder);
    const gone = once(child, 'close');
    await until(async () => ((await pulled()) >= missing * part ? true : undefined));
    child.kill('SIGKILL');
    await gone;
  }
  const last = await run(pull, environment, folder);
  // 3 where what is left holds one that was altered.
  expect([0, 3]).toContain(last.code);
  const report = JSON.parse(last.stdout);
  expect(report.incomplete).toEqual([]);

  const rows = await knex('hntb_bytemark_order_payments').select('payment_id');
  expect(rows).toHaveLength(manifest.payments.count);
  expect(await pulled()).toBe(missing);
  const again = await run([...pull, '--since', '2026-01-05'], environment, folder);
  expect(JSON.parse(again.stdout)).toMatchObject({
    fetched: manifest.payments.count,
    recorded: 0,
    conflicts: manifest.counts.altered,
    invalid: 0,
  });
  const kept: { reason: string; problems: string }[] = await knex('farelog_quarantine').select(
    'reason',
    'problems',
  );
  const fields = kept.flatMap(({ problems }) =>
    JSON.parse(problems).map((one: { field: string }) => one.field),
  );
  const altered = manifest.planted.filter(({ kind }) => kind === 'altered');
  expect(fields.sort()).toEqual(altered.map(({ field }) => field).sort());
  expect(await run(['verify', '--json'], environment, folder)).toMatchObject({ code: 0 });
  await service.stop();
}, 240_000);

test('a pull without a provider, or with a wrong secret, says what to do', async () => {
  const folder = temporaryFolder();
  const common = { FARELOG_DATA_DIR: folder };
  const none = await run(['pull', '--since', '2026-01-05'], common, folder);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('FARELOG_BYTEMARK_URL')]);
  const sandbox = await startProcess(common, [COMMAND, 'sandbox', '--json', '--port', '0', '--days', '1']);
  const wrong = { ...common, ...sandbox.settings, FARELOG_BYTEMARK_CLIENT_SECRET: 'another' };
  const refused = await run(['pull', '--since', '2026-01-05'], wrong, folder);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('FARELOG_BYTEMARK_CLIENT_SECRET'),
  ]);
  expect(await sandbox.stop()).toBe(0);
});
