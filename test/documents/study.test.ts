/** A study's result as files: nothing of the data gets out of its place, and what is no number is nothing. */
import { expect, test } from 'vitest';
import { studyMarks } from '../../src/documents/chart-study-marks.js';
import { studyFiles } from '../../src/documents/study-files.js';
import { latexText } from '../../src/documents/study-latex.js';
import { PICTURE_THEME } from '../../src/documents/style.js';
import { shares } from '../../src/research/studies/shares.js';
import { runStudy } from '../../src/research/studies.js';
import type { StudyResult } from '../../src/research/study.js';
import { calendarEntry, observed } from '../support/observations.js';

const HOSTILE = '<script>alert(1)</script>&%_#"';

const paths = (files: ReadonlyMap<string, string>): string[] => [...files.keys()];

function hostileResult(): StudyResult {
  const payments = Array.from({ length: 40 }, (_, i) => ({
    rider: `r${i % 20}`,
    date: `2026-0${1 + (i % 3)}-10`,
    type: i % 4 === 0 ? HOSTILE : 'credit_card',
  }));
  const calendar = [calendarEntry({ starts_on: '2026-02-01', name: HOSTILE })];
  const result = runStudy(shares, observed(payments, { calendar }));
  if (result.kind !== 'result') throw new Error(result.message);
  return result;
}

const filesOf = (result: StudyResult): Map<string, string> =>
  new Map(studyFiles(result).map(({ path, content }) => [path, content]));

test('a result is written as JSON, page, and each table and chart', () => {
  const files = filesOf(hostileResult());
  expect(paths(files)).toEqual([
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

test('an estimate stands beside what others have found: the first chart, in page and file', () => {
  const result = hostileResult();
  const [finding] = result.findings;
  if (finding === undefined) throw new Error('no finding');
  const literature = [{ name: 'Simpson–Curtin', lower: -0.33, upper: -0.33 }];
  const known = { ...finding, name: 'elasticity', segment: 'frequent', estimate: -0.4, literature };
  const files = filesOf({ ...result, findings: [known, { ...finding, name: 'unknown to others' }] });
  expect(paths(files).filter((path) => path.startsWith('charts/'))[0]).toBe('charts/estimates.svg');
  const picture = files.get('charts/estimates.svg') ?? '';
  for (const shown of ['elasticity: frequent', 'Simpson–Curtin', 'This study', 'Literature'])
    expect(picture).toContain(shown);
  expect(picture).not.toContain('unknown to others');
  expect(files.get('result.html')).toContain('Simpson–Curtin');
});

test('names of events that would run into each other stand above each other; those of one day are one', () => {
  const days = Array.from({ length: 31 }, (_, i) => `2026-01-${String(i + 1).padStart(2, '0')}`);
  const on = (name: string, day: number) => ({ name, from: days[day] ?? '', to: null });
  const chart = {
    ...{ name: 'series', caption: '', xAxis: { title: '', kind: 'date' as const }, series: [] },
    yAxis: { title: '', format: 'number' as const },
    marks: [
      on('far away', 28),
      on('a long name of an event', 3),
      on('another long name', 5),
      on('same day', 5),
    ],
  };
  const labelsAt = (widthPx: number) => {
    const { drawn, topPx } = studyMarks(chart, days, PICTURE_THEME, widthPx);
    const lines = drawn.markLine?.data ?? [];
    const told = lines.flatMap((line) =>
      'label' in line ? [[line.name, line.label?.distance, line.label?.show]] : [],
    );
    return { told, topPx };
  };
  expect(labelsAt(700)).toEqual({
    told: [
      ['a long name of an event', 5, true],
      ['another long name +1', 20, true],
      ['far away', 5, true],
    ],
    topPx: 41,
  });
  expect(labelsAt(3_000).told.map(([, distance]) => distance)).toEqual([5, 5, 5]);
  expect(labelsAt(390).told.every(([, , show]) => show === false)).toBe(true);
});
