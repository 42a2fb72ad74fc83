/** The browser and the PDF reader of the machine, for tests of pages and PDFs; skipped loudly where they are missing. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { describe, onTestFinished } from 'vitest';
import { findChromium } from '../../src/documents/pdf.js';

export const CHROMIUM_MISSING =
  'browser tests skipped: install their programs with `apt-get install chromium poppler-utils`';

function installed(): string | undefined {
  const hasReader = ['pdftotext', 'pdfinfo'].every(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
  );
  try {
    const program = findChromium(process.env.FARELOG_CHROMIUM ?? null);
    return hasReader ? program : undefined;
  } catch {
    return undefined;
  }
}

const program = installed();
if (program === undefined) {
  if ((process.env.CI ?? '') !== '') throw new Error(`${CHROMIUM_MISSING}; this run requires them (CI)`);
  console.error(`\n${CHROMIUM_MISSING}\n`);
}

/** Declares tests that need the browser; where it is missing they are skipped, under a name that says so. */
export function describeInChromium(name: string, tests: () => void): void {
  const missing = program === undefined;
  describe.skipIf(missing)(missing ? `${name}: ${CHROMIUM_MISSING}` : name, tests);
}

export async function launchChromium(): Promise<Browser> {
  if (program === undefined) throw new Error(CHROMIUM_MISSING);
  return await chromium.launch({
    executablePath: program,
    args: ['--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

/** What `pdftotext` or `pdfinfo` says of a PDF file. */
export async function readPdf(reader: 'pdftotext' | 'pdfinfo', file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    reader,
    reader === 'pdftotext' ? ['-layout', file, '-'] : [file],
  );
  return stdout;
}

/** A browser that is closed after the test. */
export async function openBrowser(): Promise<Browser> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  return browser;
}
