import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/domain/errors.js';
import type { Commit } from '../../src/ingest/door.js';
import type { ImportProgress } from '../../src/ingest/import.js';
import { PAYMENTS, type Store } from '../../src/store/dialect.js';
import { DATABASES, describeOn, freshStore } from '../support/databases.js';
import { csv, effectsOn, HEADER, inputFile, NOW_MS, row, rows, runImport } from '../support/importing.js';
import { expectLedgerEqualsRawRows } from '../support/ledger.js';
import { failureOf } from '../support/promises.js';
import { zoneOf } from '../support/zones.js';

interface Stored {
  payment_id: number;
  user_id: string;
  order_id: number;
  payment_type: string;
  total_price: number;
  logged_on: string;
}

function storedPayments(store: Store): Promise<Stored[]> {
  const { knex } = store;
  return knex(PAYMENTS)
    .select('payment_id', 'user_id', 'order_id', 'payment_type', 'total_price')
    .select(knex.raw(`${store.textOf('logged_on')} AS logged_on`))
    .orderBy('payment_id');
}

async function storedIds(store: Store): Promise<number[]> {
  return (await storedPayments(store)).map((payment) => payment.payment_id);
}

async function usageError(promise: Promise<unknown>): Promise<string> {
  const failure = await failureOf(promise);
  if (!(failure instanceof AppError)) throw failure;
  expect(failure.code).toBe('usage');
  return failure.message;
}

const [SQLITE_FILE, SQLITE_MEMORY, MARIADB] = DATABASES;
if (SQLITE_FILE === undefined || SQLITE_MEMORY === undefined || MARIADB === undefined)
  throw new Error('databases are missing');

/** Where the database itself is not what a test is about. */
const anyStore = (): Promise<Store> => freshStore(SQLITE_MEMORY);

for (const database of DATABASES) {
  describeOn(database, () => {
    test('rows become payments and captures; run again, all are duplicates', async () => {
      const store = await freshStore(database);
      const file = inputFile('fares.csv', csv(...rows(1, 250)));
      const first = await runImport(store, file, { batchRows: 20 });
      expect(first).toEqual({
        rows: 250,
        recorded: 250,
        duplicates: 0,
        conflicts: 0,
        invalid: 0,
        dryRun: false,
        refusedFile: null,
        warnings: [],
        firstProblems: [],
      });
      const again = await runImport(store, file, { batchRows: 20 });
      expect(again).toMatchObject({ rows: 250, recorded: 0, duplicates: 250, conflicts: 0 });
      const payments = await storedPayments(store);
      expect(payments).toHaveLength(250);
      expect(payments[2]).toEqual({
        payment_id: 3,
        user_id: 'stored:rider-3',
        order_id: 103,
        payment_type: 'credit_card',
        total_price: 2.5,
        logged_on: '2025-04-07 03:11:31',
      });
      const captures = await store.knex('farelog_captures').distinct('source', 'received_ms');
      expect(captures.map(({ source, received_ms }) => [source, Number(received_ms)])).toEqual([
        ['import', NOW_MS],
      ]);
      await expectLedgerEqualsRawRows(store);
    });

    test('a conflict is refused with the differing fields, the first row of the file stands', async () => {
      const store = await freshStore(database);
      const file = inputFile('fares.csv', csv(row(1), row(2), row(1, { price: '3.00' }), row(1)));
      const report = await runImport(store, file, { batchRows: 1 });
      expect(report).toMatchObject({ rows: 4, recorded: 2, duplicates: 1, conflicts: 1, invalid: 0 });
      expect(report.firstProblems).toEqual([
        {
          line: 4,
          problems: [
            {
              field: 'total_price',
              code: 'differs',
              message: 'total_price is 3.00 here and 2.50 in the stored payment',
            },
          ],
        },
      ]);
      const counted = await store.knex('farelog_capture_hourly').where('outcome', 'conflict');
      expect(counted.map(({ source, reason, deliveries }) => [source, reason, Number(deliveries)])).toEqual([
        ['import', 'total_price.differs', 1],
      ]);
    });

    test('broken off in the middle and run again, every payment is there once', async () => {
      const store = await freshStore(database);
      const file = inputFile('fares.csv', csv(...rows(1, 3_000)));
      const { commit } = effectsOn(store);
      let batches = 0;
      const breaking: Commit = (entries, writer) => {
        batches++;
        return batches > 4 ? Promise.reject(new Error('pulled the plug')) : commit(entries, writer);
      };
      const failure = await failureOf(runImport(store, file, { batchRows: 100 }, { commit: breaking }));
      expect(failure).toEqual(new Error('pulled the plug'));
      const kept = await storedIds(store);
      expect(kept).toHaveLength(400);
      const again = await runImport(store, file, { batchRows: 100 });
      expect(again).toMatchObject({ rows: 3_000, recorded: 2_600, duplicates: 400 });
      expect(await storedIds(store)).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
      await expectLedgerEqualsRawRows(store);
    });
  });
}

