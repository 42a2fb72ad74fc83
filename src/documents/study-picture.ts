/** A study's chart as a picture that stands alone: caption, axes, what the colours mean; on white, in real colours. */
import type { Currency } from '../domain/money.js';
import type { StudyChart } from '../research/study.js';
import { studyChart, studyLegend } from './chart-study.js';
import { escaped } from './markup.js';
import { PICTURE_THEME } from './style.js';
import { chartSvg } from './svg.js';
import { shortMoneyText } from './values.js';

const WIDTH_PX = 760;
const MARGIN_PX = 20;
const LINE_PX = 20;
/** What a letter takes on average; where there is no canvas, widths are only estimated. */
const LETTER_PX = 7;

export function studyPicture(chart: StudyChart, currency: Currency): string {
  const innerPx = WIDTH_PX - 2 * MARGIN_PX;
  const drawn = studyChart(chart, (amount) => shortMoneyText(amount, currency), PICTURE_THEME, innerPx);
  const svg = chartSvg(drawn, {
    widthPx: innerPx,
    id: chart.name,
    className: 'chart',
    label: escaped(chart.caption),
  });
  const legend = legendOf(chart, innerPx);
  const topPx = MARGIN_PX + 24 + legend.rows * LINE_PX + 12;
  const heightPx = topPx + drawn.heightPx + 24 + MARGIN_PX / 2;
  const inner = svg.replace(
    '<svg ',
    `<svg x="${MARGIN_PX}" y="${topPx}" width="${innerPx}" height="${drawn.heightPx}" `,
  );
  const { ink, quiet, paper, fontFamily } = PICTURE_THEME;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_PX}" height="${heightPx}" viewBox="0 0 ${WIDTH_PX} ${heightPx}" font-family="${escaped(fontFamily)}" font-size="13">
<rect width="${WIDTH_PX}" height="${heightPx}" fill="${paper}"/>
<text x="${MARGIN_PX}" y="${MARGIN_PX + 12}" font-size="16" font-weight="600" fill="${ink}">${escaped(chart.caption)}</text>
<g transform="translate(${MARGIN_PX} ${MARGIN_PX + 24})" fill="${quiet}">${legend.markup}</g>
${inner}
<text x="${MARGIN_PX}" y="${topPx + drawn.heightPx + 20}" fill="${quiet}">${escaped(chart.yAxis.title)}</text>
</svg>
`;
}

/** Swatches with their names, in as many lines as they need. */
function legendOf(chart: StudyChart, widthPx: number): { readonly markup: string; readonly rows: number } {
  let [x, row] = [0, 0];
  const parts = studyLegend(chart, PICTURE_THEME).map(({ name, color }) => {
    const width = 22 + LETTER_PX * name.length + 16;
    if (x > 0 && x + width > widthPx) [x, row] = [0, row + 1];
    const y = row * LINE_PX;
    const part = `<rect x="${x}" y="${y + 2}" width="14" height="10" rx="2" fill="${color}"/><text x="${x + 20}" y="${y + 12}">${escaped(name)}</text>`;
    x += width;
    return part;
  });
  return { markup: parts.join(''), rows: parts.length === 0 ? 0 : row + 1 };
}
