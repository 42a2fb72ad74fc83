/** One payment's whole story, at an address of its own over the list that it was found in. */
import { typeInWords } from 'farelog/documents/names.ts';
import type { ReactNode } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { type PaymentStory, usePayment } from '../../api/payments.ts';
import { Answer } from '../../components/Answer.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { RiderId } from '../../components/RiderId.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { lagInWords } from '../../format/duration.ts';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { localTime } from '../../view/zone-time.ts';
import { paymentPath, paymentsOf, riderPath } from './links.ts';

export function PaymentDialog({ paymentId }: { paymentId: string | undefined }) {
  const [, navigate] = useLocation();
  const search = useSearch();
  const state = useHistoryState<unknown>();
  const close = (): void => {
    // Asked once more when the browser has closed it.
    if (paymentId === undefined) return;
    // In the place of the payment, so that going back leads to what was before it.
    navigate(paymentPath(undefined, search), { replace: true, state });
  };
  return (
    <Dialog title={`Payment ${paymentId ?? ''}`} isOpen={paymentId !== undefined} onClose={close}>
      {paymentId !== undefined && <Story paymentId={paymentId} />}
    </Dialog>
  );
}

function Story({ paymentId }: { paymentId: string }) {
  const query = usePayment(paymentId);
  return (
    <Answer query={query} loading={<Loading heightPx={420} label="Loading the payment" />}>
      {(payment) => (
        <div className="story">
          <RecordPart payment={payment} />
          {payment.adjustments.length > 0 && <AdjustmentsPart payment={payment} />}
          <CapturePart payment={payment} />
        </div>
      )}
    </Answer>
  );
}

function RecordPart({ payment }: { payment: PaymentStory }) {
  const format = useFormat();
  const { zone } = useSession();
  const { user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on } = payment;
  return (
    <section aria-label="Record">
      <p className="story-price figures">
        {format.money(total_price)} <span className="story-type">{typeInWords(payment_type)}</span>
      </p>
      <dl className="facts figures">
        <Fact name="Paid">
          <Moment of={logged_on} />
        </Fact>
        <Fact name="Rider">
          <RiderId id={user_id} href={riderPath(user_id)} />
          <Link href={paymentsOf({ user_id })}>All payments of this rider</Link>
        </Fact>
        <Fact name="Order">
          <span>{order_id}</span>
          <Link href={paymentsOf({ order_id })}>All payments of this order</Link>
        </Fact>
        <Fact name="Recorded">
          <Moment of={created_on} />
        </Fact>
        {modified_on !== created_on && (
          <Fact name="Last changed">
            <Moment of={modified_on} />
          </Fact>
        )}
        <Fact name="Times">of {zone}</Fact>
      </dl>
    </section>
  );
}

const KIND_WORDS = { refund: 'Refund', void: 'Void', correction: 'Correction' } as const;

function AdjustmentsPart({ payment }: { payment: PaymentStory }) {
  const format = useFormat();
  const { adjustments, adjusted, net_price, over_adjusted } = payment;
  return (
    <section className="story-capture">
      <h3>What was adjusted</h3>
      <dl className="facts figures">
        {adjustments.map(({ adjustment_id, kind, amount, adjusted_on, reason }) => (
          <Fact key={adjustment_id} name={KIND_WORDS[kind]}>
            <span>{format.money(amount)}</span>
            <Moment of={adjusted_on} />
            {reason !== null && <span>{reason}</span>}
            <code>{adjustment_id}</code>
          </Fact>
        ))}
        <Fact name="Adjusted">{format.money(adjusted)}</Fact>
        <Fact name="Net price">
          <b>{format.money(net_price)}</b>
        </Fact>
      </dl>
      {over_adjusted && <p className="small">More was taken back than was paid.</p>}
    </section>
  );
}

const SOURCE_WORDS: Readonly<Record<NonNullable<PaymentStory['capture']>['source'], string>> = {
  webhook: 'Webhook of Bytemark',
  api: 'Posted over HTTP',
  import: 'Import of a file',
  sync: 'Synchronised',
  pull: 'Fetched from the provider',
  replay: 'Replayed from quarantine',
};

function CapturePart({ payment: { capture, logged_on } }: { payment: PaymentStory }) {
  if (capture === null) {
    return (
      <section className="story-capture">
        <h3>Not captured by Farelog</h3>
        <p className="quiet small">Another program wrote this payment into the table.</p>
      </section>
    );
  }
  const { source, raw_method, reference, received_at, sequence } = capture;
  return (
    <section className="story-capture">
      <h3>How it came in</h3>
      <dl className="facts figures">
        <Fact name="Source">{SOURCE_WORDS[source]}</Fact>
        <Fact name="Provider’s word">
          <code>{raw_method}</code>
        </Fact>
        <Fact name="Reference">
          {reference === null ? <span className="quiet">none</span> : <code>{reference}</code>}
        </Fact>
        <Fact name="Received">
          <Moment of={received_at} />
        </Fact>
        <Fact name="Lag">{lagInWords(logged_on, received_at)}</Fact>
        <Fact name="Capture">No. {sequence}</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moment({ of }: { of: string }) {
  const format = useFormat();
  const { zone } = useSession();
  return (
    <time dateTime={of} title={of}>
      {format.longDate(localTime(Date.parse(of), zone).date)}, {format.timeWithSeconds(of)}
    </time>
  );
}
