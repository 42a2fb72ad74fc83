/** From observations and a declaration to a release: what is shown of them, whether that may be, and its files. */
import { AppError } from '../../domain/errors.js';
import { harmlessText } from '../../domain/formula.js';
import { dayOf } from '../days.js';
import { countCells } from './counting.js';
import { bandStarts, type Declaration } from './declaration.js';
import { ReleaseFolder } from './folder.js';
import { type Hidden, hideCells } from './hiding.js';
import { latticeOf } from './lattice.js';
import { type ReleasePayments, withSortedTypes } from './payments.js';
import type { Prepared, Released } from './prepared.js';
import { readmeText } from './readme.js';
import {
  placeColumns,
  pseudonymIn,
  type ReleasedRecords,
  recordRows,
  releasedRecords,
  tableColumns,
  tableRows,
} from './rows.js';
import { type Unicity, unicityOf } from './unicity.js';

/** What the attack can still put together. */
const MOST_ATOMS = 50_000;

/** @throws AppError `invalid` where what is declared cannot be released */
export function prepareRelease(given: ReleasePayments, declaration: Declaration): Prepared & Hidden {
  const observations = withSortedTypes(given);
  const { from, to, types, currency } = observations;
  const starts = bandStarts(declaration, currency);
  const days = { first: dayOf(from), count: dayOf(to) - dayOf(from) };
  const lattice = latticeOf(declaration, days, types.length, starts.length + 1);
  if (lattice.atoms > MOST_ATOMS)
    throw new AppError(
      'invalid',
      `The tables divide the payments into ${lattice.atoms} pieces, over the limit of ${MOST_ATOMS}. Coarsen the time or the price bands.`,
    );
  const counts = countCells(observations, lattice, starts);
  const words = { types, bandStarts: starts, currency };
  return {
    ...{ observations, declaration, lattice, counts, words },
    ...hideCells(lattice, counts, declaration),
  };
}

/**
 * Writes a release into a new folder.
 * @param key under which its riders are named
 * @throws AppError `invalid` where too many riders would be unique
 */
export function writeRelease(prepared: Prepared, path: string, key: Buffer): Released {
  const { declaration, lattice, counts, hidden, words } = prepared;
  const folder = new ReleaseFolder(path);
  const told = lattice.grids.flatMap((grid, index) => (grid.told ? [{ grid, index }] : []));
  let [shownCells, hiddenCells] = [0, 0];
  for (const { grid, index } of told) {
    const isShown = (cell: number): boolean => hidden[index]?.[cell] === 0;
    const { measures } = declaration;
    const rows = tableRows(lattice, counts, index, isShown, measures, words);
    folder.writeCsv(`${grid.name}.csv`, tableColumns(grid, measures), rows);
    for (let cell = 0; cell < grid.cells; cell++) isShown(cell) ? shownCells++ : hiddenCells++;
  }
  const records = writeRecords(prepared, folder, key);
  const released = {
    ...{ tables: told.length, shown: shownCells, hidden: hiddenCells },
    records: records?.rows ?? null,
    unicity: records?.unicity ?? null,
  };
  folder.writeText('release.json', descriptionText(prepared, released));
  folder.writeText('README.md', readmeText(prepared, released));
  return { sha256: folder.seal(), ...released };
}

function writeRecords(prepared: Prepared, folder: ReleaseFolder, key: Buffer) {
  const { observations, declaration, lattice, hidden, words } = prepared;
  const { records: wanted } = declaration;
  const index = lattice.grids.findIndex(({ inRecords }) => inRecords);
  const grid = lattice.grids[index];
  if (wanted === null || grid === undefined) return undefined;
  const names = wanted.pseudonyms ? observations.riders.map((rider) => pseudonymIn(key, rider)) : undefined;
  const isShown = (cell: number): boolean => hidden[index]?.[cell] === 0;
  const records = releasedRecords(observations, lattice, grid, isShown, words.bandStarts, names);
  const unicity = wanted.pseudonyms ? checkedUnicity(prepared, records, grid.cells) : null;
  const columns = [...placeColumns(grid.levels), ...(names === undefined ? [] : ['rider'])];
  folder.writeCsv('records.csv', columns, recordRows(observations, grid, records, names, words));
  return { rows: records.order.length, unicity };
}

/** @throws AppError `invalid` where the share of unique riders is over the declaration's limit */
function checkedUnicity(
  { observations, declaration }: Prepared,
  records: ReleasedRecords,
  cells: number,
): Unicity[] {
  const { limit, ...sample } = declaration.unicity;
  const unicity = unicityOf(observations, records, cells, sample);
  const over = unicity.find(({ share }) => share !== null && share > limit);
  if (over === undefined) return unicity;
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  throw new AppError(
    'invalid',
    `${over.payments} of their payments single out ${percent(over.share ?? 0)} of ${over.riders_tried} riders; ` +
      `the limit is ${percent(limit)}. Coarsen the time of the records (week, month), take fewer or wider price bands, ` +
      'leave the type out, or release the records without pseudonyms.',
  );
}

/**
 * What a program needs to read the release. It says nothing of how much was hidden for which reason, nor of the last capture:
 * that tells how many payments there are, and so what hidden cells add up to.
 */
function descriptionText(
  { observations, declaration, lattice, words }: Prepared,
  { unicity }: Pick<Released, 'unicity'>,
): string {
  const { records } = declaration;
  const described = {
    format: 'farelog-release/1',
    release: declaration.release,
    recipient: declaration.recipient,
    purpose: declaration.purpose,
    from: observations.from,
    to: observations.to,
    zone: observations.zone,
    currency: observations.currency.code,
    digits: observations.currency.digits,
    k: declaration.k,
    dominance_percent: declaration.dominance_percent,
    measures: declaration.measures,
    // As the tables write them, so that a row's type is found among them.
    types: words.types.map(harmlessText),
    price_bands: words.bandStarts,
    tables: lattice.grids
      .filter(({ told }) => told)
      .map(({ name, levels }) => ({ file: `${name}.csv`, ...levels })),
    records: records === null ? null : { file: 'records.csv', ...records },
    unicity: unicity === null ? null : { limit: declaration.unicity.limit, measured: unicity },
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}
