/** Writes the types of the HTTP interface anew. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publishedTypes } from './published-types.ts';

const FILE = fileURLToPath(new URL('../src/api/schema.ts', import.meta.url));

writeFileSync(FILE, await publishedTypes());