describe('what the file is', () => {
  test("the notification's names, any case, a BOM, CRLF, spaces around names, no final line feed", async () => {
    const store = await anyStore();
    const text = [
      '\uFEFFPayment_ID, USER_ID ,order_id,payment_method,Amount,timestamp,event_id,note',
      '1,u,2,Apple_Pay,1.05,2025-04-06T22:11:31-05:00,evt_1,"say ""hi"",\r\nthen go"',
      '',
      '2,u,3,coins,7,2025-04-07T03:11:31.999Z,,',
    ].join('\r\n');
    const report = await runImport(store, inputFile('FARES.CSV', text));
    expect(report).toMatchObject({ rows: 2, recorded: 2, refusedFile: null });
    expect(await storedPayments(store)).toMatchObject([
      { payment_type: 'mobile_payment', total_price: 1.05, logged_on: '2025-04-07 03:11:31' },
      { payment_type: 'coins', total_price: 7, logged_on: '2025-04-07 03:11:31' },
    ]);
    const captures = await store
      .knex('farelog_captures')
      .select('raw_method', 'reference')
      .orderBy('payment_id');
    expect(captures).toEqual([
      { raw_method: 'Apple_Pay', reference: 'evt_1' },
      { raw_method: 'coins', reference: null },
    ]);
  });

  test('columns by mapping, a semicolon, cents and epoch milliseconds', async () => {
    const store = await anyStore();
    const text = 'Nr;Rider;Order;How;Cents;At\n5;r;6;card;105;1743995491999\n6;r;7;card;1.05;1743995491999\n';
    const columns = {
      payment_id: 'nr',
      user_id: 'Rider',
      order_id: 'Order',
      payment_type: 'How',
      total_price: 'Cents',
      logged_on: 'At',
    };
    const report = await runImport(store, inputFile('a.csv', text), {
      columns,
      unit: 'minor',
      time: 'epoch_ms',
    });
    expect(report).toMatchObject({ recorded: 1, invalid: 1 });
    expect(report.firstProblems[0]?.problems[0]?.code).toBe('too_many_digits');
    expect(await storedPayments(store)).toMatchObject([
      { payment_id: 5, total_price: 1.05, logged_on: '2025-04-07 03:11:31' },
    ]);
  });

  test('local times in a zone: read by it, refused where the hour happens twice or never', async () => {
    const store = await anyStore();
    const times = [
      '2025-07-01 12:00:00',
      '2025-11-02 01:30:00',
      '2025-03-09 02:30:00',
      '2025-11-02T01:30:00-06:00',
    ];
    const text = csv(...times.map((at, index) => row(index + 1, { at })));
    const report = await runImport(store, inputFile('a.csv', text), { zone: zoneOf('America/Chicago') });
    expect(report.firstProblems.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
      [3, 'ambiguous_local_time'],
      [4, 'no_such_local_time'],
    ]);
    expect((await storedPayments(store)).map((payment) => payment.logged_on)).toEqual([
      '2025-07-01 17:00:00',
      '2025-11-02 07:30:00',
    ]);
    const undeclared = await runImport(store, inputFile('b.csv', csv(row(9, { at: '2025-07-01 12:00:00' }))));
    expect(undeclared.firstProblems[0]?.problems[0]?.code).toBe('no_offset');
  });

  test('a missing column names what there is and how to map', async () => {
    const store = await anyStore();
    const file = inputFile('a.csv', 'payment_id,user_id,order_id,payment_type,Betrag,logged_on\n');
    const message = await usageError(runImport(store, file));
    expect(message).toContain('no column for total_price (looked for total_price, amount)');
    expect(message).toContain('payment_id, user_id, order_id, payment_type, Betrag, logged_on');
    expect(message).toContain('--map total_price=');
    expect(await usageError(runImport(store, file, { columns: { total_price: 'Prix' } }))).toContain(
      'looked for Prix',
    );
    const twice = inputFile('b.csv', `${HEADER},Total_Price\n`);
    expect(await usageError(runImport(store, twice))).toContain('total_price twice');
  });

  test("the portal's table must say which of its ids is the payment", async () => {
    const store = await anyStore();
    const text =
      'id,user_id,order_id,payment_id,payment_type,total_price,created_on,f_token_id\n' +
      '11,u,1,0,coins,2.50,2025-04-07 03:11:31,\n12,u,2,0,coins,2.50,2025-04-07 03:12:31,\n';
    const columns = { logged_on: 'created_on' };
    const zone = zoneOf('UTC');
    const file = inputFile('a.csv', text);
    expect(await usageError(runImport(store, file, { columns, zone }))).toContain('--map payment_id=id');
    const report = await runImport(store, file, { columns: { ...columns, payment_id: 'id' }, zone });
    expect(report.recorded).toBe(2);
    expect(await storedIds(store)).toEqual([11, 12]);
    const json = '{"id":1,"payment_id":0,"f_token_id":null}\n';
    expect(await usageError(runImport(store, inputFile('a.jsonl', json)))).toContain('--map payment_id=id');
  });

  test.each([
    ['a.csv', '', 'is empty'],
    ['a.txt', 'x', '--format csv'],
    ['a.csv', Buffer.from('\uFEFFpayment_id', 'utf16le'), 'is UTF-16'],
    ['a.csv', Buffer.from('1f8b0800', 'hex'), 'gunzip'],
    ['a.csv', Buffer.from('504b0304', 'hex'), 'Excel'],
    ['a.csv', 'payment_id\ruser_id\r', 'no readable header'],
  ])('%s that is not what it is called', async (name, content, message) => {
    expect(await usageError(runImport(await anyStore(), inputFile(name, content)))).toContain(message);
  });

  test('a file that is not there, a folder, and the input itself for its refused rows', async () => {
    const store = await anyStore();
    const file = inputFile('a.csv', csv(row(1)));
    expect(await usageError(runImport(store, `${file}.csv`))).toContain('cannot be read');
    expect(await usageError(runImport(store, '/', { format: 'csv' }))).toContain('is a folder');
    expect(await usageError(runImport(store, file, { refusedFile: file }))).toContain('Name another');
    const nowhere = runImport(store, inputFile('b.csv', csv('x')), { refusedFile: '/no/such/folder/x.csv' });
    expect(await usageError(nowhere)).toContain('/no/such/folder/x.csv');
  });

  test('JSON Lines: both namings, blank lines, CRLF, digits kept, mapping, what is no object', async () => {
    const store = await anyStore();
    const at = '"2025-04-07T03:11:31Z"';
    const text = [
      `{"payment_id":1,"user_id":"u","order_id":2,"payment_type":"card","total_price":12.50,"logged_on":${at}}\r`,
      '',
      `{"payment_id":2,"user_id":77,"order_id":2,"payment_method":"card","amount":"1.05","timestamp":${at},"no":3}`,
      `{"payment_id":3,"user_id":"u","order_id":2,"payment_type":"card","total_price":1e2,"logged_on":${at}}`,
      '[1]',
      '{"payment_id":',
      `{"payment_id":4,"user_id":"u","order_id":2,"payment_type":"card","total_price":1,"logged_on":${at}}`,
    ].join('\n');
    const file = inputFile('a.ndjson', text);
    const report = await runImport(store, file);
    expect(report).toMatchObject({ rows: 6, recorded: 3, invalid: 3 });
    expect(report.firstProblems.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
      [4, 'not_a_price'],
      [5, 'not_an_object'],
      [6, 'not_json'],
    ]);
    expect((await storedPayments(store)).map((payment) => payment.total_price)).toEqual([12.5, 1.05, 1]);
    expect(report.refusedFile).toBe(file.replace('.ndjson', '.refused.jsonl'));
    const refused = readFileSync(report.refusedFile ?? '', 'utf8')
      .trim()
      .split('\n');
    expect(refused[0]).toContain('"total_price":1e2');
    expect(JSON.parse(refused[2] ?? '')).toMatchObject({ line: 6, row: '{"payment_id":' });
    const mapped = inputFile('b.jsonl', text.replaceAll('"payment_id"', '"nr"'));
    const again = await runImport(store, mapped, { columns: { payment_id: 'nr' } });
    expect(again).toMatchObject({ duplicates: 3, invalid: 3 });
  });
});

