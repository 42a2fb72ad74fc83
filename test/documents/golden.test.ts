/**
 * A folder of test/documents/golden is a test case: its `input.json` is a report, and the page, the CSV and the text
 * made of it are the other files, byte for byte. `FARELOG_TEST_REWRITE_GOLDEN=1` writes them anew, to be read as a
 * change before they are committed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PaymentReport } from '../../src/analytics/report.js';
import { reportCsv } from '../../src/documents/csv.js';
import { reportHtml } from '../../src/documents/html.js';
import { reportText } from '../../src/documents/text.js';
import { GOLDEN_CASES, goldenFile, goldenReport } from '../support/golden.js';

const FORMS: Readonly<Record<string, (report: PaymentReport) => string>> = {
  'report.html': (report) => reportHtml(report),
  'report.csv': reportCsv,
  'report.txt': reportText,
};

const rewrite = process.env.FARELOG_TEST_REWRITE_GOLDEN === '1';

describe.each(GOLDEN_CASES)('%s', (name) => {
  test.each(Object.entries(FORMS))('%s', (file, make) => {
    const path = goldenFile(name, file);
    const made = make(goldenReport(name));
    if (rewrite) writeFileSync(path, made);
    expect(existsSync(path), `${file} is missing: FARELOG_TEST_REWRITE_GOLDEN=1 writes it`).toBe(true);
    expect(made).toBe(readFileSync(path, 'utf8'));
    // Drawings count themselves within a process; a page must not show it.
    expect(make(goldenReport(name))).toBe(made);
  });
});
