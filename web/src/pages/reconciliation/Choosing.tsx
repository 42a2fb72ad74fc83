/** What is chosen on a page of differences, and what an administrator may do with it. */
import { useState } from 'react';
import type { DecisionKind } from '../../api/reconciliations.ts';
import { Button } from '../../components/Button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { DecideDialog } from './DecideDialog.tsx';

interface Props {
  readonly ids: readonly number[];
  /** Those of the page of which something is left to decide. */
  readonly decidable: readonly number[];
  /** Whether all that is chosen can be corrected. */
  readonly isCorrectable: boolean;
  readonly onChoose: (all: boolean) => void;
  readonly onDecided: () => void;
}

export function Choosing({ ids, decidable, isCorrectable, onChoose, onDecided }: Props) {
  const format = useFormat();
  const [deciding, setDeciding] = useState<DecisionKind | null>(null);
  const isAll = ids.length === decidable.length;
  return (
    <div className="choosing" role="toolbar" aria-label="Decide">
      <label className="check">
        <input
          type="checkbox"
          checked={isAll}
          onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
        />
        All {format.count(decidable.length)} on this page
      </label>
      <span className="quiet small figures" aria-live="polite">
        {ids.length === 0 ? 'None chosen' : `${format.count(ids.length)} chosen`}
      </span>
      <span className="choosing-buttons">
        <Button disabled={ids.length === 0} onClick={() => setDeciding('accept')}>
          Accept …
        </Button>
        <Button disabled={ids.length === 0} onClick={() => setDeciding('ignore')}>
          Ignore until …
        </Button>
        <Button
          disabled={ids.length === 0 || !isCorrectable}
          title="Of prices that differ, and payments that are missing at the provider"
          onClick={() => setDeciding('correct')}
        >
          Correct …
        </Button>
      </span>
      {deciding !== null && (
        <DecideDialog decision={deciding} ids={ids} onClose={() => setDeciding(null)} onDecided={onDecided} />
      )}
    </div>
  );
}
