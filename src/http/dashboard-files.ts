/**
 * The dashboard's files, as its build has left them. They are listed once, when the server is made, and an address is
 * looked up in that list: no path is ever made of what a request says, so none can lead out of the folder. A build that
 * comes later is seen by the next start.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { isKnown } from './figures.js';
import { requestError } from './problem.js';

/** Everything comes from here, pictures also from within the page; no script or style stands in the page itself. */
const DASHBOARD_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Best first. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;
type Encoding = keyof typeof ENCODINGS;

/** Addresses that are not the dashboard's, nor anything below them: what is not found there is answered as such. */
const OTHERS = ['api', 'assets', 'docs', 'healthz', 'metrics', 'readyz', 'webhooks'];

interface DashboardFile {
  readonly path: string;
  readonly type: string;
  /** Its name has a hash of its content, so whoever has it need not ask again. */
  readonly immutable: boolean;
  /** What it was compressed to beforehand. */
  readonly encodings: readonly Encoding[];
}

export class DashboardFiles {
  readonly #files: ReadonlyMap<string, DashboardFile>;

  constructor(folder: string) {
    this.#files = filesOf(folder);
  }

  /** The page; undefined where the dashboard was not built. */
  get index(): DashboardFile | undefined {
    return this.#files.get('/index.html');
  }

  /** By its address, from the first slash on. */
  file(address: string): DashboardFile | undefined {
    return this.#files.get(address);
  }

  /** What answers an address that is no route: a file, or the page where a browser goes to one of its views. */
  elsewhere({ method, url, headers }: FastifyRequest): DashboardFile | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const address = url.split('?')[0] ?? url;
    if (OTHERS.includes(address.split('/')[1] ?? '')) return undefined;
    const accepted = new Negotiator({ headers }).mediaTypes();
    return this.file(address) ?? (accepted.includes('text/html') ? this.index : undefined);
  }
}

function filesOf(folder: string): Map<string, DashboardFile> {
  const paths = new Set(pathsIn(folder));
  const files = new Map<string, DashboardFile>();
  for (const path of paths) {
    const plain = path.replace(/\.(br|gz)$/, '');
    if (plain !== path && paths.has(plain)) continue;
    const address = `/${relative(folder, path).split(sep).join('/')}`;
    files.set(address, {
      path,
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      immutable: address.startsWith('/assets/'),
      encodings: encodingsOf((suffix) => paths.has(path + suffix)),
    });
  }
  return files;
}

function encodingsOf(has: (suffix: string) => boolean): Encoding[] {
  const all: readonly Encoding[] = ['br', 'gzip'];
  return all.filter((encoding) => has(ENCODINGS[encoding]));
}

/** Links are left out: they could lead anywhere. */
function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

export async function sendDashboardFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, type, immutable, encodings }: DashboardFile,
): Promise<FastifyReply> {
  const accepted = new Negotiator(request).encodings([...encodings]);
  const encoding = encodings.find((one) => accepted.includes(one));
  const bytes = await readIfThere(encoding === undefined ? path : path + ENCODINGS[encoding]);
  if (bytes === undefined) {
    throw requestError(404, 'The dashboard was built anew meanwhile. Start Farelog again to serve it.');
  }
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  reply.headers({
    etag,
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': DASHBOARD_POLICY,
    vary: 'accept-encoding',
  });
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply.type(type).send(bytes);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
