/** After the build: each text file beside itself as .br and .gz, so that the server compresses nothing; then the budget. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const BUILT = fileURLToPath(new URL('../../dist/web', import.meta.url));
const TEXT = /\.(?:js|css|html|svg|json)$/;
/** Smaller ones fit into a packet anyway. */
const MIN_BYTES = 1_024;

for (const name of readdirSync(BUILT, { recursive: true, encoding: 'utf8' })) {
  const path = join(BUILT, name);
  if (!TEXT.test(name) || name.startsWith('.vite') || statSync(path).size < MIN_BYTES) continue;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  );
}

await import('./size.ts');
