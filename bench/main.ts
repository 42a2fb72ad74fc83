/**
 * `npm run bench`: every figure side by side in one run, with ratios; absolute figures are this machine's.
 * `npm run bench -- webhook`, `-- import`, `-- sync`, `-- figures`, `-- overview` or `-- studies` runs one part; `-- --quick` a tenth of
 * the rows; `-- --rounds=N` takes fewer than three.
 * `npm run bench -- soak` is half an hour on each database at `--rate=N` payments a second (5,000), or `--minutes=N`; it
 * runs when it is asked for only. So does `npm run bench -- reconcile`: a million payments held against the same ones; and
 * `-- dataset`: a frozen dataset of ten million.
 *
 * The figures take minutes to fill their databases: FARELOG_TEST_BENCH_DATA names a folder in which MariaDB keeps them
 * for the next run, and `--rebuild` makes the rollups of kept ones again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type Mariadb, startMariadb } from '../test/support/mariadb.js';
import { fillSqlite, measureDataset, type Took } from './dataset.js';
import { measureFigures } from './figures.js';
import { largeMariadb } from './fill.js';
import { measureBare, measureImport, writeCsv } from './import.js';
import type { LoadResult } from './load.js';
import { measureOverview } from './overview.js';
import { type Reconciled, reconcileApi, reconcileFile } from './reconcile.js';
import { soak } from './soak.js';
import { measureStudies } from './study-speed.js';
import { fillPortal, isExact, measureSync, syncKilledAtRandom } from './sync.js';
import { type Kind, measure } from './webhook.js';

const parts = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const quick = process.argv.includes('--quick');
const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
const size = (rows: number): number => (quick ? Math.ceil(rows / 10) : rows);
const figure = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(10);

const NO_MARIADB = 'not measured, since MariaDB is not installed (apt-get install mariadb-server)';

/** Rounds of each measurement; the middle one counts. */
const ROUNDS = quick ? 1 : option('rounds', 3);

const folder = mkdtempSync(join(tmpdir(), 'farelog-bench-'));
let databases = 0;

async function freshDatabase(mariadb: Mariadb | undefined): Promise<{ url: string; dataDir: string }> {
  databases++;
  const dataDir = join(folder, `data-${databases}`);
  if (mariadb === undefined) return { url: `sqlite:${join(folder, `${databases}.db`)}`, dataDir };
  const url = new URL(mariadb.adminUrl);
  const connection = await createConnection(url.href);
  await connection.query(`CREATE DATABASE bench_${databases} CHARACTER SET utf8mb4`);
  await connection.end();
  url.pathname = `/bench_${databases}`;
  return { url: url.href, dataDir };
}

