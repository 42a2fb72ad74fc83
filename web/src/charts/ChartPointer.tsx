/**
 * What happens under the pointer on a chart: a tip beside it, and a stretch that is dragged over. Made here and not by
 * the charts' library, whose tips are styled by markup that the content policy forbids, and whose brush is as large as
 * this page.
 */
import { type PointerEvent, type ReactNode, useState } from 'react';
import type { ChartPoint } from './Chart.tsx';
import type { Drawing } from './drawing.ts';

interface Place {
  readonly xPx: number;
  readonly yPx: number;
  readonly point: ChartPoint;
}

interface Props {
  readonly drawing: Drawing;
  readonly tip: ((point: ChartPoint) => ReactNode) | undefined;
  readonly onZoom: ((first: number, last: number) => void) | undefined;
}

/** Less than this is a click and no stretch. */
const MIN_DRAG_PX = 8;

function placeOf(
  drawing: Drawing,
  { clientX, clientY, currentTarget }: PointerEvent<HTMLElement>,
): Place | null {
  const box = currentTarget.getBoundingClientRect();
  if (drawing.isDisposed() || box.width === 0) return null;
  // More than 1 where the page is enlarged.
  const zoom = box.width / drawing.getWidth();
  const [xPx, yPx] = [(clientX - box.left) / zoom, (clientY - box.top) / zoom];
  if (!drawing.containPixel({ gridIndex: 0 }, [xPx, yPx])) return null;
  const [x, y] = drawing.convertFromPixel({ gridIndex: 0 }, [xPx, yPx]);
  if (x === undefined || y === undefined) return null;
  return { xPx, yPx, point: { x: Math.round(x), y: Math.round(y) } };
}

export function ChartPointer({ drawing, tip, onZoom }: Props) {
  const [place, setPlace] = useState<Place | null>(null);
  const [begun, setBegun] = useState<Place | null>(null);
  const told = place === null ? null : (tip?.(place.point) ?? null);
  const isDragging = begun !== null && place !== null && Math.abs(place.xPx - begun.xPx) >= MIN_DRAG_PX;

  const begin = (event: PointerEvent<HTMLElement>): void => {
    if (onZoom === undefined || event.button !== 0 || event.pointerType === 'touch') return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setBegun(placeOf(drawing, event));
  };
  const move = (event: PointerEvent<HTMLElement>): void => {
    const next = placeOf(drawing, event);
    // Beyond the plot a stretch stays at its edge.
    if (next !== null || begun === null) setPlace(next);
  };
  const end = (): void => {
    if (isDragging && onZoom !== undefined) {
      const [first, last] = [begun.point.x, place.point.x].sort((a, b) => a - b);
      if (first !== undefined && last !== undefined) onZoom(Math.max(0, first), last);
    }
    // What was under the pointer is elsewhere after a zoom.
    if (isDragging) setPlace(null);
    setBegun(null);
  };
  const leave = (): void => {
    if (begun === null) setPlace(null);
  };
  return (
    <div
      className={onZoom === undefined ? 'chart-pointer' : 'chart-pointer chart-zooms'}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => setBegun(null)}
      onPointerLeave={leave}
      aria-hidden="true"
    >
      {isDragging && (
        <div
          className="chart-stretch"
          style={{
            left: `${Math.min(begun.xPx, place.xPx)}px`,
            width: `${Math.abs(place.xPx - begun.xPx)}px`,
          }}
        />
      )}
      {told !== null && !isDragging && place !== null && <Tip place={place} drawing={drawing} told={told} />}
    </div>
  );
}

function Tip({ place, drawing, told }: { place: Place; drawing: Drawing; told: ReactNode }) {
  const isRight = place.xPx > drawing.getWidth() / 2;
  const side = isRight
    ? { right: `${drawing.getWidth() - place.xPx + 14}px` }
    : { left: `${place.xPx + 14}px` };
  const isLow = place.yPx > drawing.getHeight() * 0.55;
  const height = isLow
    ? { bottom: `${drawing.getHeight() - place.yPx + 6}px` }
    : { top: `${place.yPx + 6}px` };
  return (
    <>
      <div className="chart-cursor" style={{ left: `${place.xPx}px` }} />
      <div className="chart-tip" style={{ ...side, ...height }}>
        {told}
      </div>
    </>
  );
}
