/** What a person reads first in a dataset's folder, and how it is cited. */
import { formatMinor } from '../../domain/money.js';
import { CODEBOOK } from './codebook.js';
import { DESCRIPTOR, datasetTitle, tablesIn } from './descriptor.js';
import { CHECKSUMS, MANIFEST, type Manifest } from './manifest.js';
import { SNIPPETS } from './snippets.js';
import { TABLES } from './tables.js';
import { TIDES_CSV } from './tides.js';

export const README = 'README.md';
export const CITATION = 'CITATION.cff';

const count = (value: number): string => value.toLocaleString('en-US');

export function readmeText(manifest: Manifest, version: string): string {
  const { currency, zone, payments, riders, revenue_minor, sequence, adjustment_sequence } = manifest;
  const revenue = formatMinor(BigInt(revenue_minor), currency);
  const adjusted = formatMinor(BigInt(manifest.adjusted_minor), currency);
  return `# ${datasetTitle(manifest)}

Version \`${version}\`.

${count(payments)} payments of ${count(riders)} riders, ${revenue} ${currency.code} before adjustments; ${count(manifest.adjustments)} adjustments, ${adjusted} ${currency.code}.
Dates are those of ${zone}. Everything that had come in up to capture ${sequence} and adjustment ${adjustment_sequence} is in it.

## What is here

${tablesIn(manifest)
  .map((name) => `- \`${name}\`: ${TABLES[name].description}`)
  .join('\n')}

Each table is there as Parquet and as CSV (in \`csv/\`); \`payments\` and \`adjustments\` have files for each month.
[\`${CODEBOOK}\`](${CODEBOOK}) says what each column means, \`${DESCRIPTOR}\` says it to programs, \`${MANIFEST}\` says what the dataset is.
${tidesLine(manifest)}
## Reading it

- R: \`source("${SNIPPETS.R}"); payments <- read_table("payments")\`
- Python: \`from read_dataset import read_table; payments = read_table("payments")\`
- DuckDB: \`FROM read_parquet('payments/*/*.parquet', hive_partitioning = true) SELECT month, sum(price) GROUP BY month\`

Both scripts need nothing that has to be installed. Spark, Trino, Athena, BigQuery, Arrow and Polars take the folder
\`payments/\` as a table that is partitioned by \`month\`, on a disk or in an object store.

## Before you use it

- Payments are not trips: a pass hides how often it is used.
- Riders who have withdrawn from research or were erased are not in it, nor in its sums. So its sums may be below those of
  the agency's reports.
- Pseudonyms are personal data still. They are this study's own and tell nothing of those of another study; exact times
  and prices do. Nothing of this folder leaves the team but through \`farelog release\`.

## Whether it is whole

\`farelog dataset verify FOLDER\`, or \`sha256sum --check ${CHECKSUMS}\` within it. The version is made of the checksums: who
quotes it, quotes these very bytes. Cite it as \`${CITATION}\` says.
`;
}

function tidesLine({ tides }: Manifest): string {
  if (tides === null) return '';
  const riders = tides.with_riders ? 'with' : 'without';
  return `\n\`${TIDES_CSV}\` holds the payments after the standard TIDES 1.0, ${riders} riders; service days begin at ${tides.service_day_starts}.\nIts transactions have the provider's numbers, by which who has the provider's data finds the riders.\n`;
}

/** Strings of JSON are strings of YAML too. */
export function citationText(manifest: Manifest, version: string): string {
  const text = JSON.stringify;
  return [
    'cff-version: 1.2.0',
    'message: "Please cite this dataset by its version."',
    'type: dataset',
    `title: ${text(datasetTitle(manifest))}`,
    `version: ${text(version)}`,
    'authors:',
    ...manifest.authors.map((author) => `  - name: ${text(author)}`),
    '',
  ].join('\n');
}
