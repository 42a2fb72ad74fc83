/** A decision about one difference or many: why, and of what is ignored until when. It says what will happen first. */
import { type FormEvent, useId, useState } from 'react';
import { type DecisionKind, useDecide } from '../../api/reconciliations.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field } from '../../components/Field.tsx';
import { Problem } from '../../components/Problem.tsx';
import { useToast } from '../../components/Toast.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { isDate, localTime, plusDays } from '../../view/zone-time.ts';
import { many } from './words.ts';

interface Props {
  readonly decision: DecisionKind;
  readonly ids: readonly number[];
  readonly onClose: () => void;
  readonly onDecided?: () => void;
}

const WORDS: Readonly<Record<DecisionKind, { does: string; done: string; means: string }>> = {
  accept: {
    does: 'Accept',
    done: 'accepted',
    means: 'What is accepted is known, and stays. If either value changes later, it is open again.',
  },
  ignore: {
    does: 'Ignore',
    done: 'ignored',
    means: 'What is ignored is left alone until that day, and is open again then if it is still there.',
  },
  correct: {
    does: 'Correct',
    done: 'corrected',
    means:
      'The provider is right: an adjustment is recorded over the difference of the price, and one that voids what is missing there. It counts now, not at the time of the payment.',
  },
};
const A_WEEK = 7;

export function DecideDialog({ decision, ids, onClose, onDecided }: Props) {
  const { zone } = useSession();
  const format = useFormat();
  const say = useToast();
  const decide = useDecide();
  const form = useId();
  const today = localTime(Date.now(), zone).date;
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState(plusDays(today, A_WEEK));
  const [isAsked, setAsked] = useState(false);
  const { does, done, means } = WORDS[decision];
  const what = many(ids.length, 'difference', format.count);
  const errors = {
    reason: reason.trim() === '' ? 'Say why; it is kept.' : undefined,
    until: decision === 'ignore' && !(isDate(until) && until > today) ? 'A day after today.' : undefined,
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(true);
    if (errors.reason !== undefined || errors.until !== undefined) return;
    decide.mutate(
      { decision, ids: [...ids], reason: reason.trim(), ...(decision === 'ignore' ? { until } : {}) },
      {
        onSuccess: () => {
          say(`${what} ${ids.length === 1 ? 'is' : 'are'} ${done}.`);
          onDecided?.();
          onClose();
        },
      },
    );
  };
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" form={form} disabled={decide.isPending}>
        {decide.isPending ? 'A moment …' : does}
      </Button>
    </>
  );
  return (
    <Dialog title={`${does} ${what}?`} isOpen onClose={onClose} actions={actions}>
      <form id={form} className="form-rows" onSubmit={submit} noValidate>
        <p>{means} No payment is changed. Who decided, when and why is kept, and is in the audit.</p>
        {decision === 'ignore' && (
          <Field
            label="Until"
            type="date"
            isRequired
            value={until}
            error={isAsked ? errors.until : undefined}
            hint={`The beginning of that day in ${zone}`}
            onChange={setUntil}
          />
        )}
        <Field
          label="Why"
          isRequired
          value={reason}
          placeholder="Fare dispute 41, settled by hand"
          error={isAsked ? errors.reason : undefined}
          onChange={setReason}
        />
      </form>
      {decide.error !== null && <Problem error={decide.error} />}
    </Dialog>
  );
}
