/** Nothing that stands in the data becomes markup, a formula or a command to a terminal. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { methodFlows } from '../../src/documents/chart-methods.js';
import { studyChart } from '../../src/documents/chart-study.js';
import { methodMix } from '../../src/documents/charts.js';
import { reportCsv } from '../../src/documents/csv.js';
import { reportHtml } from '../../src/documents/html.js';
import { PICTURE_THEME } from '../../src/documents/style.js';
import { chartSvg } from '../../src/documents/svg.js';
import { reportText } from '../../src/documents/text.js';
import { USD } from '../support/databases.js';
import { goldenReport } from '../support/golden.js';
import { anyReport } from '../support/reports.js';

const report = goldenReport('hostile-strings');

/** Elements that the page itself uses; all else would have come from the data. */
const OWN_ELEMENTS = new Set([
  ...[
    'html',
    'head',
    'meta',
    'title',
    'style',
    'body',
    'main',
    'header',
    'section',
    'footer',
    'div',
    'figure',
  ],
  ...['h1', 'h2', 'p', 'b', 'i', 'dl', 'dt', 'dd', 'table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ...['details', 'summary', 'svg', 'g', 'path', 'polygon', 'rect', 'text', 'defs', 'clippath'],
]);

function foreignElements(html: string): string[] {
  const names = [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name.toLowerCase());
  return names.filter((name) => !OWN_ELEMENTS.has(name));
}

test('a page has the elements and attributes of its own only', () => {
  const html = reportHtml(report);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(foreignElements(html)).toEqual([]);
  expect(html).not.toMatch(/<[^>]*\s(?:on\w+|href|src)\s*=/);
  expect(html).not.toMatch(/url\((?!#)|@import/);
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('whatever the words are, a page has no element that they made', () => {
  fc.assert(
    fc.property(anyReport, (any) => {
      expect(foreignElements(reportHtml(any))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('a chart keeps words that look like its own attributes', () => {
  expect(reportHtml(report)).toContain('id=&quot;zr0-c0&quot; class=&quot;zr');
});

test('CSV cells of text are no formulas; figures stay figures', () => {
  const lines: string[][] = parse(reportCsv(report));
  const cells = lines.flatMap(([, key = '', , value = '']) => [key, value]);
  expect(cells.filter((cell) => /^[=+@\t\r]/.test(cell) || /^-(?![\d.]+$)/.test(cell))).toEqual([]);
  expect(cells).toContain(`'=HYPERLINK("http://x","y")`);
  expect(lines).toContainEqual(['riders', `'-2`, 'transaction_count', '1']);
  expect(lines).toContainEqual(['restated', '2026-02-09', 'late_revenue', '-2.50']);
  expect(reportCsv(report)).toMatch(/^section,key,measure,value\r\n/);
});

test('a terminal gets no control characters', () => {
  expect(reportText(report)).not.toMatch(/[^\P{Cc}\n]/u);
  expect(reportText(report)).not.toContain('\u202e');
});

test.each(Object.getOwnPropertyNames(Object.prototype))(
  'a chart that names something %s writes to no object but its own',
  (name) => {
    const names = [name, `${name} and so much more of it that it must be shortened`, 'coins'];
    const methods = names.map((payment_type) => ({
      ...{ payment_type, usage_count: 1, method_revenue: 2.5, avg_amount: 2.5 },
    }));
    const axes = { yAxis: { title: '', format: 'number' as const }, name: 'study', caption: '' };
    const category = { title: '', kind: 'category' as const };
    const days = { title: '', kind: 'date' as const };
    const [from, to] = ['2026-01-01', '2026-01-02'];
    const y = [1, 2, 3];
    const charts = [
      methodMix(methods, String, USD, PICTURE_THEME, 300),
      methodFlows([{ from: name, to: 'coins', count: 3 }], [name, 'coins'], PICTURE_THEME, 300),
      ...(['bars', 'line'] as const).map((kind) => {
        const chart = { ...axes, xAxis: category, series: [{ name, kind, x: names, y }], marks: [] };
        return studyChart(chart, String, PICTURE_THEME, 300);
      }),
      studyChart(
        {
          ...{ ...axes, xAxis: days, marks: [{ name, from: to, to: null }] },
          series: [{ name, kind: 'line', x: [from, to], y: [1, 2] }],
        },
        String,
        PICTURE_THEME,
        900,
      ),
    ];
    const before = Object.getOwnPropertyNames(Object.prototype);
    for (const chart of charts)
      expect(chartSvg(chart, { widthPx: 300, id: 'c', className: 'c', label: 'A chart' })).not.toContain(
        'NaN',
      );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  },
);
