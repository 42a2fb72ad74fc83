/** One server of each kind for the whole run; every test file makes databases of its own on it. */
import type { TestProject } from 'vitest/node';
import { MARIADB_MISSING, startMariadb } from './mariadb.js';
import { startMysql } from './mysql.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's MariaDB as root; null where none is installed. */
    mariadbUrl: string | null;
    /** Address of the run's MySQL as root; null where `FARELOG_TEST_MYSQL` names none. */
    mysqlUrl: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mariadb = await startMariadb();
  if (mariadb === undefined) {
    const required = process.env.FARELOG_TEST_REQUIRE === 'mysql' || (process.env.CI ?? '') !== '';
    if (required) throw new Error(`${MARIADB_MISSING}; this run requires it (CI or FARELOG_TEST_REQUIRE)`);
    console.error(`\n${MARIADB_MISSING}\n`);
  }
  const system = process.env.FARELOG_TEST_MYSQL;
  const mysql = system === undefined ? undefined : await startMysql(system);
  project.provide('mariadbUrl', mariadb?.adminUrl ?? null);
  project.provide('mysqlUrl', mysql?.adminUrl ?? null);
  return async () => {
    await Promise.all([mariadb?.stop(), mysql?.stop()]);
  };
}
