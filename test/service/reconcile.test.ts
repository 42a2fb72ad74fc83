/**
 * A week of a provider's traffic through processes as they are run: the sandbox, the service, and reconciliations. Every
 * difference of the sandbox's manifest must be named with its kind and field, and none be invented.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/command.js';
import { DATABASES, describeOn, openTestKnex } from '../support/databases.js';
import { type Manifest, sharedSettings, startSandbox } from '../support/sandbox.js';
import { startProcess, temporaryFolder } from '../support/service.js';

interface Shown {
  readonly kind: string;
  readonly payment_id: number | null;
  readonly status: string;
  readonly sentence: string;
  readonly fields: readonly { readonly field: string; readonly here: string; readonly there: string }[];
}

interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly recorded: number;
  readonly open: number;
  readonly closed: number;
  readonly exceptions: readonly Shown[];
  readonly totals: Readonly<Record<'total_here' | 'total_there' | 'difference', number>>;
  readonly days: readonly {
    readonly difference: number;
    readonly explained: Readonly<Record<string, number>>;
  }[];
}

/** `kind payment fields`, as the manifest has it. */
function plantedFindings({ planted }: Manifest, isReleased: boolean): string[] {
  const of = (kind: string): Set<number> =>
    new Set(planted.filter((one) => one.kind === kind).map(({ payment_id }) => payment_id));
  const [late, internal, unlisted] = [of('late'), of('internal_currency'), of('unlisted')];
  const missing = ['lost', 'outage', 'late', ...(isReleased ? ['listed_late'] : [])];
  const found = new Set<string>();
  for (const { kind, payment_id: id, field } of planted) {
    if (missing.includes(kind) && !unlisted.has(id)) found.add(`missing_here ${id} `);
    if (kind === 'unlisted' && !late.has(id)) found.add(`missing_there ${id} `);
    if (kind === 'listed_twice') found.add(`duplicate_there ${id} `);
    const isAltered = kind === 'altered' || kind === 'wrong_unit' || kind === 'edited';
    // Those at nothing are matched by order and count, and their amounts are never looked at.
    const isByCount = internal.has(id) && field === 'total_price' && kind !== 'edited';
    if (isAltered && !late.has(id) && !isByCount) found.add(`differs ${id} ${field}`);
  }
  return [...found].sort();
}

const findings = ({ exceptions }: Report): string[] =>
  exceptions
    .map(({ kind, payment_id, fields }) => `${kind} ${payment_id} ${fields.map(({ field }) => field).join()}`)
    .sort();

const cents = (units: number): number => Math.round(units * 100);

/** Whatever lies between the sides has a name, to the cent, on every day and in all. */
function expectExplained({ totals, days }: Report): void {
  for (const { difference, explained } of days)
    expect(Object.values(explained).reduce((sum, part) => sum + cents(part), 0)).toBe(cents(difference));
  expect(cents(totals.total_here) - cents(totals.total_there)).toBe(cents(totals.difference));
  expect(days.reduce((sum, day) => sum + cents(day.difference), 0)).toBe(cents(totals.difference));
}

