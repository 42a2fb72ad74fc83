import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_FIELDS } from '../src/bytemark/provider-settings.js';
import { type Environment, loadConfig } from '../src/config.js';
import { temporaryFolder } from './support/service.js';

const VALID: Environment = {
  FARELOG_BYTEMARK_URL: 'https://api.example.com/v4/',
  FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
  FARELOG_BYTEMARK_CLIENT_SECRET: 'secret',
};

function problemsOf(changes: Environment): string {
  try {
    loadConfig({ ...VALID, ...changes });
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('the settings of the provider', () => {
  test('are none without an address', () => {
    expect(loadConfig({}).provider).toBeNull();
    expect(loadConfig({ FARELOG_BYTEMARK_CLIENT_ID: 'farelog' }).provider).toBeNull();
  });

  test('have the documented defaults', () => {
    const config = loadConfig(VALID);
    expect(config.provider).toEqual({
      adjustments: 'credited_order_item',
      url: 'https://api.example.com/v4',
      tokenPath: '/oauth/token',
      clientId: 'farelog',
      clientSecret: 'secret',
      clientAuth: 'basic',
      scope: null,
      owner: null,
      paymentsPath: '/api/payments?from={from}&to={to}&page={page}&per_page={per_page}',
      list: 'payments',
      fields: DEFAULT_FIELDS,
      unit: 'major',
      time: 'iso',
      zone: null,
      trustTotals: true,
      limits: {
        pageRows: 500,
        windowPages: 10_000,
        answerBytes: 16_777_216,
        answerTimeoutMs: 15_000,
        tries: 5,
        waitMs: 300_000,
        requestsPerS: 5,
        failures: 10,
        breakMs: 30_000,
      },
    });
    expect([config.pullOverlapS, config.pullWindowS]).toEqual([48 * 3600, 24 * 3600]);
  });

  test('take secrets from files', () => {
    const file = join(temporaryFolder(), 'secret');
    writeFileSync(file, 'from a file\n');
    const { provider } = loadConfig({
      ...VALID,
      FARELOG_BYTEMARK_CLIENT_SECRET: '',
      FARELOG_BYTEMARK_CLIENT_SECRET_FILE: file,
      FARELOG_BYTEMARK_GRANT: 'password',
      FARELOG_BYTEMARK_USERNAME: 'ops',
      FARELOG_BYTEMARK_PASSWORD_FILE: file,
    });
    expect(provider).toMatchObject({
      clientSecret: 'from a file',
      owner: { username: 'ops', password: 'from a file' },
    });
  });

  test('name only the fields that differ, also by paths', () => {
    const fields = 'payment_id=id, total_price=total.amount';
    expect(loadConfig({ ...VALID, FARELOG_BYTEMARK_FIELDS: fields }).provider?.fields).toEqual({
      ...DEFAULT_FIELDS,
      payment_id: 'id',
      total_price: 'total.amount',
    });
  });

  test.each(['http://127.0.0.1:4400', 'http://localhost:4400/api', 'https://10.0.0.7'])(
    'take the address %s',
    (url) => {
      expect(problemsOf({ FARELOG_BYTEMARK_URL: url })).toBe('');
    },
  );

  test.each<[string, string]>([
    ['FARELOG_BYTEMARK_URL', 'http://api.example.com'],
    ['FARELOG_BYTEMARK_URL', 'https://user:word@api.example.com'],
    ['FARELOG_BYTEMARK_URL', 'https://api.example.com?x=1'],
    ['FARELOG_BYTEMARK_URL', 'api.example.com'],
    ['FARELOG_BYTEMARK_CLIENT_ID', ''],
    ['FARELOG_BYTEMARK_CLIENT_SECRET', ''],
    ['FARELOG_BYTEMARK_GRANT', 'implicit'],
    ['FARELOG_BYTEMARK_TOKEN_PATH', 'token'],
    ['FARELOG_BYTEMARK_PAYMENTS_PATH', '/payments'],
    ['FARELOG_BYTEMARK_PAYMENTS_PATH', '/payments?page={page}&from={from}'],
    ['FARELOG_BYTEMARK_PAYMENTS_PATH', '/payments?page={page}&x={secret}'],
    ['FARELOG_BYTEMARK_LIST', 'refunds'],
    ['FARELOG_BYTEMARK_FIELDS', 'payment=id'],
    ['FARELOG_BYTEMARK_FIELDS', 'payment_id'],
    ['FARELOG_BYTEMARK_FIELDS', 'payment_id=a..b'],
    ['FARELOG_BYTEMARK_UNIT', 'cents'],
    ['FARELOG_BYTEMARK_ZONE', 'Chicago'],
    ['FARELOG_BYTEMARK_PAGE_ROWS', '0'],
  ])('refuse %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toContain(name);
  });

  test.each(['FARELOG_BYTEMARK_USERNAME', 'FARELOG_BYTEMARK_PASSWORD'])(
    "want %s for a user's token",
    (name) => {
      const user = {
        FARELOG_BYTEMARK_GRANT: 'password',
        FARELOG_BYTEMARK_USERNAME: 'ops',
        FARELOG_BYTEMARK_PASSWORD: 'word',
      };
      expect(problemsOf(user)).toBe('');
      expect(problemsOf({ ...user, [name]: '' })).toContain(name);
    },
  );
});
