/** Makes a key and shows it, once: Farelog keeps its hash alone, so whoever closes this without it makes another. */
import { type FormEvent, useId, useState } from 'react';
import { type NewApiKey, useCreateKey } from '../../api/administration.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field } from '../../components/Field.tsx';
import { Problem } from '../../components/Problem.tsx';
import { Select } from '../../components/Select.tsx';
import { useFormat } from '../../format/use-format.ts';

const ROLES = [
  ['analyst', 'Analyst: figures'],
  ['researcher', 'Researcher: figures and riders'],
  ['ingest', 'Ingest: records payments, sees nothing'],
  ['admin', 'Admin: everything'],
] as const;
type Role = (typeof ROLES)[number][0];

const EXPIRIES = [
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
  ['never', 'Never'],
] as const;
type Expiry = (typeof EXPIRIES)[number][0];

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateKey();
  if (create.data !== undefined) return <SecretDialog made={create.data} onClose={onClose} />;
  return <KeyForm create={create} onClose={onClose} />;
}

function KeyForm({ create, onClose }: { create: ReturnType<typeof useCreateKey>; onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const [expiry, setExpiry] = useState<Expiry>('365');
  const form = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    create.mutate({
      name: name.trim(),
      role,
      ...(expiry === 'never' ? {} : { expires_days: Number(expiry) }),
    });
  };
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" form={form} disabled={create.isPending}>
        {create.isPending ? 'A moment …' : 'Make the key'}
      </Button>
    </>
  );
  return (
    <Dialog title="Make a key" isOpen onClose={onClose} actions={actions}>
      <form id={form} className="key-form" onSubmit={submit}>
        <Field
          label="Name"
          isRequired
          value={name}
          onChange={setName}
          autoComplete="off"
          hint="What it is for: “fare gates”, “Finance”."
        />
        <Select label="Role" value={role} options={ROLES} onChange={setRole} />
        <Select label="Ends" value={expiry} options={EXPIRIES} onChange={setExpiry} />
      </form>
      {create.error !== null && <Problem error={create.error} />}
    </Dialog>
  );
}

function SecretDialog({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  const format = useFormat();
  const [copied, setCopied] = useState<'not yet' | 'copied' | 'refused'>('not yet');
  const copy = (): void => {
    // Missing where the page did not come over https: then it is left to the person.
    const writing = navigator.clipboard?.writeText(made.key) ?? Promise.reject(new Error('no clipboard'));
    writing.then(
      () => setCopied('copied'),
      () => setCopied('refused'),
    );
  };
  const actions = (
    <Button kind="primary" onClick={onClose}>
      I have kept it
    </Button>
  );
  return (
    <Dialog title={`The key “${made.name}”`} isOpen onClose={onClose} actions={actions}>
      <p className="secret-warning">
        <b>It is shown this once.</b> Farelog keeps only its hash, so nobody can show it again. Copy it now to
        where it is used, and nowhere else.
      </p>
      <div className="secret">
        <input
          className="input mono"
          aria-label="The key"
          readOnly
          value={made.key}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <Button onClick={copy}>{copied === 'copied' ? 'Copied' : 'Copy'}</Button>
      </div>
      <p className="quiet small" role="status">
        {copied === 'refused'
          ? 'The browser does not let this page copy. Select the key and copy it by hand.'
          : `Role ${made.role}, ${made.expires_at === null ? 'without an end' : `until ${format.dateTime(made.expires_at)}`}.`}
      </p>
    </Dialog>
  );
}
