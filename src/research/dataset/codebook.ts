/** `codebook.md`: every column in words, made of the same columns that write the files. */
import type { Currency } from '../../domain/money.js';
import { tablesIn } from './descriptor.js';
import type { Manifest } from './manifest.js';
import { type Column, type ColumnType, TABLES, type TableName } from './tables.js';

export const CODEBOOK = 'codebook.md';

function typeText(type: ColumnType, { code, digits }: Currency): string {
  const texts: Readonly<Record<ColumnType, string>> = {
    integer: 'whole number',
    timestamp: 'time, UTC',
    date: 'date',
    money: `${code}, exact to ${digits} digits`,
    text: 'text',
  };
  return texts[type];
}

export function codebookText(manifest: Manifest): string {
  const { study, zone, currency } = manifest;
  const intro = [
    `# Codebook of the study ${study}`,
    '',
    `Dates, days and months are those of ${zone}. Money is in ${currency.code}. In CSV an empty cell has no value, times are ` +
      'written as `2026-03-01T14:05:09Z`, and text that a spreadsheet would run as a formula begins with an apostrophe more.',
    'In Parquet money is a decimal and times are in UTC.',
    '',
  ];
  const tables = tablesIn(manifest).flatMap((name) => tableLines(manifest, name));
  return [...intro, ...tables].join('\n');
}

function tableLines({ tables, currency }: Manifest, name: TableName): string[] {
  const { title, description, columns, primaryKey, monthly } = TABLES[name];
  const rows = tables.reduce((sum, part) => sum + (part.table === name ? part.rows : 0), 0);
  const files = monthly
    ? `\`${name}/month=YYYY-MM/${name}.parquet\`, \`csv/${name}/${name}-YYYY-MM.csv\``
    : `\`${name}/${name}.parquet\`, \`csv/${name}.csv\``;
  const key = primaryKey.length > 0 ? ` Each row has its own ${primaryKey.map(quoted).join(' and ')}.` : '';
  return [
    `## ${title}`,
    '',
    `${description}${key} ${rows.toLocaleString('en-US')} rows, in ${files}.`,
    '',
    '| Column | Type | Empty | Meaning |',
    '|---|---|---|---|',
    ...columns.map((column: Column) => {
      const { name: own, type, nullable, description: meaning } = column;
      return `| ${quoted(own)} | ${typeText(type, currency)} | ${nullable === true ? 'may be' : 'never'} | ${meaning} |`;
    }),
    '',
  ];
}

const quoted = (name: string): string => `\`${name}\``;
