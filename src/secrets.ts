/**
 * The secrets that are not configured are made once and kept in the data folder, one file each, readable by this
 * user alone (0600). They stand beside the database, never in it: who copies only the database learns no rider.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type SignatureScheme, standardSecret } from './bytemark/signature.js';
import type { Config } from './config.js';
import { AppError } from './domain/errors.js';

export const SECRETS_FOLDER = 'secrets';

/** The secret of that name; made where there is none. Two processes that start at once end up with the same. */
function secretFile(dataDir: string, name: string, make: () => string): string {
  const folder = join(dataDir, SECRETS_FOLDER);
  const path = join(folder, name);
  const present = readIfThere(path);
  if (present === '') {
    // A secret made in its place would make every rider another, or every sealed delivery unreadable.
    throw new AppError(
      'settings',
      `${path} is empty. Restore it from a backup, or delete it to have one made.`,
    );
  }
  if (present !== undefined) return present;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}`);
  const file = openSync(draft, 'wx', 0o600);
  writeSync(file, `${make()}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    // A link never replaces: the first process to get here wins, and the file is whole from its first moment.
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(path, 'utf8').trim();
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

const randomHex = (): string => randomBytes(32).toString('hex');

/** Where the secrets that Farelog makes stand, or would be made; for looking, which makes none. */
export function findSecrets({ dataDir }: Config): { readonly setting: string; readonly path: string }[] {
  const at = (name: string): string => join(dataDir, SECRETS_FOLDER, name);
  return [
    { setting: 'FARELOG_PSEUDONYM_KEY', path: at('pseudonym-key') },
    { setting: 'FARELOG_SEAL_KEY', path: at('seal-key') },
    { setting: 'FARELOG_WEBHOOK_SECRETS', path: at('webhook-secret') },
  ];
}

/** The pseudonym key at hand, given or made before; undefined where there is none. */
export function presentPseudonymSecret(config: Config): string | undefined {
  return (
    config.pseudonymKey ?? (readIfThere(join(config.dataDir, SECRETS_FOLDER, 'pseudonym-key')) || undefined)
  );
}

export function pseudonymSecret(config: Config): string {
  return config.pseudonymKey ?? secretFile(config.dataDir, 'pseudonym-key', randomHex);
}

export function sealSecret(config: Config): string {
  return config.sealKey ?? secretFile(config.dataDir, 'seal-key', randomHex);
}

/** The signature scheme with its live secrets; one is made where none is configured. */
export function webhookScheme(config: Config): SignatureScheme {
  const makeStandard = (): string => `whsec_${randomBytes(32).toString('base64')}`;
  const standard = config.webhookScheme === 'standard';
  const texts =
    config.webhookSecrets.length > 0
      ? config.webhookSecrets
      : [secretFile(config.dataDir, 'webhook-secret', standard ? makeStandard : randomHex)];
  if (!standard) {
    return {
      kind: 'hmac',
      secrets: texts.map((text) => Buffer.from(text, 'utf8')),
      signatureHeader: config.webhookSignatureHeader,
      timestampHeader: config.webhookTimestampHeader,
    };
  }
  return { kind: 'standard', secrets: texts.flatMap((text) => standardSecret(text) ?? []) };
}
