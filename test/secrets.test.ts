/** What is signed with, where nobody chose it, and that nothing turns signatures off. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signStandard, verifySignature } from '../src/bytemark/signature.js';
import { type Environment, loadConfig } from '../src/config.js';
import { pseudonymSecret, sealSecret, webhookScheme } from '../src/secrets.js';

const BODY = Buffer.from('{}');
const NOW_MS = 1_773_154_800_000;

function configOf(environment: Environment) {
  const dataDir = mkdtempSync(join(tmpdir(), 'farelog-secrets-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return loadConfig({ FARELOG_DATA_DIR: dataDir, ...environment });
}

describe('unsigned deliveries', () => {
  const HOSTS = ['127.0.0.1', 'localhost', '0.0.0.0', '::', '192.0.2.7'];

  test.each(HOSTS.flatMap((host) => ['standard', 'hmac'].map((scheme) => [host, scheme] as const)))(
    'are refused at %s in the scheme %s, also where no secret was given',
    (host, name) => {
      const scheme = webhookScheme(
        configOf({ FARELOG_HOST: host, FARELOG_WEBHOOK_SCHEME: name, FARELOG_WEBHOOK_SECRETS: '' }),
      );
      expect(scheme.kind).toBe(name);
      expect(scheme.secrets).toHaveLength(1);
      for (const secret of scheme.secrets) expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(verifySignature(scheme, {}, BODY, NOW_MS).ok).toBe(false);
      const empty = signStandard(Buffer.alloc(0), 'msg_1', NOW_MS / 1000, BODY.toString());
      expect(verifySignature(scheme, empty, BODY, NOW_MS).ok).toBe(false);
    },
  );

  test.each(['none', 'off', 'unsigned', 'false', 'STANDARD', '0'])(
    'cannot be allowed by the scheme %s',
    (scheme) => {
      expect(() => configOf({ FARELOG_WEBHOOK_SCHEME: scheme })).toThrow(/FARELOG_WEBHOOK_SCHEME/);
    },
  );

  test.each([',', ' ', 'whsec_', ',,'])('cannot be allowed by the secrets %j', (secrets) => {
    expect(() => configOf({ FARELOG_WEBHOOK_SECRETS: secrets })).toThrow(/FARELOG_WEBHOOK_SECRETS/);
  });
});

test('secrets that are made are of 32 random bytes, each another, and readable by this user alone', () => {
  const config = configOf({});
  const texts = [pseudonymSecret(config), sealSecret(config)];
  const [webhook] = webhookScheme(config).secrets;
  expect(texts.map((text) => Buffer.from(text, 'hex').length)).toEqual([32, 32]);
  expect(new Set([...texts, webhook?.toString('hex')]).size).toBe(3);
  const folder = join(config.dataDir, 'secrets');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const files = readdirSync(folder);
  expect(files).toHaveLength(3);
  for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});
