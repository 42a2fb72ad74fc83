/** `datapackage.json`: the dataset as Frictionless describes tables, made of the same columns that write the files. */
import type { Manifest } from './manifest.js';
import { type Column, type ColumnType, TABLE_NAMES, TABLES, type Table, type TableName } from './tables.js';

export const DESCRIPTOR = 'datapackage.json';

const FIELD_TYPES: Readonly<Record<ColumnType, string>> = {
  integer: 'integer',
  timestamp: 'datetime',
  date: 'date',
  money: 'number',
  text: 'string',
};

export const datasetName = ({ study, from, to }: Manifest): string => `${study}_${from}_${to}`;
export const datasetTitle = ({ study, from, to }: Manifest): string =>
  `Transit payments of the study ${study}, ${from} to before ${to}`;

export function descriptorText(manifest: Manifest, version: string): string {
  const { zone, currency, sequence, adjustment_sequence } = manifest;
  const descriptor = {
    profile: 'tabular-data-package',
    name: datasetName(manifest),
    title: datasetTitle(manifest),
    version,
    contributors: manifest.authors.map((title) => ({ title, role: 'author' })),
    farelog: { zone, currency: currency.code, sequence, adjustment_sequence },
    resources: tablesIn(manifest).map((name) => resourceOf(manifest, TABLES[name])),
  };
  return `${JSON.stringify(descriptor, null, 2)}\n`;
}

/** Tables that the dataset has files of, in the order of the codebook. */
export function tablesIn({ tables }: Manifest): TableName[] {
  return TABLE_NAMES.filter((name) => tables.some(({ table }) => table === name));
}

function resourceOf(manifest: Manifest, table: Table): object {
  const parts = manifest.tables.filter((part) => part.table === table.name);
  const paths = parts.map(({ csv }) => csv);
  const { primaryKey, foreignKeys } = table;
  return {
    name: table.name,
    title: table.title,
    description: table.description,
    profile: 'tabular-data-resource',
    path: paths.length === 1 ? paths[0] : paths,
    ...{ format: 'csv', mediatype: 'text/csv', encoding: 'utf-8' },
    parquet: parts.map(({ parquet }) => parquet),
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    schema: {
      fields: table.columns.map(fieldOf),
      missingValues: [''],
      ...(primaryKey.length > 0 && { primaryKey }),
      ...(foreignKeys.length > 0 && {
        foreignKeys: foreignKeys.map(({ field, table: resource }) => ({
          fields: field,
          reference: { resource, fields: field },
        })),
      }),
    },
  };
}

function fieldOf({ name, type, nullable, description }: Column): object {
  return {
    ...{ name, type: FIELD_TYPES[type], description },
    ...(nullable !== true && { constraints: { required: true } }),
  };
}
