/** Scripts that lie in every dataset and read it, in R and in Python. */
import { readFileSync } from 'node:fs';

export const SNIPPETS = { R: 'read_dataset.R', python: 'read_dataset.py' } as const;

/** By their paths in the dataset. */
export function snippetTexts(): ReadonlyMap<string, string> {
  const text = (name: string): string =>
    readFileSync(new URL(`../../../replicate/${name}`, import.meta.url), 'utf8');
  return new Map(Object.values(SNIPPETS).map((name) => [name, text(name)]));
}
