/** Two services on one database with a short schedule: one of them pulls, and when it is killed the other goes on. */
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import { DATABASES, describeOn, openTestKnex } from '../support/databases.js';
import { until } from '../support/promises.js';
import { startProvider, TOKEN, type Told } from '../support/provider.js';
import { ADMIN_KEY, type ServiceProcess, startProcess, temporaryFolder } from '../support/service.js';

interface Job {
  readonly name: string;
  readonly schedule: string | null;
  readonly state: string;
  readonly running: { readonly instance: string } | null;
  readonly last: { readonly instance: string; readonly outcome: string; readonly message: string } | null;
  readonly failures: number;
}

async function pullOf({ url }: ServiceProcess): Promise<Job> {
  const answer = await fetch(`${url}/api/v1/schedule`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  const { rows }: { rows: Job[] } = JSON.parse(await answer.text());
  const job = rows.find(({ name }) => name === 'pull');
  if (job === undefined) throw new Error('pull is not listed');
  return job;
}

const pageOf = (payments: readonly object[]): Told => ({
  body: {
    errors: [],
    data: {
      payments,
      page_count: 1,
      total_count: payments.length,
      pagination: { page: 1, per_page: 500, next: null },
    },
  },
});

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('only one runs what is due; killed in its middle, it is replaced by the other after its lease', async () => {
      let hangs = true;
      const logged = new Date(Date.now() - 60_000).toISOString();
      const row = {
        payment_id: 7,
        user_id: 'rider',
        order_id: 8,
        payment_method: 'card',
        amount: '2.50',
        timestamp: logged,
      };
      const provider = await startProvider(({ method }) => {
        if (method === 'POST') return TOKEN;
        return hangs ? null : pageOf([row]);
      });
      const url = await database.freshUrl();
      const folder = temporaryFolder();
      const common = {
        FARELOG_DATABASE_URL: url,
        FARELOG_DATA_DIR: folder,
        FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
        FARELOG_SEAL_KEY: 'the-same-seal-in-every-test',
        FARELOG_BYTEMARK_URL: provider.url,
        FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
        FARELOG_BYTEMARK_CLIENT_SECRET: 'a-client-secret',
        FARELOG_PULL_OVERLAP_HOURS: '1',
        FARELOG_PULL_EVERY: '1s',
        FARELOG_SCHEDULE_LEASE_S: '1',
      };
      const [one, two] = await Promise.all([
        startProcess({ ...common, FARELOG_INSTANCE: 'one' }),
        startProcess({ ...common, FARELOG_INSTANCE: 'two' }),
      ]);
      await until(async () => provider.pages()[0]);
      const knex = openTestKnex(url);
      const renewed = new Set<number>();
      await until(async () => {
        const [job] = await knex('farelog_schedule').where('name', 'pull').select('lease_until_ms');
        renewed.add(Number(job.lease_until_ms));
        return renewed.size > 3 ? true : undefined;
      });
      // Both have looked several times by now.
      expect(provider.pages()).toHaveLength(1);
      const { state, running } = await pullOf(two);
      expect(state).toBe('running');
      const refused = await run(['schedule', 'run', 'pull'], common, folder);
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining(`${running?.instance} is at it`),
      ]);
      const [runner, other] = running?.instance === 'one' ? [one, two] : [two, one];
      hangs = false;
      await runner.kill();
      const name = running?.instance === 'one' ? 'two' : 'one';
      const done = await until(async () => {
        const job = await pullOf(other);
        return job.last?.instance === name && job.last.outcome === 'ok' ? job : undefined;
      });
      expect(done).toMatchObject({ schedule: 'every 1s', failures: 0, running: null });
      expect(done.last?.message).toMatch(/^1 fetched, [01] recorded$/);
      expect(await knex('hntb_bytemark_order_payments').select('payment_id')).toEqual([{ payment_id: 7 }]);
      expect(await other.stop()).toBe(0);
    }, 60_000);
  });
}
