/** A reconciliation is started: its days, and then the page of the run that is under way. */
import { type FormEvent, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { useRuns, useStart } from '../../api/reconciliations.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field } from '../../components/Field.tsx';
import { Problem } from '../../components/Problem.tsx';
import { useMay, useSession } from '../../session/session.ts';
import { isDate, plusDays } from '../../view/zone-time.ts';
import { likelySpan } from './spans.ts';

/** For administrators. */
export function StartButton() {
  const mayStart = useMay('admin');
  const [isOpen, setOpen] = useState(false);
  if (!mayStart) return null;
  return (
    <>
      <Button kind="primary" onClick={() => setOpen(true)}>
        Reconcile …
      </Button>
      {isOpen && <StartDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function StartDialog({ onClose }: { onClose: () => void }) {
  const { data: runs } = useRuns();
  const actions = <Button onClick={onClose}>Close</Button>;
  if (runs?.can_start === false) {
    return (
      <Dialog title="Reconcile" isOpen onClose={onClose} actions={actions}>
        <p>
          No provider is set here, so there is nobody to ask: <code>FARELOG_BYTEMARK_URL</code> is empty. A
          settlement file can be reconciled without one:
        </p>
        <pre className="command">farelog reconcile --from 2026-01-01 --to 2026-02-01 --file january.csv</pre>
      </Dialog>
    );
  }
  return <SpanDialog onClose={onClose} />;
}

function SpanDialog({ onClose }: { onClose: () => void }) {
  const { zone } = useSession();
  const start = useStart();
  const [, navigate] = useLocation();
  const id = useId();
  const [likely] = useState(() => likelySpan(Date.now(), zone));
  const [first, setFirst] = useState(likely.first);
  const [last, setLast] = useState(likely.last);
  const isWrong = isDate(first) && isDate(last) && first > last;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isDate(first) || !isDate(last) || isWrong) return;
    start.mutate(
      { from: first, to: plusDays(last, 1) },
      { onSuccess: (run) => navigate(`/reconciliation/${run.id}`) },
    );
  };
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" form={id} disabled={start.isPending}>
        {start.isPending ? 'A moment …' : 'Reconcile these days'}
      </Button>
    </>
  );
  return (
    <Dialog title="Reconcile" isOpen onClose={onClose} actions={actions}>
      <form id={id} className="form-rows" onSubmit={submit} noValidate>
        <p>
          Asks the provider for every payment of these days, records what is missing here, and lists what
          differs. No payment that is here is changed. What is younger than 24 hours is not judged yet.
        </p>
        <div className="form-pair">
          <Field label="First day" type="date" isRequired value={first} onChange={setFirst} />
          <Field
            label="Last day"
            type="date"
            isRequired
            value={last}
            error={isWrong ? 'Must not lie before the first day.' : undefined}
            onChange={setLast}
          />
        </div>
        <p className="quiet small">Days of {zone}</p>
      </form>
      {start.error !== null && <Problem error={start.error} />}
    </Dialog>
  );
}
