/**
 * More than the service takes: bodies of 10 MB with and without a length, bodies that inflate to as much, far more
 * deliveries at once than its queue holds, and more in a minute than it lets an address send. Too large is answered 413
 * and compressed 415, neither of them kept in memory; too many are answered 503 or 429 with a Retry-After, and all are
 * taken in the end. The controls: a limit that is lifted, a build that inflates, one that answers 2xx where it has no room.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { describeOn, freshSqliteUrl } from '../support/databases.js';
import { type Answer, SECRET } from '../support/service.js';
import { AcknowledgementLog, check, countsOf, expectPromise, type Verdict } from './acknowledgements.js';
import { baseLoad, deliveryOf } from './deliveries.js';
import { tell, tellControl } from './figures.js';
import { sendLoad, sendUntilTaken } from './load.js';
import { BY_CHANCE, times } from './matrix.js';
import { FILE_DATABASES, onEachDatabase, startService } from './places.js';
import { overAll, Requests, standardHeaders } from './requests.js';

const LARGE_BYTES = 10_000_000;
const LARGE = times(15, 1_000);
const BOMBS = times(20, 3_000);
/** At once: what is kept of them would be 400 MB. */
const LARGE_AT_ONCE = 40;
/** How much more memory it may ever have had than before; a tenth of it is garbage of any load. */
const MORE_MIB = 160;
const QUEUE = 20;
const SENDERS = QUEUE * 50;
const PAYMENTS = times(800, 50_000);
const A_MINUTE = 200;
const ACCEPTS_WHAT_IT_REFUSES = fileURLToPath(
  new URL('controls/accepts-what-it-refuses.mjs', import.meta.url),
);
const INFLATES = fileURLToPath(new URL('controls/inflates.mjs', import.meta.url));

/** What Linux says of a process's memory: now, and at its highest since the last reset. */
function memoryMib(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) / 1024;
}

/** Begins to measure; the returned function tells how much higher than now it ever was since. */
function watchMemory(pid: number): () => number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = memoryMib(pid, 'VmRSS');
  return () => Math.round(memoryMib(pid, 'VmHWM') - before);
}

const PADDED = Buffer.concat([Buffer.from(deliveryOf(1).body), Buffer.alloc(LARGE_BYTES, ' ')]);

/** Sends a signed body as fast as it is read, of a length that is told or not; the status that comes, or `cut`. */
function sendLarge(url: string, body: Buffer, chunked: boolean): Promise<string> {
  const { hostname, port } = new URL(url);
  const second = Math.floor(Date.now() / 1000);
  const signed = standardHeaders({ secret: SECRET, id: 'msg_1', second }, body);
  const headers = {
    host: 'farelog',
    'content-type': 'application/json',
    connection: 'close',
    ...signed,
    ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    // The answer comes before the body was read, so the rest of it meets a closed connection.
    socket.on('error', () => {});
    socket.on('close', () => resolve(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'cut'));
    socket.write(`POST /webhooks/bytemark HTTP/1.1\r\n${lines.join('')}\r\n`);
    if (chunked) socket.write(`${body.length.toString(16)}\r\n`);
    socket.write(body);
    if (chunked) socket.write('\r\n0\r\n\r\n');
  });
}

interface Flooded {
  readonly statuses: Readonly<Record<string, number>>;
  readonly moreMib: number;
  readonly verdict: Verdict;
}

function countIn(statuses: Record<string, number>, status: number | string): void {
  statuses[status] = (statuses[status] ?? 0) + 1;
}

