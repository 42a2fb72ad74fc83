/**
 * ECharts, part by part: what bars need comes first, since every page begins with them; each other kind of
 * chart is a file that is loaded where it is drawn. `echarts/charts` and `echarts/components` would load them all.
 */
import { type ECharts, init, use } from 'echarts/core';
import 'echarts/lib/chart/bar';
import 'echarts/lib/component/gridSimple';
import { CanvasRenderer } from 'echarts/renderers';

// On a canvas, which is smaller to load than SVG; and SVG's drawing sets style attributes, which the policy forbids.
use(CanvasRenderer);

export type Drawing = ECharts;

/** Where the page is enlarged, so are its pixels. */
export function drawIn(place: HTMLElement): Drawing {
  const zoom = place.clientWidth === 0 ? 1 : place.getBoundingClientRect().width / place.clientWidth;
  return init(place, null, { renderer: 'canvas', devicePixelRatio: window.devicePixelRatio * zoom });
}
