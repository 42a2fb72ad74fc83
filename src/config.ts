/** Environment → one frozen config. Every setting is listed here, with its default and its unit in its name. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { AdjustmentFields } from './bytemark/adjustment-payload.js';
import type { ProviderSettings } from './bytemark/provider-settings.js';
import { standardSecret } from './bytemark/signature.js';
import { REQUEST_LIMIT_SETTINGS, type RequestLimits, requestLimits } from './config-limits.js';
import { PROVIDER_SETTINGS, providerProblems, providerSettings } from './config-provider.js';
import {
  SCHEDULE_SETTINGS,
  type ScheduleConfig,
  scheduleConfig,
  scheduleProblems,
} from './config-schedule.js';
import { WORD_SETTINGS } from './config-words.js';
import type { AdjustmentKindTable } from './domain/adjustment.js';
import { AppError } from './domain/errors.js';
import { type Currency, currencyOf } from './domain/money.js';
import type { PaymentTypeTable } from './domain/payment-type.js';
import { Zone } from './domain/time.js';
import { accept, header, isNetwork, secret, whole } from './setting-shapes.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface Limits extends RequestLimits {
  readonly bodyBytes: number;
  readonly bulkBodyBytes: number;
  readonly batchRows: number;
  readonly batchBytes: number;
  readonly batchWaitMs: number;
  readonly queueDeliveries: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How long payments are still taken after a stop was asked for, while `/readyz` turns load balancers away. */
  readonly stopGraceMs: number;
  readonly drainTimeoutMs: number;
  readonly commitTries: number;
  readonly commitTimeoutMs: number;
  /** Memory for blocks of the ledger that were read before. */
  readonly ledgerCacheBytes: number;
  readonly liveStreams: number;
  readonly livePollMs: number;
  readonly liveHeartbeatMs: number;
}

export interface Config {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Addresses and networks of proxies whose X-Forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly webhookScheme: 'standard' | 'hmac';
  readonly webhookSecrets: readonly string[];
  readonly webhookSignatureHeader: string;
  readonly webhookTimestampHeader: string | null;
  readonly pseudonymKey: string | null;
  readonly acceptPseudonymKeyChange: boolean;
  readonly sealKey: string | null;
  readonly adminKey: string | null;
  readonly zone: Zone;
  readonly currency: Currency;
  readonly acceptZeroFares: boolean;
  readonly clockSkewS: number;
  readonly paymentTypes: PaymentTypeTable;
  readonly adjustmentKinds: AdjustmentKindTable;
  /** What the feed calls the fields of an adjustment. */
  readonly adjustmentFields: AdjustmentFields;
  readonly quarantineDays: number;
  readonly logLevel: LogLevel;
  readonly metrics: 'open' | 'admin' | 'off';
  readonly writers: number;
  readonly instance: string;
  /** The browser that makes PDFs; null: look for one. */
  readonly chromium: string | null;
  readonly acceptWeakDurability: boolean;
  readonly limits: Limits;
  /** Null where no address of the provider's API is given. */
  readonly provider: ProviderSettings | null;
  readonly pullOverlapS: number;
  readonly pullWindowS: number;
  /** The portal's database; null where none is given. */
  readonly portalUrl: string | null;
  readonly syncOverlapS: number;
  readonly schedule: ScheduleConfig;
  /** Names that begin like a setting and are none, such as a misspelt one. */
  readonly unknownSettings: readonly string[];
}

/** The settings as they stand in the environment; `''` counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Characters. What is made here has 256 random bits; what is given should not be a word. */
const MIN_SECRET = 16;