async function floodWithLarge(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Flooded> {
  const service = await startService(databaseUrl, { settings });
  const log = new AcknowledgementLog();
  await sendLoad({ url: service.url, log, waiting: baseLoad(500, 10) });
  const statuses: Record<string, number> = {};
  const more = watchMemory(service.pid);
  const large = overAll(
    Array.from({ length: LARGE }, (_, index) => index % 2 === 0),
    LARGE_AT_ONCE,
    async (chunked) => {
      const name = log.sent({ body: PADDED, payment: null });
      const status = await sendLarge(service.url, PADDED, chunked);
      log.answered(name, status === 'cut' ? undefined : { status: Number(status), body: '{}' });
      countIn(statuses, status);
    },
  );
  const good = sendLoad({ url: service.url, log, waiting: baseLoad(500, 1_000), senders: 8 });
  await large;
  for (const status of Object.keys((await good).statuses))
    if (status !== '200' && status !== '201') countIn(statuses, `good: ${status}`);
  const moreMib = more();
  await service.stop();
  return { statuses, moreMib, verdict: await check(log, databaseUrl) };
}

const INFLATED = Buffer.concat([Buffer.from(deliveryOf(1).body), Buffer.alloc(4 * LARGE_BYTES, ' ')]);
const COMPRESSED = [
  { encoding: 'gzip', body: gzipSync(INFLATED) },
  { encoding: 'deflate', body: deflateSync(INFLATED) },
  { encoding: 'br', body: brotliCompressSync(INFLATED) },
  { encoding: 'gzip, gzip', body: gzipSync(gzipSync(INFLATED)) },
] as const;

async function floodWithBombs(databaseUrl: string, preload: readonly string[] = []): Promise<Flooded> {
  const service = await startService(databaseUrl, { preload });
  const log = new AcknowledgementLog();
  await sendLoad({ url: service.url, log, waiting: baseLoad(500, 10) });
  const statuses: Record<string, number> = {};
  const requests = new Requests(service.url);
  const more = watchMemory(service.pid);
  const bombs = Array.from({ length: BOMBS }, (_, index) => index);
  await overAll(bombs, 16, async (index) => {
    const { encoding, body } = COMPRESSED[index % COMPRESSED.length] ?? COMPRESSED[0];
    const name = log.sent({ body, payment: null });
    const message = { secret: SECRET, id: `msg_${index}`, second: Math.floor(Date.now() / 1000) };
    const signed = standardHeaders(message, index % 2 === 0 ? body : INFLATED);
    const reply = await requests.deliver(body, { ...signed, 'content-encoding': encoding });
    log.answered(name, reply);
    countIn(statuses, reply?.status ?? 'cut');
  });
  await requests.close();
  const moreMib = more();
  await service.stop();
  return { statuses, moreMib, verdict: await check(log, databaseUrl) };
}

/** Far more senders than the queue holds, who send again at once what was refused, then what is left with pauses. */
async function floodWithMany(
  databaseUrl: string,
  preload: readonly string[] = [],
): Promise<Flooded & { readonly withoutRetryAfter: number }> {
  const settings = { FARELOG_QUEUE_DELIVERIES: String(QUEUE) };
  const service = await startService(databaseUrl, { settings, preload });
  const log = new AcknowledgementLog();
  let withoutRetryAfter = 0;
  const onAnswer = (answer: Answer | undefined): void => {
    if (answer !== undefined && (answer.status === 503 || answer.status === 429))
      if (!(Number(answer.retryAfter) >= 1)) withoutRetryAfter++;
  };
  const more = watchMemory(service.pid);
  const all = { url: service.url, log, waiting: baseLoad(PAYMENTS), onAnswer };
  const first = await sendLoad({ ...all, senders: SENDERS });
  const moreMib = more();
  await sendUntilTaken({ ...all, waiting: first.unsettled, senders: QUEUE });
  await service.stop();
  return { statuses: first.statuses, moreMib, withoutRetryAfter, verdict: await check(log, databaseUrl) };
}

onEachDatabase((database) => {
  const told = (variant: string, count: number, { verdict, moreMib }: Flooded, note: string): void =>
    tell({
      fault: 17,
      variant,
      database: database.name,
      times: count,
      ...countsOf(verdict),
      recoveryMs: null,
      note: `${note}; at most ${moreMib} MiB more`,
    });

  test('bodies of 10 MB are answered 413 and not held in memory', async () => {
    const flooded = await floodWithLarge(await database.freshUrl());
    told('bodies of 10 MB', LARGE, flooded, 'answered 413');
    expectPromise(flooded.verdict);
    expect(flooded.statuses).toEqual({ 413: LARGE });
    expect(flooded.moreMib).toBeLessThan(MORE_MIB);
  });

  test('compressed bodies are answered 415 and not inflated', async () => {
    const flooded = await floodWithBombs(await database.freshUrl());
    told('bodies that inflate to 40 MB', BOMBS, flooded, 'answered 415');
    expectPromise(flooded.verdict);
    expect(flooded.statuses).toEqual({ 415: BOMBS });
    expect(flooded.moreMib).toBeLessThan(MORE_MIB);
  });

  test('far more at once than the queue holds: 503 with Retry-After, and all is taken in the end', async () => {
    const flooded = await floodWithMany(await database.freshUrl());
    const { statuses, withoutRetryAfter, verdict, moreMib } = flooded;
    told(`${SENDERS} at once, a queue of ${QUEUE}`, PAYMENTS, flooded, `${statuses[503] ?? 0} answered 503`);
    expectPromise(verdict);
    expect(Object.keys(statuses).sort()).toEqual(['200', '201', '503']);
    expect(withoutRetryAfter).toBe(0);
    expect(verdict.payments).toBe(PAYMENTS);
    expect(moreMib).toBeLessThan(MORE_MIB);
  });

  test('more in a minute than an address may send: 429 with Retry-After, and none of it is kept', async () => {
    const databaseUrl = await database.freshUrl();
    const log = new AcknowledgementLog();
    const limited = { FARELOG_ADDRESS_DELIVERIES_PER_MINUTE: String(A_MINUTE) };
    const first = await startService(databaseUrl, { settings: limited });
    const waits: (string | null)[] = [];
    const round = await sendLoad({
      url: first.url,
      log,
      waiting: baseLoad(A_MINUTE),
      onAnswer: (answer) => {
        if (answer?.status === 429) waits.push(answer.retryAfter);
      },
    });
    await first.stop();
    const before = await check(log, databaseUrl);
    const second = await startService(databaseUrl);
    await sendUntilTaken({ url: second.url, log, waiting: round.unsettled });
    await second.stop();
    const verdict = await check(log, databaseUrl);
    tell({
      fault: 17,
      variant: `over ${A_MINUTE} a minute`,
      database: database.name,
      times: 1,
      ...countsOf(verdict),
      recoveryMs: null,
      note: `${waits.length} answered 429`,
    });
    expectPromise(before);
    expect(before.acknowledged).toBeGreaterThanOrEqual(A_MINUTE);
    expect(waits.length).toBeGreaterThan(0);
    expect(waits.filter((wait) => !(Number(wait) >= 1 && Number(wait) <= 60))).toEqual([]);
    expectPromise(verdict);
    expect(verdict.payments).toBe(A_MINUTE);
  });
});

// No database takes part in what they do wrong.
const [sqlite] = FILE_DATABASES;
if (sqlite !== undefined) {
  describeOn(sqlite, () => {
    test('control: a service whose limit is lifted is found out', BY_CHANCE, async () => {
      const lifted = { FARELOG_BODY_LIMIT_BYTES: String(2 ** 25) };
      const { statuses, moreMib } = await floodWithLarge(freshSqliteUrl(), lifted);
      const caught = statuses[413] === undefined && moreMib > MORE_MIB;
      tellControl({ fault: 17, database: sqlite.name, control: 'limit of the body lifted', caught });
      expect(caught, `${JSON.stringify(statuses)}, ${moreMib} MiB`).toBe(true);
    });

    test('control: a build that inflates is found out', BY_CHANCE, async () => {
      const { statuses, moreMib } = await floodWithBombs(freshSqliteUrl(), [INFLATES]);
      const caught = statuses[415] === undefined && moreMib > MORE_MIB;
      tellControl({ fault: 17, database: sqlite.name, control: 'inflates', caught });
      expect(caught, `${JSON.stringify(statuses)}, ${moreMib} MiB`).toBe(true);
    });

    test('control: a build that answers 2xx where it has no room is found out', BY_CHANCE, async () => {
      const { verdict } = await floodWithMany(freshSqliteUrl(), [ACCEPTS_WHAT_IT_REFUSES]);
      const caught = verdict.lost > 0;
      tellControl({ fault: 17, database: sqlite.name, control: 'answers 2xx where it has no room', caught });
      expect(caught).toBe(true);
    });
  });
}
