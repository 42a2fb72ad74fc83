/**
 * A chart of a shared definition: drawn on a canvas as wide as its place, in the colours of the theme that is shown,
 * with a tip under the pointer and, where the caller takes it, a stretch that is dragged over to look closer.
 *
 * To those who do not see it, it is an image with a sentence; its figures are the table that `ChartCard` shows instead.
 */
import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import type { Chart as ChartDefinition } from 'farelog/documents/charts.ts';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Problem } from '../components/Problem.tsx';
import { useChartTheme } from '../theme/theme.ts';
import { ChartPointer } from './ChartPointer.tsx';
import './chart.css';
import type { Drawing } from './drawing.ts';
import { kindsOf, loadDrawing } from './parts.ts';

/** Indexes of categories under the pointer; of an axis of values, its value. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface ChartProps {
  /** The definition, for a theme and a width. Keep it (useCallback) while its data are the same. */
  readonly chart: (theme: SeriesTheme, widthPx: number) => ChartDefinition;
  /** What the chart shows, in a sentence. */
  readonly summary: string;
  /** What is told of a point; null where there is nothing. */
  readonly tip?: (point: ChartPoint) => ReactNode;
  /** Takes the first and last category of a stretch of the horizontal axis that was dragged over. */
  readonly onZoom?: (first: number, last: number) => void;
}

export function Chart({ chart, summary, tip, onZoom }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useChartTheme();
  const [widthPx, setWidthPx] = useState(0);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);

  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    setWidthPx(Math.floor(element.clientWidth));
    const observer = new ResizeObserver(() => setWidthPx(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const definition = useMemo(
    () => (widthPx === 0 ? undefined : chart(theme, widthPx)),
    [chart, theme, widthPx],
  );
  const kinds = definition === undefined ? undefined : kindsOf(definition.option);

  useEffect(() => {
    const element = place.current;
    if (kinds === undefined) return;
    let made: Drawing | undefined;
    let isGone = false;
    loadDrawing(kinds).then(
      ({ drawIn }) => {
        if (isGone || element === null) return;
        made = drawIn(element);
        setDrawing(made);
      },
      (error: unknown) => setFailure(error),
    );
    return () => {
      isGone = true;
      made?.dispose();
      setDrawing(null);
    };
  }, [kinds, attempt]);

  useEffect(() => {
    if (drawing === null || definition === undefined || drawing.isDisposed()) return;
    drawing.resize({ width: widthPx, height: definition.heightPx });
    drawing.setOption(definition.option, { notMerge: true });
  }, [drawing, definition, widthPx]);

  const retry = (): void => {
    setFailure(null);
    setAttempt(attempt + 1);
  };
  if (failure !== null) return <Problem error={failure} retry={retry} />;
  return (
    <div className="chart">
      <div
        ref={place}
        role="img"
        aria-label={summary}
        className="chart-canvas"
        style={{ height: `${definition?.heightPx ?? 320}px` }}
        data-drawn={drawing !== null}
      />
      {drawing !== null && definition !== undefined && (tip !== undefined || onZoom !== undefined) && (
        <ChartPointer drawing={drawing} tip={tip} onZoom={onZoom} />
      )}
    </div>
  );
}
