import './skeleton.css';

interface Props {
  /** As in CSS. */
  readonly width?: string;
  readonly height?: string;
}

/** Stands where something will be, as large as that, so that nothing moves when it comes. */
export function Skeleton({ width = '100%', height = '1em' }: Props) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** A part that is being loaded, for screen readers too. */
export function Loading({ heightPx, label = 'Loading' }: { heightPx: number; label?: string }) {
  return (
    <div role="status" aria-label={label}>
      <Skeleton height={`${heightPx}px`} />
    </div>
  );
}
