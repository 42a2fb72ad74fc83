/**
 * Gathers the facts: reads, and changes nothing. What cannot be read is a fact too, since the doctor is called when
 * something is broken.
 */
import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { request } from 'undici';
import { type Config, type Environment, inspectSettings, SECRET_SETTINGS } from '../config.js';
import { codeOf, messageOf } from '../domain/errors.js';
import { findSecrets, SECRETS_FOLDER } from '../secrets.js';
import { sqliteFile } from '../store/open.js';
import type { DiskFacts, Facts, PortFact, SecretFact, SettingFacts } from './facts.js';
import { gatherDatabase } from './gather-database.js';

/** @param nowMs milliseconds since 1970, by this machine's clock */
export async function gather(environment: Environment, nowMs: () => number): Promise<Facts> {
  const { config, problems } = inspectSettings(environment);
  const secrets = secretFacts(config, environment);
  const database = await gatherDatabase(config, nowMs);
  return {
    nowMs: nowMs(),
    node: process.versions.node,
    settings: settingFacts(config, problems),
    secrets,
    disks: await diskFacts(config, secrets),
    port: await portFact(config.host, config.port),
    database,
  };
}

function settingFacts(config: Config, problems: readonly string[]): SettingFacts {
  const { unknownSettings, host, port, metrics, clockSkewS, limits, acceptWeakDurability } = config;
  const { batchBytes } = limits;
  return {
    problems,
    unknown: unknownSettings,
    host,
    port,
    metrics,
    clockSkewS,
    batchBytes,
    acceptWeakDurability,
  };
}

/** Those that are given, wherever from, and those that Farelog makes itself. */
function secretFacts(config: Config, environment: Environment): SecretFact[] {
  const given = SECRET_SETTINGS.flatMap((setting): SecretFact[] => {
    const path = environment[`${setting}_FILE`];
    if (path) return [fileFact(setting, 'file', path)];
    if (!environment[setting]) return [];
    return [{ setting, from: 'environment', path: null, mode: null, folderMode: null, empty: false }];
  });
  const known = new Set(given.map(({ setting }) => setting));
  const made = findSecrets(config)
    .filter(({ setting }) => !known.has(setting))
    .map(({ setting, path }): SecretFact => fileFact(setting, 'made', path));
  return [...given, ...made];
}

function fileFact(setting: string, from: 'file' | 'made', path: string): SecretFact {
  try {
    const { mode, size } = statSync(path);
    const folderMode = from === 'made' ? statSync(dirname(path)).mode : null;
    return { setting, from, path, mode, folderMode, empty: size === 0 };
  } catch {
    // A given file that cannot be read is among the problems of the settings already.
    return { setting, from: 'nowhere', path, mode: null, folderMode: null, empty: false };
  }
}

async function diskFacts(config: Config, secrets: readonly SecretFact[]): Promise<DiskFacts[]> {
  const disks: DiskFacts[] = [];
  const file = fileOf(config);
  if (file !== undefined) {
    const log = sizeOf(`${file}-wal`);
    disks.push({ holds: 'database', walBytes: log, ...(await spaceAt(dirname(file))) });
  }
  const beside = file !== undefined && dirname(file) === config.dataDir;
  if (!beside && secrets.some(({ from }) => from === 'made' || from === 'nowhere')) {
    const folder = join(config.dataDir, SECRETS_FOLDER);
    disks.push({ holds: 'secrets', walBytes: null, ...(await spaceAt(folder)) });
  }
  return disks;
}

function fileOf({ databaseUrl }: Config): string | undefined {
  try {
    return sqliteFile(databaseUrl);
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

/** Of the folder, or of the nearest one above it that is there. */
async function spaceAt(folder: string): Promise<Pick<DiskFacts, 'folder' | 'freeBytes' | 'kind'>> {
  let at = folder;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at) at = dirname(at);
  const { bavail, bsize, type } = await statfs(at);
  return { folder, freeBytes: bavail * bsize, kind: process.platform === 'linux' ? type : null };
}

const ANSWER_WITHIN_MS = 3_000;

async function portFact(host: string, port: number): Promise<PortFact> {
  if (port === 0) return 'free';
  const limits = { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS };
  try {
    const answer = await request(`http://${reachable(host)}:${port}/readyz`, limits);
    const body: unknown = await answer.body.json().catch(() => undefined);
    if (answer.statusCode === 200 && isObject(body) && body.status === 'ready') return 'ready';
    return answer.statusCode === 503 && isObject(body) && body.title === 'Not ready' ? 'not ready' : 'taken';
  } catch (error) {
    // Anything but a refusal is somebody who speaks no HTTP, or not soon.
    return NOBODY.has(codeOf(error)) ? listenable(host) : 'taken';
  }
}

const NOBODY = new Set([
  'ECONNREFUSED',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** An address that means every one of this machine is reached at its own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Whether the host is an address of this machine; any port tells, and the service's own stays free. */
function listenable(host: string): Promise<PortFact> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve({ error: messageOf(error) }));
    probe.listen(0, host, () => probe.close(() => resolve('free')));
  });
}
