/** Charts as SVG text, drawn on the server without a DOM: the same chart gives the same bytes. */
import { init, use } from 'echarts/core';
// Part by part: `echarts/charts` loads every kind of chart there is, which doubles the time of the import.
import 'echarts/lib/chart/bar';
import 'echarts/lib/chart/heatmap';
import 'echarts/lib/chart/line';
import 'echarts/lib/component/gridSimple';
import 'echarts/lib/component/markArea';
import 'echarts/lib/component/markLine';
import 'echarts/lib/component/visualMapPiecewise';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from './charts.js';

use(SVGRenderer);

export interface SvgPlace {
  readonly widthPx: number;
  /** Of this drawing on its page; ids within it begin so. */
  readonly id: string;
  readonly className: string;
  /** Attribute text that says what the chart shows, escaped. */
  readonly label: string;
}

/** Draws a chart as an `<svg>` that fills the width of its place. */
export function chartSvg({ option, heightPx }: Chart, place: SvgPlace): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: place.widthPx, height: heightPx });
  try {
    drawing.setOption(option);
    return embedded(drawing.renderToSVGString(), heightPx, place);
  } finally {
    drawing.dispose();
  }
}

/**
 * What a still picture needs of the renderer's text. Ids count the drawings of a process, and classes and the style
 * element are for pointing at things. Text that came from outside has its quotes and brackets escaped by the renderer,
 * so that these patterns meet attributes only.
 */
function embedded(drawn: string, heightPx: number, { widthPx, id, className, label }: SvgPlace): string {
  const body = drawn
    .replace(/^<svg[^>]*>/, '')
    .replace(/<style ?><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>/, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/(id="|url\(#)zr\d+-/g, `$1${id}-`)
    .replace(/>\s+</g, '><')
    .trim();
  return `<svg class="${className}" role="img" aria-label="${label}" viewBox="0 0 ${widthPx} ${heightPx}" xmlns="http://www.w3.org/2000/svg">${body}`;
}
