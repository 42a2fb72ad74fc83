/** One difference: what both sides say, when it was seen, how it was decided, and the buttons to decide it. */
import { typeInWords } from 'farelog/documents/names.ts';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DecisionKind, Item } from '../../api/reconciliations.ts';
import { Badge } from '../../components/Badge.tsx';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Facts } from '../../components/Facts.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useMay } from '../../session/session.ts';
import { DecideDialog } from './DecideDialog.tsx';
import { Decision, Side } from './ItemsTable.tsx';
import {
  CATEGORY_MEANINGS,
  CATEGORY_NAMES,
  isCorrectable,
  isDecidable,
  STATUS_KINDS,
  STATUS_MEANINGS,
  STATUS_NAMES,
} from './words.ts';

export function ItemDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const mayDecide = useMay('admin');
  const maySeePayments = useMay('researcher');
  const [deciding, setDeciding] = useState<DecisionKind | null>(null);
  const { id, payment_id, kind } = item;
  const title = payment_id === null ? `Difference ${id}` : `Payment ${payment_id}`;
  const actions = (
    <>
      {isCorrectable(item) && <Button onClick={() => setDeciding('correct')}>Correct …</Button>}
      <Button onClick={() => setDeciding('ignore')}>Ignore until …</Button>
      <Button kind="primary" onClick={() => setDeciding('accept')}>
        Accept …
      </Button>
    </>
  );
  return (
    <>
      <Dialog
        title={`${title}: ${CATEGORY_NAMES[kind].toLowerCase()}`}
        isOpen={deciding === null}
        onClose={() => deciding === null && onClose()}
        actions={mayDecide && isDecidable(item) && actions}
      >
        <p>{CATEGORY_MEANINGS[kind]}</p>
        <Sides item={item} />
        <ItemFacts item={item} />
        {maySeePayments && payment_id !== null && kind !== 'missing_here' && (
          <p>
            <Link href={`/payments/${payment_id}`}>The payment as it is here</Link>
          </p>
        )}
      </Dialog>
      {deciding !== null && (
        <DecideDialog decision={deciding} ids={[id]} onClose={() => setDeciding(null)} onDecided={onClose} />
      )}
    </>
  );
}

function Sides({ item }: { item: Item }) {
  const format = useFormat();
  return (
    <div className="sides">
      <section>
        <h3>Here</h3>
        <div>
          <Side item={item} side="here" format={format} />
        </div>
      </section>
      <section>
        <h3>At the provider</h3>
        <div>
          <Side item={item} side="there" format={format} />
        </div>
      </section>
    </div>
  );
}

function ItemFacts({ item }: { item: Item }) {
  const format = useFormat();
  const { status, payment, kind, why, at, first_seen, last_seen, first_run, last_run } = item;
  return (
    <Facts
      facts={[
        [
          'Status',
          <span key="status">
            <Badge kind={STATUS_KINDS[status]}>{STATUS_NAMES[status]}</Badge>{' '}
            <span className="quiet small">{STATUS_MEANINGS[status]}</span>
          </span>,
        ],
        ['Decided', <Decision key="decided" item={item} />],
        ...(payment === null
          ? []
          : ([
              ['Order', payment.order_id],
              ['Method', typeInWords(payment.payment_type)],
            ] as const)),
        ['Paid', at === null ? 'Not known' : format.dateTime(at)],
        ...(why === undefined || kind === 'unreadable_there' ? [] : ([['Why it is open', why]] as const)),
        ['First seen', <RunLink key="first" id={first_run} text={format.dateTime(first_seen)} />],
        ['Last seen', <RunLink key="last" id={last_run} text={format.dateTime(last_seen)} />],
      ]}
    />
  );
}

function RunLink({ id, text }: { id: number; text: string }) {
  return <Link href={`/reconciliation/${id}`}>{text}</Link>;
}
