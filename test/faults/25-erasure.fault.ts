/**
 * Riders are erased by a command while a service records their payments, some of which are quarantined; then everything
 * is delivered again. No byte of them may be in any table, nor in the SQLite file, nor may a rider come back; and every
 * payment is there once, with its money.
 *
 * The command is another process than the service, as it is at work. The control does not ask within its transactions
 * whether riders were erased meanwhile: then payments of theirs slip in with their names.
 */
import { createHash, createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import { temporaryFolder } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, PSEUDONYM_KEY } from './acknowledgements.js';
import { baseLoad, type Delivery, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { onEachDatabase, serviceSettings, startService } from './places.js';

const PAYMENTS = times(600, 30_000);
const ERASURES = times(2, 20);
const WRONG_BUILD = fileURLToPath(new URL('controls/forgets-erasures.mjs', import.meta.url));

const riderNo = (no: number): string => `rider-${no}`;

/** The stored name, by the documented scheme and this test's own code. */
function nameOf(rider: string): string {
  const id = createHash('sha256').update('farelog pseudonym key id\0').update(PSEUDONYM_KEY).digest('hex');
  const mac = createHmac('sha256', PSEUDONYM_KEY).update(rider).digest('hex');
  return `${id.slice(0, 8)}_${mac.slice(0, 32)}`;
}

/** Every cell of every table, or every byte of the files: where a name would be found. */
async function bytesOf(databaseUrl: string): Promise<string> {
  if (databaseUrl.startsWith('sqlite:')) {
    const file = databaseUrl.slice('sqlite:'.length);
    // What the log holds goes into the file first; the service has ended.
    new Database(file).close();
    return readFileSync(file).toString('latin1');
  }
  const connection = await createConnection({ uri: databaseUrl, dateStrings: true });
  const cells: string[] = [];
  const [tables] = await connection.query<never[]>('SHOW TABLES');
  for (const table of tables.flatMap((row) => Object.values(row))) {
    const [rows] = await connection.query<never[]>('SELECT * FROM ??', [table]);
    for (const value of rows.flatMap((row) => Object.values(row)))
      cells.push(Buffer.isBuffer(value) ? value.toString('latin1') : String(value));
  }
  await connection.end();
  return cells.join('\n');
}

interface Erased {
  readonly log: AcknowledgementLog;
  readonly riders: readonly string[];
  /** Payments and quarantined deliveries that named an erased rider in the end. */
  readonly slippedIn: number;
  /** Erased riders whose stored name is found somewhere. */
  readonly traces: readonly string[];
  /** What the command and the service printed. */
  readonly printed: string;
}

/** Quarantined: a price that is none. The same id with a good price comes later. */
function refusedOf(paymentId: number, rider: string): Delivery {
  const { body } = deliveryOf(paymentId, { rider });
  return { body: body.replace(/"amount":"[^"]*"/, '"amount":"-1"'), payment: null };
}

async function eraseUnderLoad(databaseUrl: string, script?: string): Promise<Erased> {
  const log = new AcknowledgementLog();
  const settings = serviceSettings(databaseUrl);
  const service = await startService(databaseUrl, { settings, ...(script === undefined ? {} : { script }) });
  const all = baseLoad(PAYMENTS);
  const refused = Array.from({ length: 97 }, (_, no) => refusedOf(1_000_000 + no, riderNo(no)));
  await sendUntilTaken({ url: service.url, log, waiting: [...refused] });
  // What is sent comes again and again until the last rider is erased.
  let erasing = true;
  const sending = (async () => {
    for (let waiting = [...all]; erasing; waiting = [...all])
      await sendLoad({ url: service.url, log, waiting, stopped: () => !erasing });
  })();
  const folder = temporaryFolder();
  const riders = Array.from({ length: ERASURES }, (_, at) => riderNo(at * 3));
  let printed = '';
  for (const [at, rider] of riders.entries()) {
    const file = join(folder, `ids-${at}`);
    writeFileSync(file, `${rider}\n`);
    const erased = await run(['riders', 'erase', '--file', file, '--json'], settings, folder);
    printed += erased.stdout + erased.stderr;
    // 3: the file could not be swept while the service used it; that is done at the end.
    expect([0, 3], erased.stderr).toContain(erased.code);
  }
  erasing = false;
  await sending;
  await sendUntilTaken({ url: service.url, log, waiting: [...all, ...refused] });
  await service.stop();
  const everyone = join(folder, 'everyone');
  writeFileSync(everyone, riders.join('\n'));
  // Once more, to sweep the file; it finds what slipped in, of which there must be nothing.
  const swept = await run(['riders', 'erase', '--file', everyone, '--json'], settings, folder);
  printed += swept.stdout + swept.stderr;
  expect(swept.code, swept.stderr).toBe(0);
  const bytes = await bytesOf(databaseUrl);
  const { payments, quarantined }: { payments: number; quarantined: number } = JSON.parse(swept.stdout);
  const traces = riders.filter((rider) => bytes.includes(nameOf(rider)));
  return { log, riders, slippedIn: payments + quarantined, traces, printed };
}

onEachDatabase((database) => {
  test('riders erased while payments arrive, then redelivered, leave no trace and do not come back', async () => {
    const databaseUrl = await database.freshUrl();
    const { log, riders, slippedIn, traces, printed } = await eraseUnderLoad(databaseUrl);
    const verdict = await check(log, databaseUrl, undefined, riders);
    tell({
      ...{ fault: 25, database: database.name, times: riders.length },
      ...{ ...countsOf(verdict), recoveryMs: null, note: `${slippedIn + traces.length} traces` },
    });
    expect([slippedIn, traces]).toEqual([0, []]);
    for (const rider of riders) expect(printed).not.toContain(nameOf(rider));
    expect(printed).not.toMatch(/rider-\d/);
    expectPromise(verdict);
    expect(verdict.payments).toBe(PAYMENTS);
  });

  test(
    'control: a build that does not look for erasures within its transactions is found out',
    BY_CHANCE,
    async () => {
      const { slippedIn } = await eraseUnderLoad(await database.freshUrl(), WRONG_BUILD);
      const caught = slippedIn > 0;
      tellControl({ fault: 25, database: database.name, control: 'no look within the transaction', caught });
      expect(caught).toBe(true);
    },
  );
});
