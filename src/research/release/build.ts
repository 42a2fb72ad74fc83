/**
 * Building a release: the gate through which alone data leave the team.
 *
 * draft → attacked → logged → released. The draft is written beside where the release will stand, under a name of its own;
 * it is attacked as a stranger would; then one transaction looks once more who was erased or has withdrawn meanwhile, holding
 * off both, and writes log and audit; and only then the folder gets its name. What fails before leaves nothing behind. A
 * process that is killed between log and name leaves a logged release whose folder is still a draft: the log may say
 * more than has left, never less.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { AuditEvent } from '../../domain/audit.js';
import { AppError } from '../../domain/errors.js';
import { appendAudit } from '../../store/audit.js';
import type { Store } from '../../store/dialect.js';
import { erasureVersion, holdErasures } from '../../store/erasures.js';
import { addRelease, isReleased, releasesOver } from '../../store/releases.js';
import { attackReleases } from '../attack/attack.js';
import type { Observations } from '../observations.js';
import type { Declaration } from './declaration.js';
import { prepareRelease, writeRelease } from './make.js';
import type { Released } from './prepared.js';

export interface Gate {
  readonly store: Store;
  readonly clock: () => number;
  /** Where releases stand, a folder each. */
  readonly folder: string;
  /** Names riders in the release of that name. */
  readonly keyOf: (release: string) => Buffer;
  /** Stored ids of all who have payments here and have not withdrawn, as the dataset's study names them. */
  readonly ridersNow: (trx: Knex) => Promise<ReadonlySet<string>>;
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
  observations: Observations,
  declaration: Declaration,
  by: BuiltBy,
): Promise<BuiltRelease> {
  const { store, folder } = gate;
  const { release } = declaration;
  const path = join(folder, release);
  if (existsSync(path) || (await isReleased(store.knex, release)))
    throw new AppError(
      'conflict',
      `There is a release ${release} already. Each needs a name of its own, by which its riders are named: choose another.`,
    );
  const version = await erasureVersion(store.knex);
  requireAllHere(observations.riders, await store.snapshot(gate.ridersNow));
  const prepared = prepareRelease(observations, declaration);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${release}.${randomBytes(6).toString('hex')}`);
  try {
    const released = writeRelease(prepared, draft, gate.keyOf(release));
    await requireHeld(draft);
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

/** Whoever was erased or has withdrawn since the dataset was built is still in it, and may not leave. */
function requireAllHere(riders: readonly string[], now: ReadonlySet<string>): void {
  const gone = riders.reduce((count, rider) => count + (now.has(rider) ? 0 : 1), 0);
  if (gone === 0) return;
  throw new AppError(
    'conflict',
    `${gone} riders of the dataset were erased or have withdrawn since it was built, or it was built with another ` +
      'pseudonym key. Build the dataset anew (`farelog dataset build`), release that one, and delete this one.',
  );
}

/** The attack is the last word, whatever the builder believes. */
async function requireHeld(draft: string): Promise<void> {
  const { recovered } = await attackReleases([draft]).catch((error: unknown) => {
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
  { store, clock, ridersNow }: Gate,
  { provenance, from, to, riders }: Observations,
  declaration: Declaration,
  built: BuiltRelease,
  by: BuiltBy,
  version: number,
): Promise<void> {
  const { release, recipient, purpose } = declaration;
  const { sha256, folder: _folder, release: _name, ...contents } = built;
  const at_ms = clock();
  await store.write(async (trx) => {
    // From here on nobody is erased or withdraws until this transaction ends.
    const held = await holdErasures(trx);
    if (held !== version || (await isReleased(trx, release)))
      throw new AppError(
        'conflict',
        'Riders were erased, or a release of that name was made, while this one was built. Build the dataset anew and release that one.',
      );
    requireAllHere(riders, await ridersNow(trx));
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
    await appendAudit(trx, [{ ...by, action: 'releases.build', filter, at_ms }]);
  });
}
