/** Files of a study's own: CSVs that name riders by the pseudonyms of the data. */
import { parse } from 'csv-parse/sync';
import { type Refusal, refuse } from './numeric/answer.js';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Rows of the file of that name, the first line being their titles. */
export function fileRows(text: string, name: string, columns: string): string[][] | Refusal {
  if (text.length > MAX_FILE_BYTES)
    return refuse('out_of_domain', `The file of ${name} is over ${MAX_FILE_BYTES / 1024 ** 2} MiB.`);
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch {
    return refuse('out_of_domain', `The file of ${name} is no CSV; its columns are ${columns}.`);
  }
}
