/** The sandbox's OAuth server: RFC 6749's two grants that machines use. Tokens end by themselves or by hand. */
import { randomBytes } from 'node:crypto';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly owner: { readonly username: string; readonly password: string } | null;
}

export type Granted =
  | { readonly ok: true; readonly token: string; readonly seconds: number }
  | { readonly ok: false; readonly status: 400 | 401; readonly error: string };

export class Tokens {
  readonly #credentials: Credentials;
  readonly #seconds: number;
  readonly #ends = new Map<string, number>();
  issued = 0;

  constructor(credentials: Credentials, seconds: number) {
    this.#credentials = credentials;
    this.#seconds = seconds;
  }

  grant(authorization: string | undefined, form: URLSearchParams, now: number): Granted {
    const { clientId, clientSecret, owner } = this.#credentials;
    const [id, secret] = basicOf(authorization) ?? [form.get('client_id'), form.get('client_secret')];
    if (id !== clientId || secret !== clientSecret)
      return { ok: false, status: 401, error: 'invalid_client' };
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials' && grant !== 'password')
      return { ok: false, status: 400, error: 'unsupported_grant_type' };
    const isOwner = form.get('username') === owner?.username && form.get('password') === owner?.password;
    if (grant === 'password' && (owner === null || !isOwner))
      return { ok: false, status: 400, error: 'invalid_grant' };
    const token = randomBytes(24).toString('base64url');
    for (const [old, end] of this.#ends) if (end <= now) this.#ends.delete(old);
    this.#ends.set(token, now + this.#seconds * 1000);
    this.issued++;
    return { ok: true, token, seconds: this.#seconds };
  }

  holds(authorization: string | undefined, now: number): boolean {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    return (this.#ends.get(token) ?? 0) > now;
  }

  expireAll(): void {
    this.#ends.clear();
  }
}

function basicOf(authorization: string | undefined): [string, string] | undefined {
  const base64 = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1];
  if (base64 === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(base64, 'base64').toString('utf8').split(':');
  const decode = (text: string): string => new URLSearchParams(`_=${text}`).get('_') ?? '';
  return [decode(id), decode(secret.join(':'))];
}
