/** The README of a release: for whoever gets it. */
import { MEASURES } from './declaration.js';
import type { Prepared, Released } from './prepared.js';

export function readmeText(
  { observations, declaration, lattice }: Prepared,
  { records, unicity }: Omit<Released, 'sha256'>,
): string {
  const { release, purpose, k, measures, recipient } = declaration;
  const tables = lattice.grids.filter(({ told }) => told).map(({ name }) => `- \`${name}.csv\``);
  const means: Readonly<Record<(typeof MEASURES)[number], string>> = {
    riders: 'different riders who paid',
    payments: 'payments',
    revenue: `prices as they were paid, in ${observations.currency.code}, before any refund`,
  };
  const columns = MEASURES.filter((name) => measures.includes(name)).map(
    (name) => `- \`${name}\`: ${means[name]}`,
  );
  const rows =
    records === null
      ? ['There are no rows of single payments here.']
      : [
          `\`records.csv\` has ${records} rows of single payments, as coarse as the tables. Rows of a kind that fewer than ${k}`,
          'riders have, and some more, are left out: it is no sample, and its sums are too small.',
          unicity === null
            ? 'Nothing tells which rows are of one rider.'
            : '`rider` is a name within this release alone; no other release has it.',
        ];
  return `${[
    `# ${release}`,
    '',
    `For ${recipient}: ${purpose}`,
    '',
    `Payments from ${observations.from} to before ${observations.to} (${observations.zone}), without riders who were erased`,
    'or have withdrawn from research.',
    '',
    ...tables,
    '',
    'A table has a row for every cell. Columns:',
    '',
    ...columns,
    `- \`suppressed\`: 1 where the cell is hidden: fewer than ${k} riders paid in it, or one rider outweighs the others, or`,
    '  hiding it keeps another from being found. Hidden cells look all alike. Zeros are shown.',
    '',
    '`week` is the date of its Sunday; weeks and months at the ends are cut where the period ends.',
    '',
    ...rows,
    '',
    'Payments are not trips: a pass hides how often it is used. Whoever tries to find a person in this release breaks the',
    'terms under which it was given. `sha256sum --check SHA256SUMS` tells whether the files are whole.',
  ].join('\n')}\n`;
}