describe('rows that are refused', () => {
  test('wrong cells, broken quotes, ids with zeros before, empty cells: each by its line, the rest goes in', async () => {
    const store = await anyStore();
    const text = csv(
      row(1),
      '2,too,few',
      `${row(3)},more`,
      `4,"say "hi"",104,card,2.50,2025-04-07T03:11:31Z`,
      row(5),
      `6,"never closed,106,card,2.50,2025-04-07T03:11:31Z`,
      row(7),
      `"8","rider","108","card","2.50","2025-04-07T03:11:31Z"`,
      row(9).replace(/^9/, '09'),
      ',,,,,',
      row(11, { price: '1e2' }),
    );
    const report = await runImport(store, inputFile('a.csv', text));
    expect(await storedIds(store)).toEqual([1, 5, 7, 8]);
    expect(report.firstProblems.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
      [3, 'wrong_cell_count'],
      [4, 'wrong_cell_count'],
      [5, 'broken_quotes'],
      [7, 'broken_quotes'],
      [10, 'not_an_integer'],
      [11, 'required'],
      [12, 'not_a_price'],
    ]);
    expect(report.firstProblems[5]?.problems).toHaveLength(6);
  });

  test('an endless line or an endless quoted cell costs itself only', async () => {
    const store = await anyStore();
    const long = 'x'.repeat(300_000);
    const text = csv(row(1), long, row(2), `3,"open${'\nmore'.repeat(20_000)}`, row(4), row(5));
    const report = await runImport(store, inputFile('a.csv', text));
    expect(await storedIds(store)).toEqual([1, 2, 4, 5]);
    expect(report).toMatchObject({ rows: 20_006, invalid: 20_002 });
    expect(report.firstProblems[0]).toMatchObject({ line: 3, problems: [{ code: 'too_long' }] });
    expect(report.firstProblems[1]).toMatchObject({ line: 5, problems: [{ code: 'broken_quotes' }] });
    const json = `{"a":"${long}"}\n{}\n`;
    const jsonReport = await runImport(store, inputFile('a.jsonl', json));
    expect(jsonReport.firstProblems.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
      [1, 'too_long'],
      [2, 'required'],
    ]);
  });

  test('text that is not UTF-8 is refused, so that two broken names do not become one rider', async () => {
    const store = await anyStore();
    const bytes = Buffer.from(csv(row(1, { user: 'J\xfcrgen' }), row(2, { user: 'Jürgen' })), 'latin1');
    const report = await runImport(store, inputFile('a.csv', bytes));
    expect(report).toMatchObject({ recorded: 0, invalid: 2 });
    expect(report.firstProblems[0]?.problems[0]?.code).toBe('not_utf8');
  });

  test('the file of refused rows: first its line and problems, then the cells, formulas and card numbers disarmed', async () => {
    const store = await anyStore();
    const text = csv(
      row(1),
      row(2, { price: '-2.50', user: '=cmd()' }),
      row(3, { price: '0', user: '4111 1111 1111 1111' }),
      '4,"a, b"',
    );
    const file = inputFile('fares.csv', text);
    const report = await runImport(store, file);
    expect(report.refusedFile).toBe(file.replace('fares.csv', 'fares.refused.csv'));
    const refused = report.refusedFile ?? '';
    expect(statSync(refused).mode & 0o777).toBe(0o600);
    expect(readFileSync(refused, 'utf8')).toBe(
      [
        `farelog_line,farelog_problems,${HEADER}`,
        `3,total_price must be over 0,2,'=cmd(),102,credit_card,-2.50,2025-04-07T03:11:31Z`,
        '4,total_price must be over 0; set FARELOG_ZERO_FARES=accept where fare-free payments are real,' +
          '3,[card number removed],103,credit_card,0,2025-04-07T03:11:31Z',
        '5,"body has 2 cells, and the header 6",4,"a, b"',
        '',
      ].join('\n'),
    );
    const json =
      '{"payment_id":4111111111111111,"user_id":"5500 0000 0000 0004","total_price":12.50}\n' +
      '{"payment_id":1,"user_id":"5500 0000 0000 0004","total_price":12.50}\n';
    const jsonReport = await runImport(store, inputFile('a.jsonl', json));
    const jsonRefused = readFileSync(jsonReport.refusedFile ?? '', 'utf8');
    expect(jsonRefused).not.toMatch(/4111|5500/);
    const [first, second] = jsonRefused.split('\n');
    expect(JSON.parse(first ?? '').row).toBeTypeOf('string');
    expect(second).toContain('"row":{"payment_id":1,"user_id":"[card number removed]","total_price":12.50}');
  });

  test('mended, it is imported as it is: its own columns are passed over, its apostrophes taken away', async () => {
    const store = await anyStore();
    const users = ['=cmd()', "'=x", '+1 312', '@me', "'plain", '-5', '-x'];
    const text = csv(...users.map((user, index) => row(index + 1, { user, price: 'free' })));
    const report = await runImport(store, inputFile('a.csv', text));
    const refused = report.refusedFile ?? '';
    const still = await runImport(store, refused);
    expect(still.invalid).toBe(users.length);
    expect(readFileSync(still.refusedFile ?? '', 'utf8').replaceAll(/^\d+,/gm, '')).toBe(
      readFileSync(refused, 'utf8').replaceAll(/^\d+,/gm, ''),
    );
    writeFileSync(refused, readFileSync(refused, 'utf8').replaceAll(',free,', ',2.50,'));
    expect(await runImport(store, refused)).toMatchObject({ recorded: users.length, refusedFile: null });
    expect((await storedPayments(store)).map((payment) => payment.user_id)).toEqual(
      users.map((user) => `stored:${user}`),
    );
    const json = inputFile('a.jsonl', '{"payment_id":1,"user_id":"u","order_id":"x"}\n');
    const first = await runImport(store, json);
    const second = await runImport(store, first.refusedFile ?? '');
    expect(second.firstProblems[0]?.problems).toEqual(first.firstProblems[0]?.problems);
    expect(readFileSync(second.refusedFile ?? '', 'utf8')).toBe(
      readFileSync(first.refusedFile ?? '', 'utf8'),
    );
  });

  test('a rerun writes it anew, and takes it away when nothing is refused', async () => {
    const store = await anyStore();
    const file = inputFile('a.csv', csv(row(1, { price: 'x' }), row(2, { price: 'y' })));
    const { refusedFile } = await runImport(store, file);
    writeFileSync(file, csv(row(1), row(2, { price: 'y' })));
    await runImport(store, file);
    expect(readFileSync(refusedFile ?? '', 'utf8').split('\n')).toHaveLength(3);
    writeFileSync(file, csv(row(1), row(2)));
    expect((await runImport(store, file)).refusedFile).toBeNull();
    expect(existsSync(refusedFile ?? '')).toBe(false);
  });
});

