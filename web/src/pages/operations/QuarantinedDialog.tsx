/** One delivery with its payload, and what may be done with it: both are asked about first, and both say how they ended. */
import { useState } from 'react';
import { useDiscard, useQuarantined, useReplay } from '../../api/administration.ts';
import type { AnswerOf } from '../../api/client.ts';
import type { paths } from '../../api/schema.ts';
import { Answer } from '../../components/Answer.tsx';
import { Badge } from '../../components/Badge.tsx';
import { Button } from '../../components/Button.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useToast } from '../../components/Toast.tsx';
import { useFormat } from '../../format/use-format.ts';
import { Problems } from './QuarantineCard.tsx';
import { STATUS_KINDS, STATUS_NAMES, sourceInWords } from './words.ts';

type Shown = AnswerOf<paths['/api/v1/quarantine/{id}']['get']>;

export function QuarantinedDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const query = useQuarantined(id);
  const [asking, setAsking] = useState<'replay' | 'discard' | null>(null);
  const say = useToast();
  const replay = useReplay();
  const discard = useDiscard();
  const ask = (what: 'replay' | 'discard' | null): void => {
    // What failed the time before is not said of this time.
    replay.reset();
    discard.reset();
    setAsking(what);
  };
  const doReplay = (): void =>
    replay.mutate(id, {
      onSuccess: (kept) => {
        const what =
          'payment' in kept
            ? `payment ${kept.payment.payment_id}`
            : `adjustment ${kept.adjustment.adjustment_id}`;
        say(
          kept.outcome === 'recorded'
            ? `Delivery ${id} is recorded as ${what}.`
            : `Delivery ${id} is closed: ${what} was recorded before.`,
        );
        onClose();
      },
    });
  const doDiscard = (): void =>
    discard.mutate(id, {
      onSuccess: () => {
        say(`Delivery ${id} is discarded, and its payload erased.`);
        onClose();
      },
    });
  const isOpen = query.data?.status === 'open';
  const actions = (
    <>
      <Button kind="danger" onClick={() => ask('discard')}>
        Discard …
      </Button>
      <Button kind="primary" onClick={() => ask('replay')}>
        Replay …
      </Button>
    </>
  );
  return (
    <>
      <Dialog
        title={`Delivery ${id}`}
        isOpen={asking === null}
        onClose={() => asking === null && onClose()}
        actions={isOpen && actions}
      >
        <Answer query={query} loading={<Loading heightPx={280} label={`Loading: delivery ${id}`} />}>
          {(shown) => <Delivery shown={shown} />}
        </Answer>
      </Dialog>
      <ConfirmDialog
        title={`Replay delivery ${id}?`}
        isOpen={asking === 'replay'}
        does="Replay"
        doing={replay}
        onConfirm={doReplay}
        onClose={() => ask(null)}
      >
        <p>
          It is checked again as if it came now. Once it is recorded its payload is erased; if something is
          still wrong with it, it stays in quarantine.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        title={`Discard delivery ${id}?`}
        isOpen={asking === 'discard'}
        does="Discard for good"
        isDangerous
        doing={discard}
        onConfirm={doDiscard}
        onClose={() => ask(null)}
      >
        <p>
          Its payload is erased and can never be recorded. What was wrong with it, and when it came, stays.
        </p>
      </ConfirmDialog>
    </>
  );
}

function Delivery({ shown }: { shown: Shown }) {
  const format = useFormat();
  const { status, source, attempts, first_seen, last_seen, expires, problems, payload } = shown;
  return (
    <div className="delivery">
      <Facts
        facts={[
          [
            'Status',
            <Badge key="status" kind={STATUS_KINDS[status]}>
              {STATUS_NAMES[status]}
            </Badge>,
          ],
          ['Way', sourceInWords(source)],
          ['Came', attempts === 1 ? 'once' : `${format.count(attempts)} times`],
          ['First seen', format.dateTime(first_seen)],
          ['Last seen', format.dateTime(last_seen)],
          ['Payload erased', payload === null ? 'already' : format.dateTime(expires)],
        ]}
      />
      <section>
        <h3>What is wrong</h3>
        <Problems problems={problems} />
      </section>
      <section>
        <h3>Payload</h3>
        {payload === null ? (
          <p className="quiet">It was erased.</p>
        ) : (
          <pre className="payload">{payload}</pre>
        )}
      </section>
    </div>
  );
}
