/** Settings: defaults of the contract, and each refusal by name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Environment, loadConfig } from '../src/config.js';
import { AppError } from '../src/domain/errors.js';

/** The message of the refusal; fails where there is none. */
function refusal(environment: Environment): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof AppError && error.code === 'settings') return error.message;
    throw error;
  }
  throw new Error('expected the settings to be refused');
}

describe('settings', () => {
  test('have the defaults of the contract', () => {
    const config = loadConfig({});
    expect(config.databaseUrl).toMatch(/^sqlite:.*\/data\/farelog\.db$/);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4300,
      webhookScheme: 'standard',
      webhookSignatureHeader: 'x-bytemark-signature',
      webhookTimestampHeader: null,
      currency: { code: 'USD', digits: 2 },
      acceptZeroFares: false,
      chromium: null,
      clockSkewS: 60,
      logLevel: 'info',
    });
    expect(config.zone.name).toBe('America/Chicago');
    expect(config.limits).toMatchObject({
      bodyBytes: 65_536,
      bulkBodyBytes: 4_194_304,
      batchRows: 256,
      batchWaitMs: 5,
      queueDeliveries: 10_000,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 15_000,
      drainTimeoutMs: 10_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('take an empty value for none', () => {
    expect(loadConfig({ FARELOG_PORT: '', FARELOG_PSEUDONYM_KEY: '' })).toMatchObject({
      port: 4300,
      pseudonymKey: null,
    });
  });

  test('are refused all together', () => {
    const message = refusal({
      FARELOG_PORT: '70000',
      FARELOG_CURRENCY: 'dollars',
      FARELOG_REPORT_TIMEZONE: 'Texas',
    });
    expect(message).toContain('FARELOG_PORT');
    expect(message).toContain('FARELOG_CURRENCY');
    expect(message).toContain('FARELOG_REPORT_TIMEZONE');
  });

  const REFUSED: readonly (readonly [string, string])[] = [
    ['FARELOG_PORT', '4300x'],
    ['FARELOG_WEBHOOK_SCHEME', 'none'],
    ['FARELOG_WEBHOOK_SECRETS', 'not base64!'],
    ['FARELOG_WEBHOOK_SECRETS', `${'QUJD'.repeat(4)},`],
    ['FARELOG_ADMIN_KEY', 'x'.repeat(7)],
    ['FARELOG_PSEUDONYM_KEY', 'short'],
    ['FARELOG_ZERO_FARES', 'yes'],
    ['FARELOG_CLOCK_SKEW_S', '-1'],
    ['FARELOG_LOG_LEVEL', 'loud'],
    ['FARELOG_PAYMENT_TYPES', 'cash'],
    ['FARELOG_PAYMENT_TYPES', `cash=${'x'.repeat(33)}`],
    ['FARELOG_BATCH_ROWS', '0'],
    ['FARELOG_TRUSTED_PROXIES', 'proxy.example'],
    ['FARELOG_TRUSTED_PROXIES', '10.0.0.0/8,'],
    ['FARELOG_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['FARELOG_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['FARELOG_TRUSTED_PROXIES', '2001:db8::/129'],
    ['FARELOG_TRUSTED_PROXIES', '10.0.0.1/8/8'],
  ];
  for (const [name, value] of REFUSED) {
    test(`${name}=${value.slice(0, 20)} is refused by name`, () => {
      expect(refusal({ [name]: value })).toContain(name);
    });
  }

  test('a secret may come from a file, but not from both', () => {
    const folder = mkdtempSync(join(tmpdir(), 'farelog-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'key');
    writeFileSync(path, 'a key of sixteen or more\n');
    expect(loadConfig({ FARELOG_PSEUDONYM_KEY_FILE: path }).pseudonymKey).toBe('a key of sixteen or more');
    const both = { FARELOG_PSEUDONYM_KEY_FILE: path, FARELOG_PSEUDONYM_KEY: 'another key of sixteen' };
    expect(refusal(both)).toContain('FARELOG_PSEUDONYM_KEY_FILE');
    expect(refusal({ FARELOG_SEAL_KEY_FILE: join(folder, 'none') })).toContain('FARELOG_SEAL_KEY_FILE');
  });

  test('proxies may be named by address and by network', () => {
    const list = '127.0.0.1, 10.0.0.0/8,::1 ,2001:db8::/32';
    const trusted = ['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'];
    expect(loadConfig({ FARELOG_TRUSTED_PROXIES: list }).trustedProxies).toEqual(trusted);
    expect(loadConfig({}).trustedProxies).toEqual([]);
  });

  test('a misspelt setting is named', () => {
    expect(loadConfig({ FARELOG_TIMEZONE: 'UTC' }).unknownSettings).toEqual(['FARELOG_TIMEZONE']);
  });

  test('payment types may be added and overridden', () => {
    const { paymentTypes } = loadConfig({ FARELOG_PAYMENT_TYPES: 'Cash=cash, card=credit_card' });
    expect(paymentTypes.get('cash')).toBe('cash');
    expect(paymentTypes.get('card')).toBe('credit_card');
    expect(paymentTypes.get('debit_card')).toBe('debit_card');
  });
});
