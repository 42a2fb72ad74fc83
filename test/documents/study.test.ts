/** A study's result as files: nothing of the data gets out of its place, and what is no number is nothing. */
import { expect, test } from 'vitest';
import { studyFiles } from '../../src/documents/study-files.js';
import { latexText } from '../../src/documents/study-latex.js';
import { shares } from '../../src/research/studies/shares.js';
import { runStudy } from '../../src/research/studies.js';
import { calendarEntry, observed } from '../support/observations.js';

const HOSTILE = '<script>alert(1)</script>&%_#"';

function filesOf(): Map<string, string> {
  const payments = Array.from({ length: 40 }, (_, i) => ({
    rider: `r${i % 20}`,
    date: `2026-0${1 + (i % 3)}-10`,
    type: i % 4 === 0 ? HOSTILE : 'credit_card',
  }));
  const calendar = [calendarEntry({ starts_on: '2026-02-01', name: HOSTILE })];
  const result = runStudy(shares, observed(payments, { calendar }));
  if (result.kind !== 'result') throw new Error(result.message);
  return new Map(studyFiles(result).map(({ path, content }) => [path, content]));
}

test('a result is written as JSON, page, and each table and chart', () => {
  const files = filesOf();
  expect([...files.keys()]).toEqual([
    'result.json',
    'result.html',
    'tables/shares.csv',
    'tables/shares.tex',
    'tables/trend.csv',
    'tables/trend.tex',
    'charts/shares.svg',
    'charts/trend.svg',
  ]);
  expect(files.get('result.json')).toContain('"pValue": null');
  for (const path of ['result.html', 'charts/shares.svg', 'charts/trend.svg'])
    expect(files.get(path)).not.toContain('<script');
  expect(files.get('tables/shares.tex')).toContain(
    '$<$script$>$alert(1)$<$/script$>$\\&\\%\\_\\#\\textquotedbl{}',
  );
  expect(latexText('a\\b~')).toBe('a\\textbackslash{}b\\textasciitilde{}');
});
