/** What marks of the calendar need beside `drawing.ts`. */
import 'echarts/lib/component/markArea';
import 'echarts/lib/component/markLine';
