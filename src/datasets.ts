/** Composition of datasets: built of an open Farelog. */
import type { App } from './app.js';
import {
  type BuildListeners,
  type BuiltBy,
  type BuiltDataset,
  buildDataset,
} from './research/dataset/build.js';
import type { DatasetRequest } from './research/dataset/request.js';
import { pseudonymSecret } from './secrets.js';

/** @throws what `buildDataset` throws */
export function buildDatasetNow(
  { store, clock, config }: App,
  request: DatasetRequest,
  by: BuiltBy,
  listeners: BuildListeners = {},
): Promise<BuiltDataset> {
  const { zone, currency } = config;
  const secret = (): string => pseudonymSecret(config);
  return buildDataset({ store, zone, currency, clock, secret }, request, by, listeners);
}
