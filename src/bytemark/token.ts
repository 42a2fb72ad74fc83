/**
 * The OAuth token (RFC 6749): obtained with the first request, kept in memory, and renewed before it expires or when the
 * provider refuses it. Whoever asks while it is being renewed waits for that one renewal.
 */
import { z } from 'zod';
import type { Connection } from './connection.js';
import type { PassingTime } from './passing-time.js';
import { parseJson } from './payload.js';
import { ProviderError } from './provider-error.js';
import type { ProviderSettings } from './provider-settings.js';

const GRANTED = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z
    .union([z.number(), z.string().regex(/^\d{1,10}$/)])
    .transform(Number)
    .nullish(),
});
const REFUSED = z.object({ error: z.string().max(100), error_description: z.string().max(300).optional() });

/** A token is renewed so long before its end, or a tenth of its life if that is shorter. */
const MARGIN_MS = 60_000;

interface Token {
  readonly text: string;
  /** Milliseconds since 1970; Infinity where the provider does not say. */
  readonly renewMs: number;
}

export class TokenKeeper {
  readonly #settings: ProviderSettings;
  readonly #connection: Pick<Connection, 'request'>;
  readonly #time: Pick<PassingTime, 'now'>;
  #token: Token | undefined;
  #renewing: Promise<Token> | undefined;

  constructor(settings: ProviderSettings, connection: Pick<Connection, 'request'>, time: PassingTime) {
    this.#settings = settings;
    this.#connection = connection;
    this.#time = time;
  }

  /** A token that has not expired. @throws ProviderError */
  async current(): Promise<string> {
    const token = this.#token;
    if (token !== undefined && this.#time.now() < token.renewMs) return token.text;
    return this.#renew();
  }

  /** Another token than one that the provider refused. @throws ProviderError */
  async insteadOf(refused: string): Promise<string> {
    if (this.#token?.text === refused) this.#token = undefined;
    return this.current();
  }

  async #renew(): Promise<string> {
    this.#renewing ??= this.#obtain().finally(() => {
      this.#renewing = undefined;
    });
    const token = await this.#renewing;
    return token.text;
  }

  async #obtain(): Promise<Token> {
    const { tokenPath, clientId, clientSecret, clientAuth, scope, owner } = this.#settings;
    const form = new URLSearchParams(
      owner === null ? { grant_type: 'client_credentials' } : { grant_type: 'password', ...owner },
    );
    if (scope !== null) form.set('scope', scope);
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    if (clientAuth === 'basic') headers.authorization = basic(clientId, clientSecret);
    else {
      form.set('client_id', clientId);
      form.set('client_secret', clientSecret);
    }
    const asked = this.#time.now();
    const { status, bytes } = await this.#connection.request({
      method: 'POST',
      path: tokenPath,
      headers,
      body: form.toString(),
    });
    const parsed = parseJson(bytes);
    const value = parsed.ok ? parsed.value : undefined;
    if (status !== 200) throw this.#refused(status, value);
    const granted = GRANTED.safeParse(value);
    if (granted.success && (granted.data.token_type?.toLowerCase() ?? 'bearer') === 'bearer') {
      const { access_token: text, expires_in: seconds } = granted.data;
      const lifeMs = (seconds ?? Number.POSITIVE_INFINITY) * 1000;
      const marginMs = Math.min(MARGIN_MS, lifeMs / 10);
      const token = {
        text,
        renewMs: lifeMs === Number.POSITIVE_INFINITY ? lifeMs : asked + lifeMs - marginMs,
      };
      this.#token = token;
      return token;
    }
    const field = granted.success ? 'token_type' : (granted.error.issues[0]?.path.join('.') ?? '');
    const message = `The provider's answer at ${tokenPath} is no token: ${field || 'body'} is missing or not what OAuth says. Is FARELOG_BYTEMARK_TOKEN_PATH right?`;
    throw new ProviderError('malformed', message);
  }

  #refused(status: number, value: unknown): ProviderError {
    const { tokenPath } = this.#settings;
    const refused = REFUSED.safeParse(value);
    if (status === 400 || status === 401 || status === 403) {
      const why = refused.success ? refused.data.error : `status ${status}`;
      return new ProviderError(
        'auth',
        `The provider gives no token (${why}). Are FARELOG_BYTEMARK_CLIENT_ID, FARELOG_BYTEMARK_CLIENT_SECRET and, for a user's token, FARELOG_BYTEMARK_USERNAME and FARELOG_BYTEMARK_PASSWORD right?`,
      );
    }
    const message = `The provider answered ${status} at ${tokenPath}. Is FARELOG_BYTEMARK_TOKEN_PATH right?`;
    return new ProviderError('refused', message);
  }
}

/** RFC 6749, 2.3.1: both parts are form-encoded before they are joined. */
function basic(id: string, secret: string): string {
  const encode = (text: string): string => new URLSearchParams({ _: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
}
