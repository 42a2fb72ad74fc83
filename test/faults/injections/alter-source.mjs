/**
 * For modules that are loaded before the service: a wrong build that differs from the right one in one expression. The
 * text is altered while its module is loaded, in every thread; the files stay as they are.
 */
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

/** `from` must stand in `dist/<file>`: a control that alters nothing would be no control. */
export function alterSource(file, from, to) {
  const { href } = new URL(`../../../dist/${file}`, import.meta.url);
  if (!readFileSync(fileURLToPath(href), 'utf8').includes(from))
    throw new Error(`dist/${file} no longer holds: ${from}`);
  register(import.meta.url, { data: { href, from, to } });
}

/** One module registered again is the same one, in the thread that loads for all. */
const alterations = [];

export function initialize(data) {
  alterations.push(data);
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const here = alterations.filter(({ href }) => href === url);
  if (here.length === 0) return loaded;
  const alter = (source, { from, to }) => source.replace(from, () => to);
  return { ...loaded, source: here.reduce(alter, String(loaded.source)) };
}
