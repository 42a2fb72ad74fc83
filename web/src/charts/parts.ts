/**
 * Which parts of the charts' library a chart needs, known by the kinds of its series; each is loaded once, when the first
 * chart that needs it is drawn. Bars need nothing beside `drawing.ts`, since every page begins with them.
 */
import type { ChartOption } from 'farelog/documents/charts.ts';

const LOADERS: Readonly<Record<string, () => Promise<unknown>>> = {
  line: () => import('./line-parts.ts'),
  heatmap: () => import('./heat-parts.ts'),
  sankey: () => import('./sankey-parts.ts'),
  marks: () => import('./mark-parts.ts'),
};

const loadBars = () => import('./drawing.ts');

/** Begins to load what every chart needs, so that it is on its way while the figures are. */
export function preloadCharts(): void {
  // A failure is told by the chart that needs it.
  loadBars().catch(() => undefined);
}

/** The kinds of a chart's series, and marks on them, as one text: equal where the same parts are needed. */
export function kindsOf({ series }: ChartOption): string {
  const all = [series ?? []].flat();
  const kinds = all.map(({ type }) => type ?? '');
  const marks = all.some((one) => 'markLine' in one) ? ['marks'] : [];
  return [...new Set([...kinds, ...marks])].sort().join(' ');
}

/** Parts that come after a drawing was made are not seen by it, so all of them come first. */
export async function loadDrawing(kinds: string): Promise<typeof import('./drawing.ts')> {
  const parts = kinds.split(' ').map((kind) => LOADERS[kind]?.());
  const [drawing] = await Promise.all([loadBars(), ...parts]);
  return drawing;
}
