/** What lines and areas need beside `drawing.ts`. */
import 'echarts/lib/chart/line';
