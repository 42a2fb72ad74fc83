/** Composition of releases: what an open Farelog, or a frozen dataset of it, gives to the gate. */
import { join } from 'node:path';
import type { App } from './app.js';
import { attackReleases } from './research/attack/attack.js';
import { openDataset } from './research/dataset/open-dataset.js';
import { observeLive } from './research/live-observations.js';
import type { Observations, Provenance } from './research/observations.js';
import { type BuiltBy, type BuiltRelease, buildRelease, type Gate } from './research/release/build.js';
import type { Declaration } from './research/release/declaration.js';
import { releaseKey, ridersNow } from './research/release/riders.js';
import { pseudonymSecret } from './secrets.js';

/** What is released: a frozen dataset, or the payments as they are. */
export interface ReleaseOf {
  readonly dataset?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly asOf?: number | undefined;
}

/**
 * @param show told what is being done
 * @throws what `buildRelease` throws
 */
export async function buildReleaseNow(
  app: App,
  declaration: Declaration,
  of: ReleaseOf,
  by: BuiltBy,
  show: (text: string) => void,
): Promise<BuiltRelease> {
  const observations = await observed(app, of, show);
  show('Hiding small cells, and attacking what is shown');
  return buildRelease(gateOf(app, observations.provenance), observations, declaration, by);
}

async function observed(
  { store, reader, clock }: App,
  { dataset, from, to, asOf }: ReleaseOf,
  show: (text: string) => void,
): Promise<Observations> {
  if (dataset !== undefined) {
    show('Reading the dataset');
    return openDataset(dataset, { verify: true });
  }
  return observeLive(
    { store, calendar: reader.calendar, currency: reader.currency, clock },
    {
      ...{ from, to, asOf },
      onProgress: (payments) => show(`Reading payments: ${payments.toLocaleString('en-US')}`),
    },
  );
}

function gateOf({ config, store, clock }: App, provenance: Provenance): Gate {
  const secret = pseudonymSecret(config);
  return {
    ...{ store, clock, folder: join(config.dataDir, 'releases') },
    keyOf: (release) => releaseKey(secret, release),
    riders: ridersNow(store, secret, provenance),
    attack: attackReleases,
  };
}
