/** The example service, run as its first comment says, on real databases. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DATABASES, describeOn, openTestKnex } from '../support/databases.js';
import { openTestFarelog } from '../support/farelog.js';
import { paymentBody, SECRET, Sender, temporaryFolder } from '../support/service.js';

const MAIN = fileURLToPath(new URL('../../examples/knex-service/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

interface Example {
  readonly url: string;
  /** What it logged so far. */
  readonly lines: readonly string[];
  /** SIGTERM; returns the exit code. */
  stop(): Promise<unknown>;
}

async function startExample(databaseUrl: string): Promise<Example> {
  const child = spawn(process.execPath, ['--import', TSX, MAIN], {
    cwd: temporaryFolder(),
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      TZ: 'America/Los_Angeles',
      DATABASE_URL: databaseUrl,
      FARELOG_WEBHOOK_SECRETS: `whsec_${SECRET.toString('base64')}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const logged = createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const logEnd = once(logged, 'close');
  const [announced] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    logEnd.then(() => {
      throw new Error(`the example ended before it was ready:\n${lines.join('\n')}`);
    }),
  ]);
  const { url }: { url: string } = JSON.parse(String(announced));
  return { url, lines, stop: () => stop(child, logEnd) };
}

async function stop(child: ChildProcess, logEnd: Promise<unknown>): Promise<unknown> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  await logEnd;
  return code;
}

/** One instant for all, so that they lie in one week. */
const PAID_AT = new Date(Date.now() - 60_000).toISOString();

function body(paymentId: number, changes: object = {}): string {
  return JSON.stringify({ ...JSON.parse(paymentBody(paymentId)), timestamp: PAID_AT, ...changes });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('records webhooks in its own database, under its own names of riders, and tells figures', async () => {
      const databaseUrl = await database.freshUrl();
      const example = await startExample(databaseUrl);
      const sender = new Sender(example.url, 8);
      const first = body(1, { user_id: 'account-1', amount: '2.50', payment_method: 'apple_pay' });
      expect(await sender.send(first)).toMatchObject({ status: 201 });
      expect(await sender.send(first)).toMatchObject({ status: 200 });
      expect(await sender.send(body(2, { amount: 'x' }))).toMatchObject({ status: 202 });
      const many = Array.from({ length: 100 }, (_, index) =>
        sender.send(
          body(index + 10, { user_id: `account-${index % 5}`, amount: 1.1, payment_method: 'coins' }),
        ),
      );
      expect((await Promise.all(many)).map((answer) => answer?.status)).toEqual(Array(100).fill(201));
      await sender.close();
      const unsigned = await fetch(`${example.url}/webhooks/bytemark`, { method: 'POST', body: first });
      expect([unsigned.status, await unsigned.json()]).toEqual([
        401,
        { error: expect.stringContaining('webhook-id is missing') },
      ]);

      const figures = await fetch(`${example.url}/figures`);
      expect(await figures.json()).toMatchObject({
        methods: [
          { payment_type: 'coins', transaction_count: 100, total_revenue: 110, avg_transaction_value: 1.1 },
          { payment_type: 'mobile_payment', transaction_count: 1, total_revenue: 2.5 },
        ],
        weeks: expect.arrayContaining([expect.objectContaining({ transactions: 101, revenue: 112.5 })]),
      });
      expect(await example.stop()).toBe(0);

      expect(example.lines).toContain('[fare-desk] info Payment processed successfully: 1');
      expect(example.lines).toContain('[fare-desk] warn Duplicate payment processing attempt: 1');
      expect(example.lines.join('\n')).not.toContain('account-');
      const knex = openTestKnex(databaseUrl);
      const riders: { bytemark_user_id: string; research_id: string }[] =
        await knex('riders').orderBy('bytemark_user_id');
      // The last one is named by the delivery in quarantine, which an erasure must find by its rider.
      const paying = riders.slice(0, 5);
      expect(riders.map((rider) => rider.bytemark_user_id)).toEqual([
        ...[0, 1, 2, 3, 4].map((index) => `account-${index}`),
        'rider-2',
      ]);
      const stored: { user_id: string }[] = await knex('hntb_bytemark_order_payments').distinct('user_id');
      expect(stored.map(({ user_id }) => user_id).sort()).toEqual(
        paying.map(({ research_id }) => research_id).sort(),
      );
      expect(await knex('knex_migrations').select('name')).toEqual([{ name: '20240901120000_riders' }]);
      expect(await knex('farelog_captures').count({ captures: '*' }).first()).toEqual({ captures: 101 });
      // Its ledger holds what it recorded, posted or not, as another process proves.
      const settings = { FARELOG_DATA_DIR: temporaryFolder() };
      const farelog = await openTestFarelog({ databaseUrl, settings });
      expect(await farelog.verify()).toMatchObject({ ok: true, payments: 101, revenue_minor: '11250' });
    });

    test('starts again on what it recorded', async () => {
      const databaseUrl = await database.freshUrl();
      const before = await startExample(databaseUrl);
      const one = new Sender(before.url, 1);
      expect(await one.send(paymentBody(1))).toMatchObject({ status: 201 });
      await one.close();
      expect(await before.stop()).toBe(0);
      const after = await startExample(databaseUrl);
      const two = new Sender(after.url, 1);
      expect(await two.send(paymentBody(1))).toMatchObject({ status: 200 });
      expect(await two.send(paymentBody(2))).toMatchObject({ status: 201 });
      await two.close();
      expect(await after.stop()).toBe(0);
    });
  });
}
