/** TLS to MySQL by the address's options, on a server of its own that has a certificate. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openKnex } from '../../src/store/open.js';
import { MARIADB_MISSING, type Mariadb, startMariadb } from '../support/mariadb.js';
import { failureOf } from '../support/promises.js';

const folder = mkdtempSync(join(tmpdir(), 'farelog-tls-'));
const file = (name: string): string => join(folder, name);

/** A certificate for `name`, signed by a certificate authority made for this test. */
function makeCertificates(authority: string, name: string): void {
  const openssl = (...words: readonly string[]): unknown =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-sha256'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    `/CN=${authority}`,
    '-keyout',
    `${authority}.key`,
    '-out',
    `${authority}.pem`,
  );
  openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${authority}-server.key`, '-out', 'server.csr');
  writeFileSync(file('names.cnf'), `subjectAltName=DNS:${name}\n`);
  const signing = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2'];
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...signing,
    '-extfile',
    'names.cnf',
    '-out',
    `${authority}-server.pem`,
  );
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.error('TLS tests skipped: install their program with `apt-get install openssl`');

const missing = !hasOpenssl || inject('mariadbUrl') === null;

describe.skipIf(missing)(missing ? `TLS: ${MARIADB_MISSING} (and openssl)` : 'TLS to MariaDB', () => {
  let server: Mariadb | undefined;

  beforeAll(async () => {
    makeCertificates('ours', 'localhost');
    makeCertificates('other', 'db.example');
    server = await startMariadb([
      `--ssl-ca=${file('ours.pem')}`,
      `--ssl-cert=${file('ours-server.pem')}`,
      `--ssl-key=${file('ours-server.key')}`,
    ]);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  /** The cipher of a connection with those options; empty where it is in the clear. */
  async function cipherWith(options: string, host = 'localhost'): Promise<string> {
    const url = new URL(server?.adminUrl ?? '');
    url.hostname = host;
    const knex = openKnex(`${url.href}${options}`);
    try {
      const [rows] = await knex.raw("SHOW STATUS LIKE 'Ssl_cipher'");
      return String(rows[0]?.Value);
    } finally {
      await knex.destroy();
    }
  }

  test('without options a connection is in the clear', async () => {
    expect(await cipherWith('')).toBe('');
  });

  test('REQUIRED encrypts, whoever signed the certificate', async () => {
    expect(await cipherWith('?ssl-mode=REQUIRED')).not.toBe('');
  });

  test('VERIFY_CA takes a certificate of the given authority', async () => {
    expect(await cipherWith(`?ssl-mode=VERIFY_CA&ssl-ca=${file('ours.pem')}`, '127.0.0.1')).not.toBe('');
  });

  test('VERIFY_CA refuses one of another authority', async () => {
    await failureOf(cipherWith(`?ssl-mode=VERIFY_CA&ssl-ca=${file('other.pem')}`));
  });

  test('VERIFY_IDENTITY takes the name of the certificate', async () => {
    expect(await cipherWith(`?ssl-mode=VERIFY_IDENTITY&ssl-ca=${file('ours.pem')}`)).not.toBe('');
  });

  test('VERIFY_IDENTITY refuses a certificate of another name', async () => {
    const elsewhere = await startMariadb([
      `--ssl-ca=${file('other.pem')}`,
      `--ssl-cert=${file('other-server.pem')}`,
      `--ssl-key=${file('other-server.key')}`,
    ]);
    const url = new URL(elsewhere?.adminUrl ?? '');
    url.hostname = 'localhost';
    const connect = async (mode: string): Promise<unknown> => {
      const knex = openKnex(`${url.href}?ssl-mode=${mode}&ssl-ca=${file('other.pem')}`);
      return knex.raw('SELECT 1').finally(() => knex.destroy());
    };
    await connect('VERIFY_CA');
    expect(String(await failureOf(connect('VERIFY_IDENTITY')))).toContain('db.example');
    await elsewhere?.stop();
  });

  test('VERIFY_IDENTITY refuses an address, which the driver would not check', () => {
    expect(() => openKnex(`${server?.adminUrl}?ssl-mode=VERIFY_IDENTITY`)).toThrow(/127\.0\.0\.1/);
  });

  test('a mode that is none is refused by name', () => {
    expect(() => openKnex(`${server?.adminUrl}?ssl-mode=MAYBE`)).toThrow(/ssl-mode=MAYBE/);
  });
});
