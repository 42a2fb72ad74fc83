/** A study's result as one self-contained page: no script, no request, whatever stands in the data. */
import type { Currency } from '../domain/money.js';
import type { StudyChart, StudyResult, StudyTable } from '../research/study.js';
import { countInWords, listInWords } from '../research/words.js';
import { chartFigure } from './chart-figure.js';
import { studyChart, studyLegend } from './chart-study.js';
import { escaped, listMarkup, pageMarkup } from './markup.js';
import { chartsWithEstimates } from './study-estimates.js';
import { cellText, isNumeric } from './study-values.js';
import { provenanceInWords } from './study-words.js';
import { pageStyle, SERIES_PAGE_THEME, SERIES_STYLE } from './style.js';
import { knownCurrency, shortMoneyText } from './values.js';

/** Rows of a table that a page shows; its CSV has all. */
const MAX_ROWS = 200;

const OWN_STYLE = `.legend{flex-wrap:wrap;gap:.25rem 1rem}
.legend span{display:inline-flex;align-items:center;gap:.375rem}
.notes{margin:1rem 0 0;padding-left:1.25rem;max-width:46rem}
.notes li{margin-top:.375rem}
.warnings{border-left:3px solid var(--accent);padding-left:1rem}
h3{font-size:1.0625rem;margin:2rem 0 0}
`;

export function studyHtml(result: StudyResult): string {
  const currency = knownCurrency(result.currency);
  const title = `${result.title}, ${result.from} to before ${result.to}`;
  const { diagnostics } = result;
  const hasDiagnostics = diagnostics.charts.length + diagnostics.tables.length > 0;
  const sections = [
    `<header>\n<p class="kicker">Study</p>\n<h1>${escaped(result.title)}</h1>\n<p class="lede">${escaped(result.sentence)}</p>\n</header>\n`,
    facts(result),
    notes('Warnings', result.warnings, 'warnings'),
    ...chartsWithEstimates(result).map((chart) => chartSection(chart, currency)),
    ...result.tables.map((table) => tableSection(table, currency)),
    hasDiagnostics
      ? `<section>\n<h2>Can the estimate be trusted?</h2>\n<p class="note">Diagnostics of the method.</p>\n</section>\n`
      : '',
    ...diagnostics.charts.map((chart) => chartSection(chart, currency, 'diagnostic-')),
    ...diagnostics.tables.map((table) => tableSection(table, currency, 'diagnostic-')),
    notes('Assumptions', result.assumptions, ''),
    `<footer>Made by Farelog. ${escaped(provenanceInWords(result.provenance))}</footer>\n`,
  ];
  return pageMarkup(title, `${pageStyle(undefined)}${SERIES_STYLE}${OWN_STYLE}`, sections);
}

function facts(result: StudyResult): string {
  const clusters = result.clusters === null ? '' : `; errors of ${countInWords(result.clusters)} clusters`;
  const options = Object.entries(result.options)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name} ${String(value)}`);
  return listMarkup('facts', [
    ['Period', escaped(`${result.from} to before ${result.to}, days of ${result.zone}`)],
    [
      'Rests on',
      escaped(
        `${countInWords(result.payments)} payments of ${countInWords(result.riders)} riders${clusters}`,
      ),
    ],
    ['Method', escaped(result.method)],
    ['Chosen', escaped(options.length === 0 ? 'nothing' : listInWords(options))],
    ['Data', escaped(provenanceInWords(result.provenance))],
  ]);
}

function notes(title: string, items: readonly string[], className: string): string {
  if (items.length === 0) return '';
  const list = items.map((item) => `<li>${escaped(item)}</li>\n`).join('');
  return `<section class="${className}">\n<h2>${title}</h2>\n<ul class="notes">\n${list}</ul>\n</section>\n`;
}

function chartSection(chart: StudyChart, currency: Currency, prefix = ''): string {
  const legend = studyLegend(chart, SERIES_PAGE_THEME).map(
    ({ name, color }) => `<span><i style="background:${color}"></i>${escaped(name)}</span>`,
  );
  const figure = chartFigure(
    `${prefix}${chart.name}`,
    `${chart.caption}. The numbers are in the tables.`,
    (widthPx) => studyChart(chart, (amount) => shortMoneyText(amount, currency), SERIES_PAGE_THEME, widthPx),
    legend.length === 0 ? '' : `<p class="legend">${legend.join('')}</p>\n`,
  );
  return `<section>\n<h2>${escaped(chart.caption)}</h2>\n<p class="note">${escaped(chart.yAxis.title)}</p>\n${figure}</section>\n`;
}

function tableSection({ name, caption, columns, rows }: StudyTable, currency: Currency, prefix = ''): string {
  const side = (format: StudyTable['columns'][number]['format']): string =>
    isNumeric(format) ? ' class="figure"' : '';
  const head = columns.map(({ title, format }) => `<th scope="col"${side(format)}>${escaped(title)}</th>`);
  const body = rows.slice(0, MAX_ROWS).map((row) => {
    const cells = columns.map(
      ({ format }, i) => `<td${side(format)}>${escaped(cellText(row[i] ?? null, format, currency))}</td>`,
    );
    return `<tr>${cells.join('')}</tr>\n`;
  });
  const more =
    rows.length > MAX_ROWS
      ? `<p class="note">The first ${MAX_ROWS} of ${countInWords(rows.length)} rows; the CSV has all.</p>\n`
      : '';
  return `<section>
<h2>${escaped(caption)}</h2>
${more}<div class="scroll" role="group" aria-label="${escaped(caption)}" tabindex="0">
<table id="${prefix}table-${name}">
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('')}</tbody>
</table>
</div>
</section>
`;
}
