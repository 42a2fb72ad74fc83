/** Verifying a dataset: every kind of tampering is found and named, also where checksums were made anew to fit. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { descriptorText } from '../../../src/research/dataset/descriptor.js';
import { readFolder } from '../../../src/research/dataset/folder.js';
import { type DatasetProblem, verifyDataset } from '../../../src/research/dataset/verify.js';
import { build, cityDeliveries, digestsOf, openCity, tempFolder } from '../../support/datasets.js';

/** One dataset for all tests, copied for each. */
const kept = mkdtempSync(join(tmpdir(), 'farelog-kept-'));
afterAll(() => rmSync(kept, { recursive: true }));
let folder: string;

beforeEach(async () => {
  const original = join(kept, 'dataset');
  if (!existsSync(original))
    await build(await openCity(cityDeliveries(200)), { tides: {}, folder: original });
  folder = join(tempFolder(), 'dataset');
  cpSync(original, folder, { recursive: true });
});

const PAYMENTS_CSV = 'csv/payments/payments-2026-05.csv';

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string | Buffer): void => writeFileSync(join(folder, path), text);

function replace(path: string, from: string | RegExp, to: string): void {
  const text = read(path);
  expect(text.replace(from, to)).not.toBe(text);
  write(path, text.replace(from, to));
}

/** Checksums that fit what is there, as somebody would make them who wants to hide a change; and the version everywhere. */
async function makeChecksumsFit(): Promise<void> {
  const renew = (): void => {
    const { 'checksums.sha256': _own, ...digests } = digestsOf(folder);
    const lines = Object.entries(digests).map(([path, digest]) => `${digest}  ${path}\n`);
    write('checksums.sha256', lines.join(''));
  };
  const { version: before } = await readFolder(folder);
  renew();
  const { version: after } = await readFolder(folder);
  for (const path of ['README.md', 'CITATION.cff', 'datapackage.json'])
    write(path, read(path).replaceAll(before, after));
  renew();
}

const found = async (): Promise<DatasetProblem[]> => [...(await verifyDataset(folder)).problems];

test('a dataset as it was built has no problem', async () => {
  const { version } = await readFolder(folder);
  expect(await verifyDataset(folder, { expected: version })).toMatchObject({
    ok: true,
    problems: [],
    version,
  });
});

test('one byte of any file is found', async () => {
  const files = Object.keys(digestsOf(folder)).filter((path) => path !== 'checksums.sha256');
  expect(files.length).toBeGreaterThan(20);
  for (const path of files) {
    const whole = readFileSync(join(folder, path));
    const bytes = Buffer.from(whole);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    write(path, bytes);
    if (path === 'dataset.json')
      await expect(
        verifyDataset(folder).then(
          ({ ok }) => ok,
          () => false,
        ),
      ).resolves.toBe(false);
    else expect(await found()).toMatchObject([{ path, problem: 'changed' }]);
    write(path, whole);
  }
});

test('a missing file is found', async () => {
  rmSync(join(folder, PAYMENTS_CSV));
  expect(await found()).toMatchObject([{ path: PAYMENTS_CSV, problem: 'missing' }]);
});

test('a file that the build did not make is found', async () => {
  write('csv/more.csv', 'rider\n');
  expect(await found()).toMatchObject([{ path: 'csv/more.csv', problem: 'not_in_checksums' }]);
});

test('an altered checksum is found', async () => {
  replace('checksums.sha256', /^./, (read('checksums.sha256')[0] ?? '') === '0' ? '1' : '0');
  expect(await found()).toHaveLength(1);
});

test('a checksum that was taken out is found', async () => {
  replace('checksums.sha256', /^.*codebook\.md\n/m, '');
  expect(await found()).toMatchObject([{ path: 'codebook.md', problem: 'not_in_checksums' }]);
});

test('another version than the one that was noted is found', async () => {
  const { problems } = await verifyDataset(folder, { expected: '0'.repeat(32) });
  expect(problems).toMatchObject([{ problem: 'version' }]);
});

test.each([
  ['CSV whose rows are not those of Parquet', PAYMENTS_CSV, /(\d)\.(\d\d)/, '9$1.$2', 'rows', PAYMENTS_CSV],
  [
    'a total of the manifest',
    'dataset.json',
    /"revenue_minor": "\d+"/,
    '"revenue_minor": "1"',
    'totals',
    'dataset.json',
  ],
  ['a count of the manifest', 'dataset.json', /"payments": \d+/, '"payments": 1', 'totals', 'dataset.json'],
  ['a column of the descriptor', 'datapackage.json', '"price"', '"cost"', 'schema', 'datapackage.json'],
])('%s is found, though its checksums fit', async (_, path, from, to, problem, named) => {
  replace(path, from, to);
  await makeChecksumsFit();
  expect(await found()).toContainEqual(expect.objectContaining({ path: named, problem }));
});

test('a count of rows is found, though manifest, descriptor and checksums fit', async () => {
  replace('dataset.json', /"rows": (\d+)/, '"rows": 1$1');
  const { manifest } = await readFolder(folder);
  write('datapackage.json', descriptorText(manifest, (await readFolder(folder)).version));
  await makeChecksumsFit();
  const path = 'payments/month=2026-05/payments.parquet';
  expect(await found()).toContainEqual(expect.objectContaining({ path, problem: 'rows' }));
});

test('Parquet of another table is found, though its checksums fit', async () => {
  write('daily/daily.parquet', readFileSync(join(folder, 'riders/riders.parquet')));
  await makeChecksumsFit();
  expect(await found()).toContainEqual(
    expect.objectContaining({ path: 'daily/daily.parquet', problem: 'schema' }),
  );
});

test('months that were exchanged are found, though their checksums fit', async () => {
  const paths = [5, 6].map((month) => `payments/month=2026-0${month}/payments.parquet`);
  const [may = '', june = ''] = paths;
  const bytes = readFileSync(join(folder, may));
  write(may, readFileSync(join(folder, june)));
  write(june, bytes);
  await makeChecksumsFit();
  expect(await found()).toContainEqual(expect.objectContaining({ path: may, problem: 'rows' }));
});

test('daily sums that are not those of the payments are found, though their checksums fit', async () => {
  const app = await openCity(cityDeliveries(201));
  const { folder: other } = await build(app);
  for (const path of ['daily/daily.parquet', 'csv/daily.csv']) write(path, readFileSync(join(other, path)));
  await makeChecksumsFit();
  expect(readdirSync(folder).length).toBeGreaterThan(5);
  expect((await found()).map(({ path }) => path)).toContain('daily/daily.parquet');
});

test('a folder without a dataset is told from a broken one', async () => {
  await expect(verifyDataset(tempFolder())).rejects.toMatchObject({ code: 'not_found' });
  write('checksums.sha256', 'nonsense\n');
  await expect(verifyDataset(folder)).rejects.toMatchObject({ code: 'invalid' });
});
