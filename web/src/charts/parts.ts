/** Which parts of the charts' library a chart needs; each is loaded once, when the first chart that needs it is drawn. */

const LOADERS = {
  bars: () => import('./drawing.ts'),
  heat: () => import('./heat-parts.ts'),
} as const satisfies Record<string, () => Promise<unknown>>;

export type ChartParts = keyof typeof LOADERS;

/** Begins to load what every chart needs, so that it is on its way while the figures are. */
export function preloadCharts(): void {
  // A failure is told by the chart that needs it.
  LOADERS.bars().catch(() => undefined);
}

export async function loadDrawing(parts: ChartParts): Promise<typeof import('./drawing.ts')> {
  const [drawing] = await Promise.all([LOADERS.bars(), LOADERS[parts]()]);
  return drawing;
}
