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

let alteration;

export function initialize(data) {
  alteration = data;
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (url !== alteration.href) return loaded;
  return { ...loaded, source: String(loaded.source).replace(alteration.from, () => alteration.to) };
}
