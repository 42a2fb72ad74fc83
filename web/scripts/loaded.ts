/** What a browser loads before the first chart is drawn, from the manifest of the build, and how large that is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';

/** Compressed with gzip; brotli, which browsers are sent, is smaller. */
export const MAX_BYTES = 200 * 1024;

/** The page that people begin with, and what draws its first chart. */
const BEFORE_FIRST_CHART = ['index.html', 'src/pages/overview/OverviewPage.tsx', 'src/charts/drawing.ts'];

const MANIFEST = z.record(
  z.string(),
  z.object({ file: z.string(), imports: z.array(z.string()).default([]) }),
);

export interface LoadedFile {
  readonly file: string;
  readonly bytes: number;
}

/** Every script of the entries and what they import, at its compressed size, the largest first. */
export function loadedBeforeFirstChart(folder: string): LoadedFile[] {
  const manifest = MANIFEST.parse(JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')));
  const files = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const one of chunk.imports) visit(one);
  };
  for (const name of BEFORE_FIRST_CHART) visit(name);
  return [...files]
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(folder, file)), { level: 9 }).length }))
    .sort((a, b) => b.bytes - a.bytes);
}
