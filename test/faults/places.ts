/** Where faults are tried: the databases, the services on them, and the programs that injecting needs. */
import { pathToFileURL } from 'node:url';
import { describe, onTestFinished, test } from 'vitest';
import { DATABASES, describeOn, type TestDatabase } from '../support/databases.js';
import { MARIADB_MISSING, type Mariadb, startMariadb } from '../support/mariadb.js';
import { type ServiceProcess, startProcess, temporaryFolder } from '../support/service.js';
import { PSEUDONYM_KEY } from './acknowledgements.js';
import { runOn } from './raw-statements.js';

/** The databases that outlive a service. */
export const FILE_DATABASES: readonly TestDatabase[] = DATABASES.filter(
  ({ name }) => name !== 'sqlite memory',
);

/** Declares a fault's tests once a database. */
export function onEachDatabase(tests: (database: TestDatabase) => void): void {
  for (const database of FILE_DATABASES) describeOn(database, () => tests(database));
}

/** The settings of a service that a fault is tried on: a fresh data folder, and always the same riders' key. */
export function serviceSettings(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    FARELOG_DATABASE_URL: databaseUrl,
    FARELOG_DATA_DIR: temporaryFolder(),
    FARELOG_PSEUDONYM_KEY: PSEUDONYM_KEY,
    FARELOG_SEAL_KEY: 'the-same-seal-after-every-fault',
    ...settings,
  };
}

export interface StartOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Another script with the service's manners, such as a wrong build; by default `farelog start`. */
  readonly script?: string;
  /** Modules loaded into the service before its own, in its threads too: they alter a driver, never our code. */
  readonly preload?: readonly string[];
  /** A program that runs Node and is given it with its arguments, such as `['strace', '-f']`. */
  readonly under?: readonly string[];
}

/** Starts a service on a database, and tells how long it took until it was ready. */
export async function startService(
  databaseUrl: string,
  { settings, script, preload = [], under }: StartOptions = {},
): Promise<ServiceProcess & { readonly readyAfterMs: number }> {
  const began = performance.now();
  const command = script === undefined ? undefined : [script];
  const imports = preload.map((file) => `--import ${pathToFileURL(file).href}`).join(' ');
  const environment = { ...serviceSettings(databaseUrl, settings), NODE_OPTIONS: imports };
  const service = await startProcess(environment, command, under);
  return { ...service, readyAfterMs: performance.now() - began };
}

/** A MariaDB of the test's own, to be killed and started again at the same address, with one empty database. */
export interface OwnMariadb {
  readonly databaseUrl: string;
  readonly adminUrl: string;
  /** The process that runs now. */
  readonly server: Mariadb;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it on the files that are there. */
  start(settings?: readonly string[]): Promise<void>;
}

export async function ownMariadb(settings: readonly string[] = []): Promise<OwnMariadb> {
  const folder = temporaryFolder();
  const started = async (port?: number, more: readonly string[] = settings): Promise<Mariadb> => {
    const server = await startMariadb(more, folder, port);
    if (server === undefined) throw new Error(MARIADB_MISSING);
    return server;
  };
  let server = await started();
  onTestFinished(() => server.kill());
  const { adminUrl } = server;
  const databaseUrl = new URL(adminUrl);
  databaseUrl.pathname = '/farelog';
  await runOn(adminUrl, ['CREATE DATABASE farelog CHARACTER SET utf8mb4']);
  return {
    databaseUrl: databaseUrl.href,
    adminUrl,
    get server() {
      return server;
    },
    kill: () => server.kill(),
    stop: () => server.stop(),
    start: async (more) => {
      server = await started(Number(databaseUrl.port), more);
    },
  };
}

/**
 * Declares tests that cannot run everywhere. Where `missing` says why, they are skipped under that name, loudly; with
 * CI a fault that is not tried fails.
 * @param missing what is missing and how to come by it; undefined where nothing is
 */
export function describeWhere(missing: string | undefined, tests: () => void): void {
  if (missing === undefined) {
    tests();
    return;
  }
  console.error(`\nFault not tried: ${missing}\n`);
  if ((process.env.CI ?? '') === '') describe.skip(`NOT TRIED: ${missing}`, tests);
  else
    test(`NOT TRIED: ${missing}`, () => {
      throw new Error(missing);
    });
}
