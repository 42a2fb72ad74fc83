/**
 * Scripts that run a study again from the frozen dataset's CSV, in other programs and by other hands: R and Python without
 * any package. What was chosen stands at their head, what is done with it in `replicate/`.
 */
import { readFileSync } from 'node:fs';
import type { StudyResult } from './study.js';

export const LANGUAGES = { R: 'replicate.R', python: 'replicate.py' } as const;
export type Language = keyof typeof LANGUAGES;

/** Strings of JSON are strings of R and Python too. */
const WRITE: Record<
  Language,
  {
    readonly yes: string;
    readonly no: string;
    readonly head: (pairs: readonly (readonly [string, string])[]) => string;
  }
> = {
  R: {
    yes: 'TRUE',
    no: 'FALSE',
    head: (pairs) =>
      `chosen <- list(\n${pairs.map(([name, value]) => `  ${name} = ${value}`).join(',\n')}\n)\n`,
  },
  python: {
    yes: 'True',
    no: 'False',
    head: (pairs) => `chosen = {\n${pairs.map(([name, value]) => `    "${name}": ${value},\n`).join('')}}\n`,
  },
};

/** The script that runs this result's study again; `segments.csv` stands for a file of segments, which is not in a result. */
export function replicationOf(result: StudyResult, language: Language): string {
  const { yes, no, head } = WRITE[language];
  const { study, from, to } = result;
  const pairs = Object.entries({ study, from, to, ...result.options }).flatMap(
    ([name, value]): [string, string][] => {
      if (typeof value === 'boolean') return [[name, value ? yes : no]];
      return typeof value === 'number' || typeof value === 'string' ? [[name, JSON.stringify(value)]] : [];
    },
  );
  const script = readFileSync(new URL(`../../replicate/${LANGUAGES[language]}`, import.meta.url), 'utf8');
  const assign = language === 'R' ? '<-' : '=';
  const file = result.options.segments === 'file' ? `segments_file ${assign} "segments.csv"\n` : '';
  return `# ${result.title}, ${from} to before ${to}\n${head(pairs)}${file}\n${script}`;
}

/** Both scripts, as files beside the result's others. */
export const replicationFiles = (
  result: StudyResult,
): { readonly path: string; readonly content: string }[] => [
  { path: LANGUAGES.R, content: replicationOf(result, 'R') },
  { path: LANGUAGES.python, content: replicationOf(result, 'python') },
];