const SPAN = ['--from', '2026-01-05', '--to', '2026-01-12'];

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('a week with everything that may differ: each difference is named with its kind and field, and none is invented', async () => {
      const folder = temporaryFolder();
      const common = sharedSettings(await database.freshUrl(), folder);
      const service = await startProcess(common);
      const sandbox = await startSandbox(
        common,
        service.url,
        `--seed 6 --from 2026-01-05 --days 7 --daily 120 --rotate-after 0.5
         --lost 0.05 --late 0.02 --duplicated 0.1 --altered 0.05 --wrong-unit 0.02
         --unlisted 0.02 --listed-twice 0.02 --listed-late 0.02 --internal-at-zero
         --disorder 300 --api-errors 0.02 --outage 2026-01-06T12:00:00Z/2026-01-06T18:00:00Z`,
      );
      await sandbox.deliver();
      const manifest = await sandbox.manifest();
      for (const [kind, planted] of Object.entries(manifest.counts))
        expect([kind, planted > 0]).toEqual([kind, kind !== 'edited' && kind !== 'refund_lost']);
      const environment = {
        ...common,
        ...sandbox.settings,
        FARELOG_BYTEMARK_PAGE_ROWS: '50',
        FARELOG_BYTEMARK_REQUESTS_PER_S: '1000',
      };
      const reconcile = async (...more: readonly string[]): Promise<Report> => {
        const { code, stdout, stderr } = await run(
          ['reconcile', ...SPAN, ...more, '--json'],
          environment,
          folder,
        );
        expect([code, stderr]).toEqual([3, '']);
        return JSON.parse(stdout);
      };

      const dry = await reconcile('--dry-run');
      const expected = plantedFindings(manifest, false);
      expect(findings(dry)).toEqual(expected);
      expectExplained(dry);
      const knex = openTestKnex(common.FARELOG_DATABASE_URL);
      expect(await knex('farelog_reconciliation_items').select()).toEqual([]);
      expect(await knex('farelog_captures').where({ source: 'pull' })).toEqual([]);

      const first = await reconcile();
      expect(findings(first)).toEqual(expected);
      expect([first.counts, first.totals]).toEqual([dry.counts, dry.totals]);
      const missing = first.exceptions.filter(({ kind }) => kind === 'missing_here');
      const notRecorded = missing.filter(({ status }) => status === 'open');
      expect(notRecorded.every(({ sentence }) => sentence.includes('listed at nothing'))).toBe(true);
      expect(first.recorded).toBe(missing.length - notRecorded.length);
      expect(first.recorded).toBeGreaterThan(50);
      for (const { kind, fields } of first.exceptions)
        for (const { field, here, there } of kind === 'differs' ? fields : [])
          expect([field, here !== there, here.length > 0]).toEqual([field, true, true]);

      // What was missing is here now, and nothing else has changed.
      const second = await reconcile();
      const lasting = first.exceptions.filter(({ status }) => status === 'open');
      expect(findings(second)).toEqual(findings({ ...first, exceptions: lasting }));
      expect(second).toMatchObject({ recorded: 0, open: lasting.length, closed: 0 });
      expectExplained(second);
      const items: { item_key: string; status: string; details: string }[] = await knex(
        'farelog_reconciliation_items',
      ).select();
      expect(items).toHaveLength(first.exceptions.length);
      // No rider is kept, though the report has shown two where riders differ.
      const riders = first.exceptions.flatMap(({ fields }) =>
        fields.filter(({ field }) => field === 'user_id'),
      );
      expect(riders.length).toBeGreaterThan(2);
      for (const { here } of riders) expect(JSON.stringify(items)).not.toContain(here);

      // What the provider mends is closed, and what it lists or changes later is found.
      await sandbox.control('release', {});
      const differing = second.exceptions.find(
        ({ kind, fields }) => kind === 'differs' && fields[0]?.field === 'total_price',
      );
      await sandbox.control('edit', {
        payment_id: differing?.payment_id,
        amount: differing?.fields[0]?.here,
      });
      const third = await reconcile();
      expect(third.closed).toBe(1);
      const late = manifest.planted.filter(({ kind }) => kind === 'listed_late');
      const found = third.exceptions
        .filter(({ kind }) => kind === 'missing_here')
        .map(({ payment_id }) => payment_id);
      expect(late.filter(({ payment_id }) => !found.includes(payment_id))).toEqual([]);
      expect(await run(['verify', '--json'], environment, folder)).toMatchObject({ code: 0 });
      await service.stop();
    }, 240_000);

    test('a settlement file without riders and orders, in other words, is compared by what it tells', async () => {
      const folder = temporaryFolder();
      const environment = {
        FARELOG_DATABASE_URL: await database.freshUrl(),
        FARELOG_DATA_DIR: folder,
        FARELOG_LOG_LEVEL: 'error',
      };
      const day = (hour: number): string => `2026-01-06T${String(hour).padStart(2, '0')}:00:00Z`;
      const here = [1, 2, 3, 4].map((id) => `${id},rider-${id},${id},credit_card,2.50,${day(id + 8)}`);
      const payments = ['payment_id,user_id,order_id,payment_type,total_price,logged_on', ...here, ''];
      writeFileSync(join(folder, 'payments.csv'), payments.join('\n'));
      expect(await run(['import', 'payments.csv'], environment, folder)).toMatchObject({ code: 0 });
      // 1 agrees; 2 costs more; 3 is listed twice; 4 is not listed; 5 is not here; 6 is a refund; 7 is of another week.
      const settled = [
        ...[`1;250;credit_card;${day(9)}`, `2;275;credit_card;${day(10)}`, `3;250;credit_card;${day(11)}`],
        ...[`3;250;credit_card;${day(11)}`, `5;100;credit_card;${day(12)}`, `6;-250;credit_card;${day(13)}`],
        '7;250;credit_card;2026-01-20T12:00:00Z',
      ];
      writeFileSync(join(folder, 'january.csv'), ['Transaction;Cents;Method;At', ...settled, ''].join('\n'));
      const against = ['--file', 'january.csv', '--unit', 'minor', '--map', 'payment_id=Transaction'];
      const columns = ['--map', 'total_price=Cents', '--map', 'payment_type=Method', '--map', 'logged_on=At'];
      const { code, stdout } = await run(
        ['reconcile', ...SPAN, ...against, ...columns, '--json'],
        environment,
        folder,
      );
      const report: Report = JSON.parse(stdout);
      expect(code).toBe(3);
      expect(findings(report)).toEqual([
        'differs 2 total_price',
        'duplicate_there 3 ',
        'missing_here 5 ',
        'missing_there 4 ',
        'unreadable_there 6 ',
      ]);
      expectExplained(report);
      expect(report).toMatchObject({
        recorded: 0,
        open: 5,
        counts: { matched: 2, pending: 0 },
        totals: { total_here: 10, total_there: 11.25, difference: -1.25 },
      });
      const sentences = report.exceptions.map(({ sentence }) => sentence).join('\n');
      expect(sentences).toContain('total_price is 2.50 here and 2.75 there.');
      expect(sentences).toContain('does not tell its user_id and order_id');
      expect(sentences).toContain('must be over 0');
    });
  });
}

test('without a provider, with a wrong span, or with flags of a file and no file, it says what to do', async () => {
  const folder = temporaryFolder();
  const refused = async (...words: readonly string[]) => {
    const { code, stderr } = await run(['reconcile', ...words], { FARELOG_DATA_DIR: folder }, folder);
    return [code, stderr];
  };
  expect(await refused(...SPAN)).toEqual([2, expect.stringContaining('FARELOG_BYTEMARK_URL')]);
  expect(await refused('--from', '2026-01-05')).toEqual([2, expect.stringContaining('--to')]);
  expect(await refused(...SPAN, '--zone', 'UTC')).toEqual([2, expect.stringContaining('--file')]);
  const file = ['--file', 'nowhere.csv'];
  expect(await refused('--from', '2026-01-05', '--to', '2026-01-05', ...file)).toEqual([
    2,
    expect.stringContaining('--from must be before --to'),
  ]);
  expect(await refused(...SPAN, ...file)).toEqual([2, expect.stringContaining('nowhere.csv')]);
});
