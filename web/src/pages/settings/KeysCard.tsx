/** API keys: those that are valid and those that were, how one is made, and how one is revoked. */
import { useState } from 'react';
import { type ApiKey, useKeys, useRevokeKey } from '../../api/administration.ts';
import { Answer } from '../../components/Answer.tsx';
import { Badge } from '../../components/Badge.tsx';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Select } from '../../components/Select.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useToast } from '../../components/Toast.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useNow, useView } from '../../view/view.ts';
import { CreateKeyDialog } from './CreateKeyDialog.tsx';

const SHOWN = ['valid', 'all'] as const;

type Standing = 'valid' | 'expired' | 'revoked';

function standingOf({ revoked_at, expires_at }: ApiKey, now: number): Standing {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && Date.parse(expires_at) <= now ? 'expired' : 'valid';
}

export function KeysCard() {
  const view = useView();
  const format = useFormat();
  const now = useNow(30_000);
  const query = useKeys();
  const shown = view.choice('keys', SHOWN);
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <>
      <Card
        title="API keys"
        about="Whoever has a key may do what its role may. The keys themselves are not stored."
        tools={
          <>
            <Select
              label="Shown"
              isLabelHidden
              value={shown}
              options={[
                ['valid', 'Valid keys'],
                ['all', 'All there ever were'],
              ]}
              onChange={(one) => view.set({ keys: one === SHOWN[0] ? null : one })}
            />
            <Button kind="primary" onClick={() => setCreating(true)}>
              Make a key
            </Button>
          </>
        }
      >
        <Answer query={query} loading={<Loading heightPx={240} label="Loading: keys" />}>
          {({ rows }) => (
            <DataTable
              caption="API keys"
              isCaptionHidden
              columns={columnsFor(format, now, setRevoking)}
              rows={rows.filter((key) => shown === 'all' || standingOf(key, now) === 'valid')}
              keyOf={({ id }) => id}
              empty={<Empty title="No key is valid" />}
            />
          )}
        </Answer>
      </Card>
      {/* Taken away when it is closed, and the secret with it. */}
      {isCreating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {revoking !== null && <RevokeDialog of={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

function RevokeDialog({ of: { id, name, role }, onClose }: { of: ApiKey; onClose: () => void }) {
  const revoke = useRevokeKey();
  const say = useToast();
  const confirm = (): void =>
    revoke.mutate(id, {
      onSuccess: () => {
        say(`The key “${name}” is revoked.`);
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={`Revoke “${name}”?`}
      isOpen
      does="Revoke for good"
      isDangerous
      doing={revoke}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        Whatever uses this key of the role {role} is refused within two seconds, and whoever signed in with it
        is signed out. A revoked key never becomes valid again.
      </p>
    </ConfirmDialog>
  );
}

function columnsFor(format: Format, now: number, revoke: (key: ApiKey) => void): DataColumn<ApiKey>[] {
  return [
    { name: 'Name', isLong: true, cell: ({ name }) => name, sortBy: ({ name }) => name },
    { name: 'Role', cell: ({ role }) => role, sortBy: ({ role }) => role },
    {
      name: 'Stands',
      cell: (key) => <StandingBadge standing={standingOf(key, now)} />,
      sortBy: (key) => standingOf(key, now),
    },
    {
      name: 'Made',
      cell: ({ created_at }) => format.dateTime(created_at),
      sortBy: ({ created_at }) => Date.parse(created_at),
    },
    {
      name: 'Ends',
      cell: ({ revoked_at, expires_at }) => {
        const end = revoked_at ?? expires_at;
        return end === null ? 'never' : format.dateTime(end);
      },
      sortBy: ({ revoked_at, expires_at }) =>
        Date.parse(revoked_at ?? expires_at ?? '') || Number.POSITIVE_INFINITY,
    },
    { name: 'Id', cell: ({ id }) => <code>{id}</code> },
    {
      name: 'Change',
      cell: (key) =>
        key.revoked_at === null && (
          <Button kind="danger" aria-label={`Revoke the key ${key.name}`} onClick={() => revoke(key)}>
            Revoke …
          </Button>
        ),
    },
  ];
}

function StandingBadge({ standing }: { standing: Standing }) {
  if (standing === 'valid') return <Badge kind="good">Valid</Badge>;
  return standing === 'expired' ? <Badge kind="warn">Expired</Badge> : <Badge>Revoked</Badge>;
}
