/** What heat maps need beside `drawing.ts`. */
import 'echarts/lib/chart/heatmap';
import 'echarts/lib/component/visualMapPiecewise';
