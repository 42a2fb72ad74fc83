/** The PDF, read back, and what is said where none can be made. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findChromium, reportPdf } from '../../src/documents/pdf.js';
import type { Paper } from '../../src/documents/style.js';
import { AppError } from '../../src/domain/errors.js';
import { describeInChromium, readPdf } from '../support/chromium.js';
import { goldenReport } from '../support/golden.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'farelog-pdf-test-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A program that does what a script says. */
function program(script: string): string {
  const path = join(folder(), 'chromium');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const report = goldenReport('full-month');
const setting = process.env.FARELOG_CHROMIUM ?? null;
/** Makes temporary folders in one of this test's own; returns what is in it. */
function ownTemporaryFolder(): () => string[] {
  const path = folder();
  const { TMPDIR } = process.env;
  process.env.TMPDIR = path;
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  return () => readdirSync(path).filter((name) => name.startsWith('farelog-pdf-') && !name.includes('test'));
}

async function printedFile(name: string, paper?: Paper): Promise<string> {
  const file = join(folder(), 'report.pdf');
  writeFileSync(file, await reportPdf(goldenReport(name), { chromium: setting, paper }));
  return file;
}

describeInChromium('a PDF', () => {
  test('has the headline and the rows of the page, a title and a language', async () => {
    const leftBehind = ownTemporaryFolder();
    const file = await printedFile('full-month');
    const text = await readPdf('pdftotext', file);
    for (const figure of ['$311,899.05', '49,550', '10,535', '$6.2946', '−3.0%', '$107,811.85', '$17,771.80'])
      expect(text).toContain(figure);
    expect(text).toContain('23 deliveries could not become payments');
    // The riders that the page folds are printed.
    expect(text).toContain(report.userAnalysis?.at(-1)?.user_id);
    const facts = await readPdf('pdfinfo', file);
    expect(facts).toMatch(/Title: +Payment report, March 2026/);
    expect(facts).toMatch(/Tagged: +yes/);
    expect(facts).toMatch(/\(letter\)/);
    expect(readFileSync(file, 'latin1')).toContain('/Lang (en-US)');
    expect(leftBehind()).toEqual([]);
  });

  test('comes on A4, and over a long range by months', async () => {
    const file = await printedFile('long-range', 'A4');
    expect(await readPdf('pdfinfo', file)).toMatch(/\(A4\)/);
    const text = await readPdf('pdftotext', file);
    expect(text).toContain('October 2025');
    expect(text).toContain('Each day stands in the page and the CSV');
    expect(Number(/Pages: +(\d+)/.exec(await readPdf('pdfinfo', file))?.[1])).toBeLessThan(5);
  });

  test('of an empty period says so', async () => {
    const text = await readPdf('pdftotext', await printedFile('empty-period'));
    expect(text).toContain('No payment was made in this period.');
  });
});

describe('without a browser', () => {
  test('the way out is named', () => {
    const look = (): string => findChromium(null, folder());
    expect(look).toThrow(AppError);
    for (const words of [
      'none is installed',
      'apt-get install chromium',
      'FARELOG_CHROMIUM',
      '--format html',
    ])
      expect(look).toThrow(words);
  });

  test('a setting that names none is refused by name, with the way out', async () => {
    const failure = await reportPdf(report, { chromium: '/nowhere/chromium' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'settings' });
    for (const words of [
      'FARELOG_CHROMIUM',
      '/nowhere/chromium',
      'apt-get install chromium',
      '--format html',
    ])
      expect(String(failure)).toContain(words);
  });

  test('the setting may name a program on the PATH, and goes before what is found', () => {
    const own = program('exit 0');
    const path = `/nowhere:${dirname(own)}`;
    expect(findChromium(null, path)).toBe(own);
    expect(findChromium('chromium', path)).toBe(own);
    const other = program('exit 0');
    expect(findChromium(other, path)).toBe(other);
    chmodSync(own, 0o644);
    expect(() => findChromium(null, path)).toThrow('none is installed');
  });
});

describe('a browser that fails', () => {
  test('is told of, and leaves nothing behind', async () => {
    const leftBehind = ownTemporaryFolder();
    const chromium = program('echo no display >&2; exit 3');
    const failure = await reportPdf(report, { chromium }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(String(failure)).toContain('no display');
    expect(leftBehind()).toEqual([]);
  });

  test('is ended when it takes too long', async () => {
    const chromium = program('exec sleep 60');
    const failure = await reportPdf(report, { chromium, timeoutMs: 200 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(String(failure)).toContain('longer than 0.2 s');
  });

  test('and one that writes something else is not believed', async () => {
    const chromium = program(
      'for a; do case $a in --print-to-pdf=*) echo hello > "$(echo "$a" | cut -d= -f2)";; esac; done',
    );
    const failure = await reportPdf(report, { chromium }).catch((error: unknown) => error);
    expect(String(failure)).toContain('it wrote no PDF');
  });

  test('does not see our settings', async () => {
    process.env.FARELOG_ADMIN_KEY = 'secret of this test';
    onTestFinished(() => {
      delete process.env.FARELOG_ADMIN_KEY;
    });
    const chromium = program('env >&2; exit 3');
    const failure = await reportPdf(report, { chromium }).catch((error: unknown) => error);
    expect(String(failure)).toContain('HOME=');
    expect(String(failure)).not.toContain('secret of this test');
  });
});
