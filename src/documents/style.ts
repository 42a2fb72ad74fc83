/** The style sheet of a report page: light and dark, wide and narrow, and paper, which is always light. */
import type { SeriesTheme } from './chart-trends.js';
import { type ChartTheme, HEAT_STEPS } from './charts.js';

const HEAT = Array.from({ length: HEAT_STEPS }, (_, step) => `--heat-${step}`);

/** Charts take their colours from the page's variables, so that one drawing serves light, dark and paper. */
export const PAGE_THEME: ChartTheme = {
  ink: 'var(--ink)',
  quiet: 'var(--quiet)',
  gridLine: 'var(--rule)',
  paper: 'var(--paper)',
  accent: 'var(--accent)',
  accentSoft: 'var(--accent-soft)',
  heat: HEAT.map((name) => `var(${name})`),
  fontFamily: 'inherit',
};

interface Colours {
  readonly ink: string;
  readonly quiet: string;
  readonly rule: string;
  readonly paper: string;
  readonly raised: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly heat: readonly string[];
}

/** One hue, told apart by lightness alone: it reads the same to every kind of eye, and in grey. */
const LIGHT: Colours = {
  ink: '#16202c',
  quiet: '#566375',
  rule: '#dde3ea',
  paper: '#ffffff',
  raised: '#f5f7fa',
  accent: '#0b5cab',
  accentSoft: '#94bce3',
  heat: ['#eef2f6', '#d3e3f3', '#a9cbea', '#74abdb', '#3f87c5', '#1662a8', '#0a3f75'],
};
const DARK: Colours = {
  ink: '#e7ecf2',
  quiet: '#9dabbb',
  rule: '#2d3846',
  paper: '#11171f',
  raised: '#19212b',
  accent: '#6db3f2',
  accentSoft: '#33608c',
  heat: ['#1b2430', '#1d3a57', '#205480', '#2b73ad', '#4a96d6', '#86bff0', '#cfe6fb'],
};

function variables(colours: Colours): string {
  const { ink, quiet, rule, paper, raised, accent, accentSoft, heat } = colours;
  const heatSteps = HEAT.map((name, step) => `${name}:${heat[step] ?? ''}`).join(';');
  return `--ink:${ink};--quiet:${quiet};--rule:${rule};--paper:${paper};--raised:${raised};--accent:${accent};--accent-soft:${accentSoft};${heatSteps}`;
}

/** Told apart by hue and by lightness (after Okabe and Ito); the last is for the rest. */
const SERIES = {
  light: ['#0b5cab', '#e69f00', '#00805c', '#cc79a7', '#56b4e9', '#c04f00', '#6b4fa0', '#8a97a8'],
  dark: ['#6db3f2', '#f2b632', '#2fb98c', '#e79cc4', '#b9dcf7', '#f0803c', '#a58be0', '#7d8b9c'],
} as const;

const seriesVariables = (colours: readonly string[]): string =>
  colours.map((colour, index) => `--series-${index}:${colour}`).join(';');

/** Of pages whose charts tell several series apart. */
export const SERIES_STYLE = `:root{${seriesVariables(SERIES.light)}}
@media screen and (prefers-color-scheme:dark){:root{${seriesVariables(SERIES.dark)}}}
`;
export const SERIES_PAGE_THEME: SeriesTheme = {
  ...PAGE_THEME,
  series: SERIES.light.map((_, index) => `var(--series-${index})`),
};

/** Of a picture that stands alone, on white. */
export const PICTURE_THEME: SeriesTheme = {
  ...LIGHT,
  gridLine: LIGHT.rule,
  series: SERIES.light,
  // Names in quotes would end the attributes that they are written into.
  fontFamily: 'Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif',
};

export type Paper = 'A4' | 'Letter';

export function pageStyle(paper: Paper | undefined): string {
  const size = paper === undefined ? '' : `@page{size:${paper} portrait}\n`;
  return `:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
${SCREEN}${size}${PRINT}`;
}

