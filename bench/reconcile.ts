/**
 * A reconciliation of payments that are all here: against the sandbox's API, as a process of its own, and against a
 * settlement file. What is measured is the comparison alone; the payments are pulled or imported before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type App, openApp } from '../dist/app.js';
import { BytemarkClient } from '../dist/bytemark/client.js';
import { importFile } from '../dist/ingest/import.js';
import { pull } from '../dist/ingest/pull.js';
import type { ReconcileRequest } from '../dist/ingest/reconciler.js';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const FROM = Date.UTC(2025, 0, 1) / 1000;
const DAYS = 60;
/** With room for the last payments of a file, which begin a day later in some zones. */
const SPAN = { from: FROM - 86_400, to: FROM + 2 * DAYS * 86_400 };

export interface Reconciled {
  readonly payments: number;
  readonly seconds: number;
  /** The largest memory of this process while it ran, and what it had before. */
  readonly peakMb: number;
  readonly beforeMb: number;
}

const rssMb = (): number => process.memoryUsage().rss / 2 ** 20;

/** @throws Error where anything but agreement is found, since both sides are the same */
async function timed(app: App, request: Omit<ReconcileRequest, 'span'>): Promise<Reconciled> {
  const { reconcile } = await app.writeSide();
  const beforeMb = rssMb();
  let peakMb = beforeMb;
  const sample = setInterval(() => {
    peakMb = Math.max(peakMb, rssMb());
  }, 50);
  const started = performance.now();
  try {
    const { counts, open, recorded, totals } = await reconcile({ ...request, span: SPAN });
    if (open > 0 || recorded > 0 || counts.pending > 0 || totals.difference !== 0)
      throw new Error(`the same payments on both sides do not agree: ${JSON.stringify(counts)}`);
    const seconds = (performance.now() - started) / 1000;
    return { payments: counts.matched, seconds, peakMb, beforeMb };
  } finally {
    clearInterval(sample);
  }
}

export async function reconcileFile(url: string, dataDir: string, file: string): Promise<Reconciled> {
  const app = await openApp({ environment: { FARELOG_DATA_DIR: dataDir }, databaseUrl: url });
  try {
    const { commit, nameRider } = await app.writeSide();
    const settlement = { file, unit: 'major', time: 'iso', zone: null } as const;
    const { rules, clock, store } = app;
    const { dialect } = store;
    const writers = Math.max(2, store.writers);
    await importFile(settlement, { commit, nameRider, rules, clock, writers, dialect });
    return await timed(app, { settlement });
  } finally {
    await app.close();
  }
}

export async function reconcileApi(url: string, dataDir: string, payments: number): Promise<Reconciled> {
  const daily = String(Math.ceil(payments / DAYS));
  const words = [
    '--port',
    '0',
    '--seed',
    '1',
    '--from',
    '2025-01-01',
    '--days',
    String(DAYS),
    '--daily',
    daily,
  ];
  const sandbox = spawn(process.execPath, [COMMAND, 'sandbox', '--json', ...words], {
    env: { PATH: process.env.PATH, FARELOG_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(sandbox, 'exit');
  try {
    const { settings }: { settings: Record<string, string> } = JSON.parse(await announcement(sandbox.stdout));
    const environment = {
      ...settings,
      FARELOG_DATA_DIR: dataDir,
      FARELOG_BYTEMARK_PAGE_ROWS: '1000',
      FARELOG_BYTEMARK_REQUESTS_PER_S: '1000',
    };
    const app = await openApp({ environment, databaseUrl: url });
    try {
      await pullAll(app);
      return await timed(app, {});
    } finally {
      await app.close();
    }
  } finally {
    sandbox.kill('SIGTERM');
    await gone;
  }
}

async function announcement(stdout: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stdout) {
    text += chunk.toString();
    if (text.trimEnd().endsWith('}')) return text;
  }
  throw new Error(`the sandbox ended before it was ready: ${text}`);
}

async function pullAll(app: App): Promise<void> {
  const { config, store, rules, clock } = app;
  if (config.provider === null) throw new Error('the sandbox told no settings of a provider');
  const client = new BytemarkClient(config.provider);
  const { commit, nameRider, sealKey } = await app.writeSide();
  const options = { since: SPAN.from, overlapS: 0, windowS: config.pullWindowS, dryRun: false };
  try {
    await pull(options, {
      ...{ client, commit, nameRider, sealKey, store, rules, clock },
      quarantineDays: config.quarantineDays,
      history: new Map(),
    });
  } finally {
    await client.close();
  }
}