function middle<T>(values: readonly T[], by: (value: T) => number): T {
  const sorted = values.toSorted((a, b) => by(a) - by(b));
  const value = sorted[Math.floor(sorted.length / 2)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

async function webhooks(name: string, mariadb: Mariadb | undefined): Promise<void> {
  const requests: Record<Kind, number> = {
    storeless: size(100_000),
    farelog: size(100_000),
    source: size(12_000),
  };
  const results: Record<Kind, LoadResult[]> = { storeless: [], farelog: [], source: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ['storeless', 'farelog', 'source'] as const) {
      const { url, dataDir } = await freshDatabase(mariadb);
      results[kind].push(await measure(kind, requests[kind], url, dataDir));
    }
  }
  console.log(`\nWebhook to durable on ${name}, 64 connections, middle of ${ROUNDS}:`);
  const [storeless, farelog, source] = (['storeless', 'farelog', 'source'] as const).map((kind) =>
    middle(results[kind], (result) => result.perSecond),
  );
  if (storeless === undefined || farelog === undefined || source === undefined) return;
  const line = (label: string, { perSecond, p50Ms, p99Ms }: LoadResult): void =>
    console.log(
      `  ${label.padEnd(36)}${figure(perSecond)}/s   p50 ${p50Ms.toFixed(1)} ms   p99 ${p99Ms.toFixed(1)} ms`,
    );
  line('same server without a store', storeless);
  line('Farelog', farelog);
  line("the source's way", source);
  console.log(`  Farelog is ${(farelog.perSecond / source.perSecond).toFixed(1)} × the source's way,`);
  console.log(`  and ${(farelog.perSecond / storeless.perSecond).toFixed(2)} of the server without a store`);
}

async function imports(name: string, mariadb: Mariadb | undefined): Promise<void> {
  const rows = size(500_000);
  const file = await writeCsv(folder, rows);
  const figures: Record<'indexed' | 'bare' | 'farelog', number[]> = { indexed: [], bare: [], farelog: [] };
  for (let round = 0; round < ROUNDS; round++) {
    figures.bare.push(await measureBare((await freshDatabase(mariadb)).url, rows, false));
    figures.indexed.push(await measureBare((await freshDatabase(mariadb)).url, rows, true));
    const { url, dataDir } = await freshDatabase(mariadb);
    figures.farelog.push(await measureImport(url, dataDir, file, rows));
  }
  const [indexed, bare, farelog] = [figures.indexed, figures.bare, figures.farelog].map((values) =>
    middle(values, (value) => value),
  );
  if (indexed === undefined || bare === undefined || farelog === undefined) return;
  console.log(`\nImport of ${rows.toLocaleString('en-US')} CSV rows on ${name}, middle of ${ROUNDS}:`);
  console.log(`  bare bulk insert, no secondary index${figure(bare)} rows/s`);
  console.log(`  bare bulk insert, Farelog's indexes ${figure(indexed)} rows/s`);
  console.log(`  farelog import                      ${figure(farelog)} rows/s`);
  console.log(
    `  which is ${(farelog / indexed).toFixed(2)} of the one with, ${(farelog / bare).toFixed(2)} of the one without indexes`,
  );
}

async function syncs(name: string, mariadb: Mariadb | undefined, portalServer: Mariadb): Promise<void> {
  const rows = size(1_000_000);
  const { url: portalUrl } = await freshDatabase(portalServer);
  await fillPortal(portalUrl, rows);
  const fresh = async () => {
    const { url, dataDir } = await freshDatabase(mariadb);
    return { portalUrl, databaseUrl: url, dataDir };
  };
  const undisturbed = await fresh();
  const seconds = await measureSync(undisturbed);
  console.log(`\nSync of a portal of ${rows.toLocaleString('en-US')} rows into ${name}:`);
  console.log(`  undisturbed                         ${figure(rows / seconds)} rows/s`);
  const killed = await fresh();
  const kills = await syncKilledAtRandom(killed, Math.max(5_000, (seconds * 1000) / 4));
  console.log(`  killed at random moments            ${figure(kills)} times`);
  for (const where of [undisturbed, killed]) {
    const exact = await isExact(where);
    console.log(`  every row ${exact ? 'is recorded once' : 'IS NOT RECORDED ONCE'}, to the cent`);
    if (!exact) process.exitCode = 1;
  }
}

function option(name: string, fallback: number): number {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  return given === undefined ? fallback : Number(given);
}

async function soaks(name: string, mariadb: Mariadb | undefined): Promise<void> {
  const { url, dataDir } = await freshDatabase(mariadb);
  const [perSecond, minutes] = [option('rate', 5_000), option('minutes', 30)];
  console.log(`\n${perSecond} payments a second on ${name} for ${minutes} minutes, 64 connections:`);
  const result = await soak({ databaseUrl: url, dataDir, perSecond, minutes }, (found) => {
    const { memory: held } = found;
    const memory =
      held === undefined
        ? 'not measured'
        : `${held.residentMb.toFixed(0)} MB, ${held.ownMb.toFixed(0)} its own`;
    console.log(
      `  minute ${String(found.minute).padStart(2)}${figure(found.perSecond)}/s   p50 ${found.p50Ms.toFixed(1)} ms` +
        `   p99 ${found.p99Ms.toFixed(1)} ms   longest ${found.maxMs.toFixed(0)} ms   memory ${memory}`,
    );
  });
  console.log(`  ${result.payments.toLocaleString('en-US')} payments, p99 ${result.p99Ms.toFixed(1)} ms`);
  console.log(`  the ledger ${result.exact ? 'equals' : 'DOES NOT EQUAL'} the rows`);
  if (!result.exact) process.exitCode = 1;
}

async function writing(): Promise<void> {
  const mariadb = await startMariadb();
  try {
    for (const [name, server] of [
      ['SQLite', undefined],
      ['MariaDB', mariadb],
    ] as const) {
      if (process.argv.includes(`--without=${name}`)) continue;
      if (name === 'MariaDB' && server === undefined) {
        console.log(`\nMariaDB: ${NO_MARIADB}`);
        continue;
      }
      if (wanted('webhook')) await webhooks(name, server);
      if (wanted('import')) await imports(name, server);
      if (parts.includes('reconcile')) await reconciliations(name, server);
      if (wanted('sync') && mariadb !== undefined) await syncs(name, server, mariadb);
      if (parts.includes('soak')) await soaks(name, server);
    }
  } finally {
    await mariadb?.stop();
  }
}

async function reconciliations(name: string, mariadb: Mariadb | undefined): Promise<void> {
  const payments = size(1_000_000);
  const tell = (against: string, { payments: compared, seconds, peakMb, beforeMb }: Reconciled): void =>
    console.log(
      `  against ${against}${figure(compared)} in ${seconds.toFixed(1)} s; memory ${Math.round(beforeMb)} → ${Math.round(peakMb)} MB`,
    );
  console.log(`\n${name}: reconciliation of ${payments.toLocaleString('en-US')} payments`);
  const file = await writeCsv(folder, payments);
  const forFile = await freshDatabase(mariadb);
  tell('a file', await reconcileFile(forFile.url, forFile.dataDir, file));
  const forApi = await freshDatabase(mariadb);
  tell('the API', await reconcileApi(forApi.url, forApi.dataDir, payments));
}

/** Limits are for the whole ten million. */
async function datasets(): Promise<void> {
  const payments = size(10_000_000);
  console.log(`\nA dataset of ${payments.toLocaleString('en-US')} payments, from SQLite:`);
  const file = join(folder, 'dataset.db');
  await fillSqlite(file, payments);
  const { build, verify, read, meetsLimits } = await measureDataset(`sqlite:${file}`, folder);
  const line = (what: string, { seconds, cpuS, peakMb }: Took): void =>
    console.log(
      `  ${what.padEnd(36)}${seconds.toFixed(1).padStart(8)} s   processor ${cpuS.toFixed(1)} s   peak ${Math.round(peakMb)} MB`,
    );
  line('built, with TIDES', build);
  line('verified', verify);
  line('read as observations', read);
  if (!quick && !meetsLimits) process.exitCode = 1;
}

async function onLargeMariadb(measure: (mariadb: Mariadb) => Promise<boolean>): Promise<void> {
  const mariadb = await largeMariadb();
  if (mariadb === undefined) {
    console.log(`\nFigures and overview: ${NO_MARIADB}`);
    return;
  }
  try {
    if (!(await measure(mariadb))) process.exitCode = 1;
  } finally {
    await mariadb.stop();
  }
}

async function figures(mariadb: Mariadb): Promise<boolean> {
  const rebuild = process.argv.includes('--rebuild');
  const { right, meetsLimits } = await measureFigures(mariadb, size(10_000_000), rebuild);
  // The limits are for the whole ten million; a wrong answer is wrong in any world.
  return right && (quick || meetsLimits);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
try {
  if (['webhook', 'import', 'sync'].some(wanted) || parts.includes('soak') || parts.includes('reconcile'))
    await writing();
  if (parts.includes('dataset')) await datasets();
  if (wanted('figures')) await onLargeMariadb(figures);
  // The limit is for the whole ten million.
  if (wanted('studies') && !measureStudies(size(10_000_000)) && !quick) process.exitCode = 1;
  if (wanted('overview')) await onLargeMariadb((mariadb) => measureOverview(mariadb, size(10_000_000)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
