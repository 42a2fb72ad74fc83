/** An import for tests: a file of given text into a given store, with defaults that a test alters. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { paymentTypeTable } from '../../src/domain/payment-type.js';
import { openDoor } from '../../src/ingest/door.js';
import {
  type ImportEffects,
  type ImportOptions,
  type ImportReport,
  importFile,
} from '../../src/ingest/import.js';
import type { Store } from '../../src/store/dialect.js';
import { USD } from './databases.js';

/** 2025-11-24T00:00:00Z: after every payment of these tests. */
export const NOW_MS = Date.UTC(2025, 10, 24);

export const HEADER = 'payment_id,user_id,order_id,payment_type,total_price,logged_on';

export function row(id: number, changes: { price?: string; user?: string; at?: string } = {}): string {
  const { price = '2.50', user = `rider-${id % 7}`, at = '2025-04-07T03:11:31Z' } = changes;
  return `${id},${user},${id + 100},credit_card,${price},${at}`;
}

export function rows(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => row(first + index));
}

export function csv(...lines: readonly string[]): string {
  return [HEADER, ...lines, ''].join('\n');
}

/** Writes a file into a folder of its own; returns its path. */
export function inputFile(name: string, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Everything that an import needs but the file: the real door, riders named `stored:<id>`. */
export function effectsOn(store: Store, changes: Partial<ImportEffects> = {}): ImportEffects {
  return {
    commit: openDoor({ store, currency: USD, maxTries: 5 }),
    writers: 2,
    dialect: store.dialect,
    rules: {
      currency: USD,
      unit: 'major',
      time: { format: 'iso', zone: null },
      acceptZeroFares: false,
      clockSkewS: 60,
      paymentTypes: paymentTypeTable(),
    },
    nameRider: (id) => `stored:${id}`,
    clock: () => NOW_MS,
    ...changes,
  };
}

export function runImport(
  store: Store,
  file: string,
  options: Partial<ImportOptions> = {},
  effects: Partial<ImportEffects> = {},
): Promise<ImportReport> {
  const all: ImportOptions = { file, unit: 'major', time: 'iso', zone: null, ...options };
  return importFile(all, effectsOn(store, effects));
}
