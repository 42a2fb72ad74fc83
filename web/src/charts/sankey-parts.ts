/** What flows between two sides need beside `drawing.ts`; the page of methods alone draws them. */
import 'echarts/lib/chart/sankey';
