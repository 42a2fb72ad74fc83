/** Collects the run's figures, and prints their table at its end; with FARELOG_TEST_FAULTS_WRITE into docs/faults.md. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { faultsWithoutControl, readFigures, tableOf } from './figures.js';
import { FAULTS, LONG } from './matrix.js';

const DOCS = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
const BEGIN = '<!-- figures: npm run test:faults -- --long --write -->';
const END = '<!-- end of figures -->';

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-faults-'));
  const file = join(folder, 'figures.jsonl');
  writeFileSync(file, '');
  project.provide('figuresFile', file);
  return () => {
    const told = readFigures(file);
    rmSync(folder, { recursive: true, force: true });
    if (told.length === 0) return;
    const table = tableOf(told);
    console.log(`\n${LONG ? 'Long' : 'Short'} form\n\n${table}\n`);
    const absent = Object.keys(FAULTS).filter((fault) => !told.some((row) => row.fault === Number(fault)));
    if (absent.length > 0) console.log(`No figures in this run of: ${absent.join(', ')}\n`);
    const bare = faultsWithoutControl(told);
    if (bare.length > 0) {
      console.error(`Faults whose control was not caught, or that have none: ${bare.join(', ')}`);
      process.exitCode = 1;
    }
    if (process.env.FARELOG_TEST_FAULTS_WRITE === '1') write(table);
  };
}

function write(table: string): void {
  const text = existsSync(DOCS) ? readFileSync(DOCS, 'utf8') : `${BEGIN}\n${END}\n`;
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCS} has no place for the figures: ${BEGIN} … ${END}`);
  const made = `${LONG ? 'Long' : 'Short'} form, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}.`;
  writeFileSync(DOCS, `${before}${BEGIN}\n${made}\n\n${table}\n${END}${after}`);
}
