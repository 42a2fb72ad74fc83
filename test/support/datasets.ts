/** A small city that is recorded through the door, and datasets of it in folders that are gone after the test. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { App } from '../../src/app.js';
import { buildDatasetNow } from '../../src/datasets.js';
import type { AdjustmentDelivery, Delivery } from '../../src/domain/outcome.js';
import type { BuildListeners, BuiltDataset } from '../../src/research/dataset/build.js';
import type { DatasetRequest } from '../../src/research/dataset/request.js';
import { adjusting, delivery } from './deliveries.js';
import { openTestApp, recordAll } from './farelog.js';

/** From the evening of 30 April to 2 July, Chicago. */
const FIRST_S = Date.parse('2026-05-01T03:00:00Z') / 1000;
const LAST_S = Date.parse('2026-07-02T12:00:00Z') / 1000;

export const PERIOD = { from: '2026-05-01', to: '2026-07-01' } as const;

const TYPES = ['credit_card', 'mobile_payment', 'coins'];
const SOURCES = ['webhook', 'import', 'api'] as const;

/** Payments by rule: riders `rider-0` … `rider-11`, some in the same second, some before and after the period. */
export function cityDeliveries(payments = 400): Delivery[] {
  const step = (LAST_S - FIRST_S) / payments;
  return Array.from({ length: payments }, (_, i) => {
    const logged_s = Math.floor(FIRST_S + Math.floor(i / 2) * 2 * step);
    return delivery({
      payment_id: 1000 + ((i * 7919) % 100_003),
      order_id: i + 1,
      user_id: `rider-${(i * 5 + (i % 7)) % 12}`,
      payment_type: TYPES[i % 3] ?? 'other',
      price_minor: 60 + ((i * 37) % 500),
      logged_s,
      source: SOURCES[i % 4 === 3 ? 1 : i % 3] ?? 'api',
      received_ms: logged_s * 1000 + 700 + (i % 9) * 1000,
    });
  });
}

/** Every fifth payment gets some of its price back, five days later; of some that is after the period, of some all of it. */
export function cityAdjustments(deliveries: readonly Delivery[]): AdjustmentDelivery[] {
  return deliveries
    .filter((_, i) => i % 5 === 0)
    .map(({ payment }, i) => {
      const adjusted_s = payment.logged_s + 5 * 86_400;
      return adjusting({
        adjustment_id: `back-${payment.payment_id}`,
        payment_id: payment.payment_id,
        kind: i % 3 === 0 ? 'void' : 'refund',
        amount_minor: i % 3 === 0 ? -payment.price_minor : -(1 + (i % 50)),
        adjusted_s,
        received_ms: adjusted_s * 1000,
      });
    });
}

export async function openCity(
  deliveries: readonly Delivery[] = cityDeliveries(),
  url?: string,
): Promise<App> {
  const app = await openTestApp({
    databaseUrl: url ?? 'sqlite::memory:',
    environment: { FARELOG_REPORT_TIMEZONE: 'America/Chicago' },
    clock: () => Date.parse('2026-08-01T00:00:00Z'),
  });
  await recordCity(app, deliveries);
  return app;
}

/** Records payments with their adjustments. */
export async function recordCity(app: App, deliveries: readonly Delivery[]): Promise<void> {
  await recordAll(app, deliveries);
  const { commit } = await app.writeSide();
  await commit(
    cityAdjustments(deliveries).map((delivery) => ({ kind: 'adjustment', delivery })),
    0,
  );
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-dataset-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function build(
  app: App,
  more: Partial<DatasetRequest> = {},
  listeners: BuildListeners = {},
): Promise<BuiltDataset> {
  const request = { study: 'fares', ...PERIOD, folder: join(tempFolder(), 'dataset'), ...more };
  return buildDatasetNow(app, request, { actor: 'test', operation: 'test' }, listeners);
}

/** Paths of every file of a folder and of those in it. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Every file of a folder with its digest. */
export function digestsOf(folder: string): Record<string, string> {
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(
    filesOf(folder)
      .sort()
      .map((path) => [path.slice(folder.length + 1), digest(path)]),
  );
}

/** All bytes of a folder, one behind the other. */
export function bytesOf(folder: string): Buffer {
  return Buffer.concat(filesOf(folder).map((path) => readFileSync(path)));
}