describe('how it runs', () => {
  test('a dry run checks every row, writes the refused ones and nothing into the database', async () => {
    const store = await anyStore();
    const file = inputFile('a.csv', csv(row(1), row(2, { price: 'x' }), row(1)));
    const report = await runImport(store, file, { dryRun: true });
    expect(report).toMatchObject({ dryRun: true, rows: 3, recorded: 2, duplicates: 0, invalid: 1 });
    expect(existsSync(report.refusedFile ?? '')).toBe(true);
    expect(await storedIds(store)).toEqual([]);
    expect(await store.knex('farelog_capture_hourly')).toEqual([]);
  });

  test('a database that is away is waited for; after a minute the import says how to go on', async () => {
    const store = await anyStore();
    const { commit } = effectsOn(store);
    let now = NOW_MS;
    const sleep = async (ms: number): Promise<void> => {
      now += ms;
    };
    const clock = (): number => now;
    const away = new AppError('unavailable', 'away');
    const backAt = NOW_MS + 50_000;
    const returning: Commit = (entries, writer) =>
      now < backAt ? Promise.reject(away) : commit(entries, writer);
    const file = inputFile('a.csv', csv(...rows(1, 30)));
    const report = await runImport(store, file, {}, { commit: returning, clock, sleep });
    expect(report.recorded).toBe(30);
    const gone: Commit = () => Promise.reject(new AppError('busy', 'full'));
    const failure = await failureOf(runImport(store, file, { batchRows: 5 }, { commit: gone, clock, sleep }));
    expect(failure).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Run the same import again'),
    });
  });

  test('riders may be named by a mapping of promises; one that fails ends the import', async () => {
    const store = await anyStore();
    const file = inputFile('a.csv', csv(...rows(1, 10), row(11, { price: 'x' })));
    const report = await runImport(store, file, {}, { nameRider: async (id) => `slow:${id}` });
    expect(report).toMatchObject({ recorded: 10, invalid: 1 });
    expect((await storedPayments(store))[0]?.user_id).toBe('slow:rider-1');
    const failing = runImport(store, file, {}, { nameRider: () => Promise.reject(new Error('no mapping')) });
    expect(await failureOf(failing)).toEqual(new Error('no mapping'));
  });

  test('no more batches than writers are in flight, each lane in the order of the file', async () => {
    const store = await anyStore();
    const { commit } = effectsOn(store);
    let inFlight = 0;
    let most = 0;
    const watched: Commit = async (entries, writer) => {
      inFlight++;
      most = Math.max(most, inFlight);
      const settlements = await commit(entries, writer);
      inFlight--;
      return settlements;
    };
    const file = inputFile('a.csv', csv(...rows(1, 5_000)));
    await runImport(store, file, { batchRows: 50 }, { commit: watched, writers: 3 });
    expect(most).toBeLessThanOrEqual(3);
  });

  test('progress ends at the whole file and its counts', async () => {
    const store = await anyStore();
    const text = csv(...rows(1, 8_000));
    const told: ImportProgress[] = [];
    const onProgress = (progress: ImportProgress): void => {
      told.push(progress);
    };
    await runImport(store, inputFile('a.csv', text), {}, { onProgress });
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThan(10);
    const totalBytes = Buffer.byteLength(text);
    expect(told.at(-1)).toEqual({
      rows: 8_000,
      recorded: 8_000,
      duplicates: 0,
      conflicts: 0,
      invalid: 0,
      bytesRead: totalBytes,
      totalBytes,
      elapsedMs: 0,
    });
  });

  test('prices about a hundred times those of before are warned of, at once and in the report', async () => {
    const store = await anyStore();
    const text = csv(...Array.from({ length: 20 }, (_, index) => row(index + 1, { price: '250' })));
    const warned: string[] = [];
    const onWarning = (warning: string): void => {
      warned.push(warning);
    };
    const run = (average: number): ReturnType<typeof runImport> =>
      runImport(
        store,
        inputFile('a.csv', text),
        {},
        { history: new Map([['credit_card', average]]), onWarning },
      );
    const report = await run(251.3);
    expect(report.warnings).toEqual(warned);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain(
      'median price of credit_card is 250.00 USD here and was 2.51 on average before',
    );
    expect((await run(2_500_000)).warnings).toHaveLength(1);
    expect((await run(20_000)).warnings).toEqual([]);
  });
});
