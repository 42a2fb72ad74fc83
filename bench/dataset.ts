/**
 * A dataset of a whole world: built, verified and read, each by a process of its own, so that the most memory that it
 * had is its own. `npm run bench -- dataset`; `--quick` is a tenth of the payments.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openApp } from '../dist/app.js';
import { LEDGER_VERSION } from '../dist/domain/ledger.js';
import { toSqlText } from '../dist/domain/time.js';
import { saveMeta } from '../dist/store/meta.js';
import { worldOf } from './world.js';

const FROM_HERE = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const COMMAND = FROM_HERE('../dist/cli/main.js');
const READ = `const { openDataset } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
console.log((await openDataset(process.argv[1])).size);`;

/** All of the world's 18 months. */
const PERIOD = ['--from', '2025-01-01', '--to', '2026-07-01'];
/** What a dataset of ten million payments may take. */
const MOST_SECONDS = 120;
const MOST_MB = 1024;

export interface Took {
  readonly seconds: number;
  readonly cpuS: number;
  readonly peakMb: number;
}

export interface MeasuredDataset {
  readonly build: Took;
  readonly verify: Took;
  readonly read: Took;
  readonly meetsLimits: boolean;
}

/** The settings with which all of it runs; secrets are given, so that none are made. */
function benchSettings(databaseUrl: string): Record<string, string> {
  return {
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_REPORT_TIMEZONE: 'America/Chicago',
    FARELOG_PSEUDONYM_KEY: 'the riders of the bench',
    FARELOG_SEAL_KEY: 'the quarantine of the bench',
    FARELOG_WEBHOOK_SECRETS: Buffer.from('the webhooks of the bench').toString('base64'),
  };
}

/** Fills an SQLite file with a world's payments and captures; the ledger, which no dataset reads, stays empty. */
export async function fillSqlite(file: string, payments: number): Promise<void> {
  const databaseUrl = `sqlite:${file}`;
  const app = await openApp({ environment: benchSettings(databaseUrl) });
  await saveMeta(app.store, {
    reporting_zone: 'America/Chicago',
    currency: 'USD',
    rollup_version: String(LEDGER_VERSION),
  });
  await app.close();
  const db = new Database(file);
  db.pragma('synchronous = OFF');
  const payment = db.prepare('INSERT INTO hntb_bytemark_order_payments VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const capture = db.prepare(
    'INSERT INTO farelog_captures (payment_id, source, raw_method, reference, received_ms) VALUES (?, ?, ?, NULL, ?)',
  );
  db.transaction(() => {
    for (const row of worldOf(payments)) {
      const created = toSqlText(Math.floor(row.received_ms / 1000));
      const { payment_id, user_id, order_id, payment_type, price_minor, logged_s } = row;
      payment.run(
        ...[payment_id, user_id, order_id, payment_type, price_minor / 100, toSqlText(logged_s)],
        ...[created, created],
      );
      capture.run(payment_id, row.source, row.raw_method, row.received_ms);
    }
  })();
  db.close();
}

/** Runs a program to its end. @throws Error where it fails */
async function timed(words: readonly string[], settings: Record<string, string>): Promise<Took> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', FROM_HERE('./peak.mjs'), ...words], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [, told] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  if (child.exitCode !== 0) throw new Error(told);
  const seconds = (performance.now() - began) / 1000;
  const { peakMb, cpuS }: Took = JSON.parse(told.trim().split('\n').at(-1) ?? '');
  return { seconds, peakMb, cpuS };
}

/** Of the database at `databaseUrl`; the dataset stands in `folder` for that long. */
export async function measureDataset(databaseUrl: string, folder: string): Promise<MeasuredDataset> {
  const settings = benchSettings(databaseUrl);
  const out = join(folder, 'dataset');
  try {
    const build = await timed(
      [COMMAND, 'dataset', 'build', '--study', 'bench', ...PERIOD, '--out', out, '--tides'],
      settings,
    );
    const verify = await timed([COMMAND, 'dataset', 'verify', out], settings);
    const read = await timed(['--input-type=module', '-e', READ, out], settings);
    const meetsLimits = build.seconds < MOST_SECONDS && build.peakMb < MOST_MB;
    return { build, verify, read, meetsLimits };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
