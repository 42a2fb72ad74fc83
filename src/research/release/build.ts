/**
 * Building a release: the gate through which alone data leave the team.
 *
 * draft → attacked → logged → released. The draft is written beside where the release will stand, under a name of its own;
 * it is attacked as a stranger would; then one transaction looks whether riders were erased or have withdrawn meanwhile, holding
 * off both, and writes log and audit; and only then the folder gets its name. What fails before leaves nothing behind. A
 * process that is killed between log and name leaves a logged release whose folder is still a draft: the log may say
 * more than has left, never less.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent } from '../../domain/audit.js';
import { AppError } from '../../domain/errors.js';
import { appendAudit } from '../../store/audit.js';
import type { Store } from '../../store/dialect.js';
import { erasureVersion, holdErasures } from '../../store/erasures.js';
import { addRelease, isReleased, releasesOver } from '../../store/releases.js';
import type { AttackReport } from '../attack/attack.js';
import type { Declaration } from './declaration.js';
import { prepareRelease, writeRelease } from './make.js';
import { onlyRiders, type ReleasePayments } from './payments.js';
import type { Released } from './prepared.js';
import type { RidersNow } from './riders.js';

export interface Gate {
  readonly store: Store;
  readonly clock: () => number;
  /** Where releases stand, a folder each. */
  readonly folder: string;
  /** Names riders in the release of that name. */
  readonly keyOf: (release: string) => Buffer;
  /** Who may be in a release, as its payments name them. */
  readonly riders: RidersNow;
  readonly attack: (folders: readonly string[]) => Promise<AttackReport>;
}

export type BuiltBy = Pick<AuditEvent, 'actor' | 'operation'>;

export interface BuiltRelease extends Released {
  readonly release: string;
  readonly folder: string;
  /** Cells hidden because of few riders, because one outweighs the others, and for the sake of those. */
  readonly few: number;
  readonly dominated: number;
  readonly complementary: number;
  /** Earlier releases of some of the same days. */
  readonly over_the_same_days: readonly string[];
}

/** @throws AppError `invalid` or `conflict` where nothing was released, with what would help */
export async function buildRelease(
  gate: Gate,
  given: ReleasePayments,
  declaration: Declaration,
  by: BuiltBy,
): Promise<BuiltRelease> {
  const { store, folder } = gate;
  const { release } = declaration;
  const path = join(folder, release);
  if (existsSync(path) || (await isReleased(store.knex, release))) throw nameTaken(release);
  const version = await erasureVersion(store.knex);
  const observations = withoutTheGone(given, await gate.riders.here());
  const prepared = prepareRelease(observations, declaration);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${release}.${randomBytes(6).toString('hex')}`);
  try {
    const released = writeRelease(prepared, draft, gate.keyOf(release));
    await requireHeld(gate, draft);
    const { few, dominated, complementary } = prepared;
    const over = await releasesOver(store.knex, observations.from, observations.to);
    const built = {
      ...{ release, folder: path, ...released, few, dominated, complementary },
      over_the_same_days: over,
    };
    await logRelease(gate, observations, declaration, built, by, version);
    renameSync(draft, path);
    return built;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function nameTaken(release: string): AppError {
  return new AppError(
    'conflict',
    `There is a release ${release} already. Each needs a name of its own, by which its riders are named: choose another.`,
  );
}

/** Riders who were erased or have withdrawn are left out of what the database holds; a dataset that holds them is refused. */
function withoutTheGone(payments: ReleasePayments, here: ReadonlySet<string>): ReleasePayments {
  if (payments.provenance.kind === 'live') return onlyRiders(payments, here);
  const gone = payments.riders.filter((rider) => !here.has(rider)).length;
  if (gone === 0) return payments;
  throw new AppError(
    'conflict',
    `${gone} riders of the dataset were erased or have withdrawn since it was built, or it was built with another ` +
      'pseudonym key. Build the dataset anew (`farelog dataset build`), release that one, and delete this one.',
  );
}

/** The attack is the last word, whatever the builder believes. */
async function requireHeld({ attack }: Gate, draft: string): Promise<void> {
  const { recovered } = await attack([draft]).catch((error: unknown) => {
    throw new AppError('invalid', 'The release could not be attacked, so nothing was released.', {
      cause: error,
    });
  });
  const [first] = recovered;
  if (first === undefined) return;
  throw new AppError(
    'invalid',
    `The release was attacked before it left, and ${recovered.length} of its small cells were found, such as one of ` +
      `${first.file} (${first.how}). That is a mistake of Farelog's: nothing was released. Coarsen it, and report this.`,
  );
}

async function logRelease(
  { store, clock, riders }: Gate,
  observations: ReleasePayments,
  declaration: Declaration,
  built: BuiltRelease,
  by: BuiltBy,
  version: number,
): Promise<void> {
  const { provenance, from, to } = observations;
  const { release, recipient, purpose } = declaration;
  const { sha256, folder: _folder, release: _name, ...contents } = built;
  const at_ms = clock();
  await store.write(async (trx) => {
    // From here on nobody is erased or withdraws until this transaction ends.
    const isErasedSince = (await holdErasures(trx)) !== version;
    const withdrawn = await riders.withdrawn(trx);
    if (isErasedSince || observations.riders.some((rider) => withdrawn.has(rider)))
      throw new AppError(
        'conflict',
        'Riders were erased or have withdrawn while the release was made, so nothing was released. Build it again.',
      );
    if (await isReleased(trx, release)) throw nameTaken(release);
    await addRelease(trx, {
      ...{ name: release, at_ms, actor: by.actor, recipient, purpose },
      study: provenance.kind === 'dataset' ? provenance.study : '',
      dataset_version: provenance.kind === 'dataset' ? provenance.version : '',
      ...{ as_of: provenance.sequence, from_date: from, to_date: to },
      settings: JSON.stringify(declaration),
      contents: JSON.stringify(contents),
      sha256,
    });
    const filter = JSON.stringify({ release, sha256 });
    await appendAudit(trx, [{ ...by, action: 'release.build', filter, at_ms }]);
  });
}
