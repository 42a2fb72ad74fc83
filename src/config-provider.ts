/** The settings of the provider's API. Without `FARELOG_BYTEMARK_URL` there is none, and nothing is pulled. */
import { z } from 'zod';
import {
  DEFAULT_FIELDS,
  type FieldPaths,
  isProviderField,
  LISTS,
  PLACEHOLDERS,
  type ProviderSettings,
} from './bytemark/provider-settings.js';
import { isLoopback } from './bytemark/receiver.js';
import { Zone } from './domain/time.js';
import { secret, whole } from './setting-shapes.js';

export const DEFAULT_TOKEN_PATH = '/oauth/token';
/** As Bytemark's SDK names a refund. */
export const DEFAULT_ADJUSTMENTS = 'credited_order_item';
export const DEFAULT_PAYMENTS_PATH = '/api/payments?from={from}&to={to}&page={page}&per_page={per_page}';

const path = (fallback: string) =>
  z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, 'must be a path that begins with a slash')
    .default(fallback);

const text = z
  .string()
  .optional()
  .transform((value) => value ?? null);

export const PROVIDER_SETTINGS = {
  FARELOG_BYTEMARK_URL: z
    .string()
    .optional()
    .transform((value) => value?.replace(/\/+$/, '') ?? null)
    .refine((value) => value === null || isApiAddress(value), {
      message: 'must be an address of https, or of http on this machine, without a query',
    }),
  FARELOG_BYTEMARK_GRANT: z.enum(['client_credentials', 'password']).default('client_credentials'),
  FARELOG_BYTEMARK_CLIENT_ID: text,
  FARELOG_BYTEMARK_CLIENT_SECRET: secret(1),
  FARELOG_BYTEMARK_CLIENT_AUTH: z.enum(['basic', 'body']).default('basic'),
  FARELOG_BYTEMARK_USERNAME: text,
  FARELOG_BYTEMARK_PASSWORD: secret(1),
  FARELOG_BYTEMARK_SCOPE: text,
  FARELOG_BYTEMARK_TOKEN_PATH: path(DEFAULT_TOKEN_PATH),
  FARELOG_BYTEMARK_PAYMENTS_PATH: path(DEFAULT_PAYMENTS_PATH).refine(
    hasPlaceholders,
    `must hold {page}, and no other placeholders than ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}; from goes with to`,
  ),
  FARELOG_BYTEMARK_LIST: z.enum(LISTS).default('payments'),
  FARELOG_BYTEMARK_FIELDS: z
    .string()
    .optional()
    .transform((value, context) => {
      const fields = parseFields(value);
      if (fields !== undefined) return fields;
      const known = Object.keys(DEFAULT_FIELDS).join(', ');
      const message = `must be like payment_id=id,total_price=total.amount, with fields of ${known}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }),
  FARELOG_BYTEMARK_ADJUSTMENTS: z
    .string()
    .regex(/^[^.]+(\.[^.]+)*$/, 'must be a name, or names joined by dots')
    .default(DEFAULT_ADJUSTMENTS),
  FARELOG_BYTEMARK_UNIT: z.enum(['major', 'minor']).default('major'),
  FARELOG_BYTEMARK_TIME: z.enum(['iso', 'epoch_s', 'epoch_ms']).default('iso'),
  FARELOG_BYTEMARK_ZONE: z
    .string()
    .optional()
    .transform((name, context) => {
      const zone = name === undefined ? null : Zone.of(name);
      if (zone !== undefined) return zone;
      context.addIssue({ code: 'custom', message: 'must be an IANA time zone such as America/Chicago' });
      return z.NEVER;
    }),
  FARELOG_BYTEMARK_TOTALS: z.enum(['trust', 'ignore']).default('trust'),
  FARELOG_BYTEMARK_PAGE_ROWS: whole(1, 10_000, 500),
  FARELOG_BYTEMARK_WINDOW_PAGES: whole(1, 100_000, 10_000),
  FARELOG_BYTEMARK_ANSWER_LIMIT_BYTES: whole(1024, 2 ** 28, 16 * 1024 * 1024),
  FARELOG_BYTEMARK_TIMEOUT_MS: whole(10, 600_000, 15_000),
  FARELOG_BYTEMARK_TRIES: whole(1, 100, 5),
  FARELOG_BYTEMARK_WAIT_LIMIT_MS: whole(0, 3_600_000, 300_000),
  FARELOG_BYTEMARK_REQUESTS_PER_S: whole(1, 10_000, 5),
  FARELOG_BYTEMARK_FAILURES: whole(1, 1_000, 10),
  FARELOG_BYTEMARK_BREAK_MS: whole(1, 3_600_000, 30_000),
};

type Settings = { [Name in keyof typeof PROVIDER_SETTINGS]: z.infer<(typeof PROVIDER_SETTINGS)[Name]> };

/** Tokens and riders go over the wire, so it is encrypted but within this machine. */
function isApiAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

function hasPlaceholders(value: string): boolean {
  const names = [...value.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const known: readonly string[] = PLACEHOLDERS;
  const has = (name: string): boolean => names.some((one) => one === name || one === `${name}_s`);
  return names.every((name) => known.includes(name)) && names.includes('page') && has('from') === has('to');
}

function parseFields(value: string | undefined): FieldPaths | undefined {
  const fields: Record<keyof FieldPaths, string> = { ...DEFAULT_FIELDS };
  for (const pair of value?.split(',') ?? []) {
    const [field = '', name = '', ...rest] = pair.split('=').map((part) => part.trim());
    if (!isProviderField(field) || !/^[^.]+(\.[^.]+)*$/.test(name) || rest.length > 0) return undefined;
    fields[field] = name;
  }
  return fields;
}

/** What the settings lack of each other. */
export function providerProblems(settings: Settings): string[] {
  if (settings.FARELOG_BYTEMARK_URL === null) return [];
  const needed = ['FARELOG_BYTEMARK_CLIENT_ID', 'FARELOG_BYTEMARK_CLIENT_SECRET'] as const;
  const ofUser = ['FARELOG_BYTEMARK_USERNAME', 'FARELOG_BYTEMARK_PASSWORD'] as const;
  const problems = needed
    .filter((name) => settings[name] === null)
    .map((name) => `${name} is needed with FARELOG_BYTEMARK_URL.`);
  if (settings.FARELOG_BYTEMARK_GRANT === 'client_credentials') return problems;
  const missing = ofUser.filter((name) => settings[name] === null);
  return [...problems, ...missing.map((name) => `${name} is needed with FARELOG_BYTEMARK_GRANT=password.`)];
}

/** Null where no address is given. */
export function providerSettings(settings: Settings): ProviderSettings | null {
  const url = settings.FARELOG_BYTEMARK_URL;
  if (url === null) return null;
  const username = settings.FARELOG_BYTEMARK_USERNAME ?? '';
  const password = settings.FARELOG_BYTEMARK_PASSWORD ?? '';
  return {
    url,
    tokenPath: settings.FARELOG_BYTEMARK_TOKEN_PATH,
    clientId: settings.FARELOG_BYTEMARK_CLIENT_ID ?? '',
    clientSecret: settings.FARELOG_BYTEMARK_CLIENT_SECRET ?? '',
    clientAuth: settings.FARELOG_BYTEMARK_CLIENT_AUTH,
    scope: settings.FARELOG_BYTEMARK_SCOPE,
    owner: settings.FARELOG_BYTEMARK_GRANT === 'password' ? { username, password } : null,
    paymentsPath: settings.FARELOG_BYTEMARK_PAYMENTS_PATH,
    list: settings.FARELOG_BYTEMARK_LIST,
    fields: settings.FARELOG_BYTEMARK_FIELDS,
    adjustments: settings.FARELOG_BYTEMARK_ADJUSTMENTS,
    unit: settings.FARELOG_BYTEMARK_UNIT,
    time: settings.FARELOG_BYTEMARK_TIME,
    zone: settings.FARELOG_BYTEMARK_ZONE,
    trustTotals: settings.FARELOG_BYTEMARK_TOTALS === 'trust',
    limits: {
      pageRows: settings.FARELOG_BYTEMARK_PAGE_ROWS,
      windowPages: settings.FARELOG_BYTEMARK_WINDOW_PAGES,
      answerBytes: settings.FARELOG_BYTEMARK_ANSWER_LIMIT_BYTES,
      answerTimeoutMs: settings.FARELOG_BYTEMARK_TIMEOUT_MS,
      tries: settings.FARELOG_BYTEMARK_TRIES,
      waitMs: settings.FARELOG_BYTEMARK_WAIT_LIMIT_MS,
      requestsPerS: settings.FARELOG_BYTEMARK_REQUESTS_PER_S,
      failures: settings.FARELOG_BYTEMARK_FAILURES,
      breakMs: settings.FARELOG_BYTEMARK_BREAK_MS,
    },
  };
}
