/** A chart as a figure of a page. */
import type { Chart } from './charts.js';
import { escaped } from './markup.js';
import { chartSvg } from './svg.js';

const WIDE_PX = 880;
const NARROW_PX = 350;

/** A chart drawn for a wide and for a narrow page, of which the style shows one. */
export function chartFigure(
  id: string,
  label: string,
  draw: (widthPx: number) => Chart,
  legend = '',
): string {
  const drawing = (className: string, widthPx: number): string =>
    chartSvg(draw(widthPx), { widthPx, id: `${id}-${className}`, className, label: escaped(label) });
  return `<figure>\n${drawing('wide', WIDE_PX)}\n${drawing('narrow', NARROW_PX)}\n${legend}</figure>\n`;
}