const SCREEN = `*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans","DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0}
main{max-width:62rem;margin:0 auto;padding:clamp(1.5rem,5vw,4rem) clamp(1.25rem,4vw,2.5rem)}
h1,h2,p,dl,dd,figure{margin:0}
h1{font-size:clamp(2rem,5.5vw,3rem);line-height:1.1;font-weight:700;letter-spacing:-.025em;text-wrap:balance}
h2{font-size:1.375rem;line-height:1.25;font-weight:650;letter-spacing:-.01em}
.kicker{color:var(--accent);font-weight:600;margin-bottom:.5rem}
.lede{font-size:1.125rem;color:var(--quiet);margin-top:1rem;max-width:42rem;text-wrap:pretty}
section{margin-top:3.5rem}
.note{color:var(--quiet);max-width:42rem;margin-top:.375rem;text-wrap:pretty}
.tiles{display:grid;grid-template-columns:minmax(max-content,1.3fr) repeat(3,minmax(max-content,1fr));gap:2rem 1.75rem;margin-top:2.5rem}
.tiles>div{border-top:2px solid var(--ink);padding-top:.75rem;min-width:0}
.tiles dt{color:var(--quiet);font-size:.9375rem}
.tiles .value{font-size:1.625rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.tiles .change{width:0;min-width:100%;font-size:.875rem;color:var(--quiet);font-variant-numeric:tabular-nums}
.tiles .change b{color:var(--ink);font-weight:600}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.375rem 1.5rem;margin-top:2.5rem;padding:1.125rem 1.375rem;background:var(--raised);border-radius:.5rem;font-size:.9375rem}
.facts dt{color:var(--quiet)}
.facts dd{min-width:0;overflow-wrap:anywhere}
figure{margin-top:1.25rem}
svg{display:block;width:100%;height:auto;font-family:inherit}
svg.narrow{display:none}
.legend{display:flex;align-items:center;gap:.25rem;margin-top:.625rem;color:var(--quiet);font-size:.875rem}
.legend i{width:1.25rem;height:.875rem;border-radius:2px}
.legend i:first-of-type{margin-left:.375rem}
.legend i:last-of-type{margin-right:.375rem}
.scroll{overflow-x:auto;margin-top:1.25rem}
table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums lining-nums}
th,td{padding:.4375rem 0 .4375rem 2.25rem;text-align:left;vertical-align:baseline;font-weight:400}
th:first-child,td:first-child{padding-left:0}
tbody tr{border-top:1px solid var(--rule)}
thead th{color:var(--quiet);font-size:.875rem;vertical-align:bottom;white-space:nowrap}
tfoot tr{border-top:2px solid var(--ink)}
tfoot th,tfoot td{font-weight:650}
.figure{text-align:right;white-space:nowrap}
tbody th,tfoot th{white-space:nowrap}
.anywhere tbody th{white-space:normal;overflow-wrap:anywhere}
.wide td:last-child{min-width:15rem;overflow-wrap:anywhere}
.paired{display:flex;align-items:flex-start;gap:3rem;margin-top:1.25rem}
.paired>.scroll{flex:1;margin:0}
.paired table{width:100%}
.wide table{width:100%}
.dense table{font-size:.8125rem}
.dense th,.dense td{padding:.1875rem 0 .1875rem 1.125rem}
.dense th:first-child,.dense td:first-child{padding-left:0}
#riders tbody th,#riders-more tbody th{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem}
.month th{padding-top:1.125rem;font-weight:650}
details{margin-top:1.25rem}
summary{cursor:pointer;color:var(--accent);font-weight:600;width:fit-content}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
.terms{display:grid;grid-template-columns:max-content 1fr;gap:.75rem 2rem;margin-top:1.25rem;font-size:.9375rem}
.terms dt{font-weight:650}
.terms dd{max-width:42rem;min-width:0;text-wrap:pretty}
.empty{margin-top:2.5rem;padding:2.5rem 1.5rem;border:1px solid var(--rule);border-radius:.5rem;text-align:center;color:var(--quiet)}
.empty b{display:block;color:var(--ink);font-size:1.125rem;font-weight:650}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--quiet);font-size:.875rem}
.paper{display:none}
@media screen and (max-width:46rem){
section{margin-top:2.75rem}
.tiles{grid-template-columns:repeat(2,minmax(max-content,1fr));gap:1.5rem 1.25rem}
.tiles .value{font-size:1.25rem}
.facts,.terms{grid-template-columns:1fr;gap:0}
.facts dd,.terms dd{margin-bottom:.625rem}
.facts dd:last-child,.terms dd:last-child{margin-bottom:0}
svg.wide{display:none}
svg.narrow{display:block;max-width:30rem}
table{font-size:.8125rem;width:100%}
#methods tbody th{white-space:normal}
#restated .figure{display:none}
.paired{display:block}
.paired table{table-layout:fixed}
.paired>.scroll+.scroll thead{display:none}
thead th,thead .figure{font-size:.8125rem;white-space:normal}
th,td{padding-left:.5rem}
}
`;

/** Browsers differ in what of a page's margin boxes they print; nothing here is lost where they print none. */
const PRINT = `@page{margin:16mm 15mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font:8pt system-ui,Arial,"DejaVu Sans",sans-serif;color:#566375}}
@media print{
html{font-size:9.5pt;line-height:1.4;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;padding:0}
section{margin-top:22pt}
h1{font-size:26pt}
h2{font-size:14pt;break-after:avoid}
.note,.lede{break-after:avoid;break-inside:avoid}
.note.paper{break-after:auto}
.tiles .value{font-size:15pt}
.tiles>div,.facts,.paired,figure,#methods,#left-out,.few,.terms dt,.terms dd,tr{break-inside:avoid}
.facts{border:.5pt solid var(--rule);background:none}
thead{display:table-header-group}
tfoot{display:table-row-group}
tfoot tr{break-before:avoid}
.scroll{overflow:visible}
th,td{padding-top:2.5pt;padding-bottom:2.5pt}
.screen,details.screen{display:none}
details.opened summary{display:none}
details.opened::details-content{content-visibility:visible;display:block;height:auto}
.paper{display:block}
.definitions{break-inside:avoid}
}
`;