const SETTINGS = z.object({
  FARELOG_DATABASE_URL: z.string().optional(),
  FARELOG_DATA_DIR: z.string().default('./data'),
  FARELOG_HOST: z.string().default('127.0.0.1'),
  FARELOG_PORT: whole(0, 65_535, 4300),
  FARELOG_TRUSTED_PROXIES: z
    .string()
    .optional()
    .transform((value) => value?.split(',').map((text) => text.trim()) ?? [])
    .refine((list) => list.every(isNetwork), 'must list IP addresses or networks such as 10.0.0.0/8'),
  FARELOG_WEBHOOK_SCHEME: z.enum(['standard', 'hmac']).default('standard'),
  FARELOG_WEBHOOK_SECRETS: z
    .string()
    .optional()
    .transform((value) => value?.split(',').map((text) => text.trim()) ?? [])
    .refine((secrets) => secrets.every((text) => text !== ''), 'has an empty secret between commas'),
  FARELOG_WEBHOOK_SIGNATURE_HEADER: header('x-bytemark-signature'),
  FARELOG_WEBHOOK_TIMESTAMP_HEADER: header(null),
  FARELOG_PSEUDONYM_KEY: secret(MIN_SECRET),
  FARELOG_PSEUDONYM_KEY_CHANGE: accept,
  FARELOG_SEAL_KEY: secret(MIN_SECRET),
  FARELOG_ADMIN_KEY: secret(8),
  FARELOG_REPORT_TIMEZONE: z
    .string()
    .default('America/Chicago')
    .transform((name, context) => {
      const zone = Zone.of(name);
      if (zone !== undefined) return zone;
      context.addIssue({ code: 'custom', message: 'must be an IANA time zone such as America/Chicago' });
      return z.NEVER;
    }),
  FARELOG_CURRENCY: z
    .string()
    .default('USD')
    .transform((code, context) => {
      const currency = currencyOf(code);
      if (currency !== undefined) return currency;
      context.addIssue({ code: 'custom', message: 'must be an ISO 4217 currency such as USD' });
      return z.NEVER;
    }),
  FARELOG_ZERO_FARES: accept,
  FARELOG_CLOCK_SKEW_S: whole(0, 86_400, 60),
  ...WORD_SETTINGS,
  FARELOG_QUARANTINE_DAYS: whole(1, 3650, 90),
  FARELOG_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  FARELOG_METRICS: z.enum(['open', 'admin', 'off']).default('open'),
  FARELOG_WRITERS: whole(1, 8, 2),
  FARELOG_INSTANCE: z.string().optional(),
  FARELOG_CHROMIUM: z.string().optional(),
  FARELOG_WEAK_DURABILITY: accept,
  FARELOG_BODY_LIMIT_BYTES: whole(1024, 2 ** 30, 64 * 1024),
  FARELOG_BULK_BODY_LIMIT_BYTES: whole(1024, 2 ** 30, 4 * 1024 * 1024),
  FARELOG_BATCH_ROWS: whole(1, 5000, 256),
  FARELOG_BATCH_BYTES: whole(1024, 2 ** 30, 1024 * 1024),
  FARELOG_BATCH_WAIT_MS: whole(0, 1000, 5),
  FARELOG_QUEUE_DELIVERIES: whole(1, 1_000_000, 10_000),
  FARELOG_HEADERS_TIMEOUT_MS: whole(100, 600_000, 10_000),
  FARELOG_REQUEST_TIMEOUT_MS: whole(100, 600_000, 15_000),
  FARELOG_STOP_GRACE_MS: whole(0, 600_000, 0),
  FARELOG_DRAIN_TIMEOUT_MS: whole(100, 600_000, 10_000),
  FARELOG_COMMIT_TRIES: whole(1, 100, 8),
  FARELOG_COMMIT_TIMEOUT_MS: whole(100, 3_600_000, 30_000),
  FARELOG_LEDGER_CACHE_BYTES: whole(0, 2 ** 36, 256 * 1024 * 1024),
  FARELOG_LIVE_STREAMS: whole(0, 100_000, 100),
  FARELOG_LIVE_POLL_MS: whole(10, 60_000, 500),
  FARELOG_LIVE_HEARTBEAT_MS: whole(10, 600_000, 15_000),
  ...REQUEST_LIMIT_SETTINGS,
  FARELOG_PULL_OVERLAP_HOURS: whole(0, 8_760, 48),
  FARELOG_PULL_WINDOW_HOURS: whole(1, 8_760, 24),
  FARELOG_PORTAL_URL: secret(1),
  FARELOG_SYNC_OVERLAP_HOURS: whole(0, 87_600, 48),
  ...PROVIDER_SETTINGS,
  ...SCHEDULE_SETTINGS,
});

