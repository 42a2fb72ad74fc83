import type { Paging } from '../view/paging.ts';
import { Button } from './Button.tsx';
import './page-steps.css';
import { Select } from './Select.tsx';

export const PAGE_SIZES = ['25', '50', '100', '250'] as const;
export type PageSize = (typeof PAGE_SIZES)[number];

interface Props {
  /** Of what there are pages: "payments". */
  readonly of: string;
  readonly paging: Paging;
  /** The place of the next page; null on the last one. */
  readonly next: string | null;
  /** What the way to the first page is called. */
  readonly firstName?: string;
  readonly size: PageSize;
  readonly onSize: (size: PageSize) => void;
}

/** The foot of a list: to the next page, to the one before, to the first, and how long a page is. */
export function PageSteps({ of, paging, next, firstName = 'First page', size, onSize }: Props) {
  const { cursor, number, previous } = paging;
  return (
    <nav className="page-steps" aria-label={`Pages of ${of}`}>
      <Select
        label="Rows"
        value={size}
        options={PAGE_SIZES.map((one) => [one, one] as const)}
        onChange={onSize}
      />
      <span className="quiet small figures page-steps-number" aria-live="polite">
        {number === undefined ? '' : `Page ${number}`}
      </span>
      {/* On the second page the one before is the first. */}
      {cursor !== undefined && number !== 2 && <Button onClick={paging.first}>{firstName}</Button>}
      <Button disabled={previous === undefined} onClick={() => previous?.()}>
        Previous
      </Button>
      <Button
        disabled={next === null}
        onClick={() => {
          if (next !== null) paging.next(next);
        }}
      >
        Next
      </Button>
    </nav>
  );
}
