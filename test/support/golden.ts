/** The golden folders of report documents: `input.json` is a report, the other files what is to be made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PaymentReport } from '../../src/analytics/report.js';

const GOLDEN = fileURLToPath(new URL('../documents/golden/', import.meta.url));

export const GOLDEN_CASES: readonly string[] = readdirSync(GOLDEN).sort();

export const goldenFile = (name: string, file: string): string => `${GOLDEN}${name}/${file}`;

export function goldenReport(name: string): PaymentReport {
  return JSON.parse(readFileSync(goldenFile(name, 'input.json'), 'utf8'));
}