/** Names of every setting, for the documentation's test. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS.shape);

/** Settings that may also come from the file that `…_FILE` names. */
export const SECRET_SETTINGS = [
  'FARELOG_WEBHOOK_SECRETS',
  'FARELOG_PSEUDONYM_KEY',
  'FARELOG_SEAL_KEY',
  'FARELOG_ADMIN_KEY',
  'FARELOG_DATABASE_URL',
  'FARELOG_BYTEMARK_CLIENT_SECRET',
  'FARELOG_BYTEMARK_PASSWORD',
  'FARELOG_PORTAL_URL',
] as const;

/** The environment with secrets read from their files, and empty values left out. */
function withFiles(environment: Environment, problems: string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('FARELOG_') && value !== undefined && value !== '') settings[name] = value;
  }
  for (const name of SECRET_SETTINGS) {
    const path = settings[`${name}_FILE`];
    if (path === undefined) continue;
    if (settings[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set; keep one.`);
    try {
      settings[name] = readFileSync(path, 'utf8').trim();
    } catch {
      problems.push(`${name}_FILE names ${path}, which cannot be read.`);
    }
  }
  return settings;
}

function unknownSettings(settings: Readonly<Record<string, string>>): string[] {
  const known = new Set([...SETTING_NAMES, ...SECRET_SETTINGS.map((name) => `${name}_FILE`)]);
  return Object.keys(settings)
    .filter((name) => !known.has(name) && !name.startsWith('FARELOG_TEST_'))
    .sort();
}

/** The settings as far as they can be understood: what is refused has its default, and stands among the problems. */
export interface InspectedSettings {
  readonly config: Config;
  readonly problems: readonly string[];
}

/** Reads the settings and tells every problem at once, without refusing; for those who look into a broken service. */
export function inspectSettings(environment: Environment): InspectedSettings {
  const problems: string[] = [];
  const settings = withFiles(environment, problems);
  const parsed = SETTINGS.safeParse(settings);
  const understood = { ...settings };
  for (const issue of parsed.error?.issues ?? []) {
    problems.push(`${issue.path.join('.')} ${issue.message}.`);
    delete understood[String(issue.path[0])];
  }
  const values = parsed.data ?? SETTINGS.parse(understood);
  if (values.FARELOG_WEBHOOK_SCHEME === 'standard') {
    if (values.FARELOG_WEBHOOK_SECRETS.some((text) => standardSecret(text) === undefined)) {
      problems.push(
        'FARELOG_WEBHOOK_SECRETS must be base64, with or without the prefix whsec_, in the scheme standard.',
      );
    }
  }
  problems.push(...providerProblems(values));
  problems.push(...scheduleProblems(values));
  return {
    config: Object.freeze({ ...toConfig(values), unknownSettings: unknownSettings(settings) }),
    problems,
  };
}

/**
 * Reads and checks the settings.
 * @throws AppError `settings` that lists all problems at once
 */
export function loadConfig(environment: Environment): Config {
  const { config, problems } = inspectSettings(environment);
  if (problems.length === 0) return config;
  throw new AppError(
    'settings',
    `Settings need mending:\n${problems.map((text) => `  - ${text}`).join('\n')}`,
  );
}

function toConfig(settings: z.infer<typeof SETTINGS>): Omit<Config, 'unknownSettings'> {
  const dataDir = resolve(settings.FARELOG_DATA_DIR);
  return {
    databaseUrl: settings.FARELOG_DATABASE_URL ?? `sqlite:${join(dataDir, 'farelog.db')}`,
    dataDir,
    host: settings.FARELOG_HOST,
    port: settings.FARELOG_PORT,
    trustedProxies: settings.FARELOG_TRUSTED_PROXIES,
    webhookScheme: settings.FARELOG_WEBHOOK_SCHEME,
    webhookSecrets: settings.FARELOG_WEBHOOK_SECRETS,
    webhookSignatureHeader: settings.FARELOG_WEBHOOK_SIGNATURE_HEADER ?? 'x-bytemark-signature',
    webhookTimestampHeader: settings.FARELOG_WEBHOOK_TIMESTAMP_HEADER,
    pseudonymKey: settings.FARELOG_PSEUDONYM_KEY,
    acceptPseudonymKeyChange: settings.FARELOG_PSEUDONYM_KEY_CHANGE,
    sealKey: settings.FARELOG_SEAL_KEY,
    adminKey: settings.FARELOG_ADMIN_KEY,
    zone: settings.FARELOG_REPORT_TIMEZONE,
    currency: settings.FARELOG_CURRENCY,
    acceptZeroFares: settings.FARELOG_ZERO_FARES,
    clockSkewS: settings.FARELOG_CLOCK_SKEW_S,
    paymentTypes: settings.FARELOG_PAYMENT_TYPES,
    adjustmentKinds: settings.FARELOG_ADJUSTMENT_KINDS,
    adjustmentFields: settings.FARELOG_ADJUSTMENT_FIELDS,
    quarantineDays: settings.FARELOG_QUARANTINE_DAYS,
    logLevel: settings.FARELOG_LOG_LEVEL,
    metrics: settings.FARELOG_METRICS,
    writers: settings.FARELOG_WRITERS,
    instance: settings.FARELOG_INSTANCE ?? `${hostname()}:${settings.FARELOG_PORT}`,
    chromium: settings.FARELOG_CHROMIUM ?? null,
    acceptWeakDurability: settings.FARELOG_WEAK_DURABILITY,
    provider: providerSettings(settings),
    pullOverlapS: settings.FARELOG_PULL_OVERLAP_HOURS * 3600,
    pullWindowS: settings.FARELOG_PULL_WINDOW_HOURS * 3600,
    portalUrl: settings.FARELOG_PORTAL_URL,
    syncOverlapS: settings.FARELOG_SYNC_OVERLAP_HOURS * 3600,
    schedule: scheduleConfig(settings, settings.FARELOG_REPORT_TIMEZONE),
    limits: {
      bodyBytes: settings.FARELOG_BODY_LIMIT_BYTES,
      bulkBodyBytes: settings.FARELOG_BULK_BODY_LIMIT_BYTES,
      batchRows: settings.FARELOG_BATCH_ROWS,
      batchBytes: settings.FARELOG_BATCH_BYTES,
      batchWaitMs: settings.FARELOG_BATCH_WAIT_MS,
      queueDeliveries: settings.FARELOG_QUEUE_DELIVERIES,
      headersTimeoutMs: settings.FARELOG_HEADERS_TIMEOUT_MS,
      requestTimeoutMs: settings.FARELOG_REQUEST_TIMEOUT_MS,
      stopGraceMs: settings.FARELOG_STOP_GRACE_MS,
      drainTimeoutMs: settings.FARELOG_DRAIN_TIMEOUT_MS,
      commitTries: settings.FARELOG_COMMIT_TRIES,
      commitTimeoutMs: settings.FARELOG_COMMIT_TIMEOUT_MS,
      ledgerCacheBytes: settings.FARELOG_LEDGER_CACHE_BYTES,
      liveStreams: settings.FARELOG_LIVE_STREAMS,
      livePollMs: settings.FARELOG_LIVE_POLL_MS,
      liveHeartbeatMs: settings.FARELOG_LIVE_HEARTBEAT_MS,
      ...requestLimits(settings),
    },
  };
}
