/** Settings of what callers may ask for in time: how often, and how long an answer may read. */
import type { z } from 'zod';
import { whole } from './setting-shapes.js';

/** Counts in a minute have no limit at 0, but for sign-ins. */
export interface RequestLimits {
  readonly sessionMs: number;
  /** Attempts to sign in, of all callers and of one address. */
  readonly signInsPerMinute: number;
  readonly addressSignInsPerMinute: number;
  /** Keys and session tokens that are not known and may be looked up, of all callers and of one address. */
  readonly unknownKeysPerMinute: number;
  readonly addressUnknownKeysPerMinute: number;
  /** Requests of one API key with its sessions; recording is counted apart. */
  readonly keyRequestsPerMinute: number;
  readonly keyRecordingsPerMinute: number;
  /** Webhooks of one address. */
  readonly addressDeliveriesPerMinute: number;
  /** How long one answer may read from the database; 0: no limit. */
  readonly queryTimeoutMs: number;
  /** How long a study may take that is asked of the service, and how many payments it may read. */
  readonly studyTimeoutMs: number;
  readonly studyPayments: number;
}

const MOST = 10_000_000;

export const REQUEST_LIMIT_SETTINGS = {
  FARELOG_SESSION_HOURS: whole(1, 720, 12),
  FARELOG_SIGN_INS_PER_MINUTE: whole(1, 100_000, 300),
  FARELOG_ADDRESS_SIGN_INS_PER_MINUTE: whole(1, 100_000, 20),
  FARELOG_UNKNOWN_KEYS_PER_MINUTE: whole(0, MOST, 3_000),
  FARELOG_ADDRESS_UNKNOWN_KEYS_PER_MINUTE: whole(0, MOST, 300),
  FARELOG_KEY_REQUESTS_PER_MINUTE: whole(0, MOST, 6_000),
  FARELOG_KEY_RECORDINGS_PER_MINUTE: whole(0, MOST, 600_000),
  FARELOG_ADDRESS_DELIVERIES_PER_MINUTE: whole(0, MOST, 0),
  FARELOG_QUERY_TIMEOUT_MS: whole(0, 3_600_000, 30_000),
  FARELOG_STUDY_TIMEOUT_MS: whole(1_000, 3_600_000, 120_000),
  FARELOG_STUDY_PAYMENTS: whole(1, 1_000_000_000, 20_000_000),
};

type Settings = {
  readonly [Name in keyof typeof REQUEST_LIMIT_SETTINGS]: z.infer<(typeof REQUEST_LIMIT_SETTINGS)[Name]>;
};

export function requestLimits(settings: Settings): RequestLimits {
  return {
    sessionMs: settings.FARELOG_SESSION_HOURS * 3_600_000,
    signInsPerMinute: settings.FARELOG_SIGN_INS_PER_MINUTE,
    addressSignInsPerMinute: settings.FARELOG_ADDRESS_SIGN_INS_PER_MINUTE,
    unknownKeysPerMinute: settings.FARELOG_UNKNOWN_KEYS_PER_MINUTE,
    addressUnknownKeysPerMinute: settings.FARELOG_ADDRESS_UNKNOWN_KEYS_PER_MINUTE,
    keyRequestsPerMinute: settings.FARELOG_KEY_REQUESTS_PER_MINUTE,
    keyRecordingsPerMinute: settings.FARELOG_KEY_RECORDINGS_PER_MINUTE,
    addressDeliveriesPerMinute: settings.FARELOG_ADDRESS_DELIVERIES_PER_MINUTE,
    queryTimeoutMs: settings.FARELOG_QUERY_TIMEOUT_MS,
    studyTimeoutMs: settings.FARELOG_STUDY_TIMEOUT_MS,
    studyPayments: settings.FARELOG_STUDY_PAYMENTS,
  };
}
