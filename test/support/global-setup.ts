/** One MariaDB for the whole run; every test file makes databases of its own on it. */
import type { TestProject } from 'vitest/node';
import { MARIADB_MISSING, startMariadb } from './mariadb.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's MariaDB as root; null where none is installed. */
    mariadbUrl: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startMariadb();
  if (server === undefined) {
    const required = process.env.FARELOG_TEST_REQUIRE === 'mysql' || (process.env.CI ?? '') !== '';
    if (required) throw new Error(`${MARIADB_MISSING}; this run requires it (CI or FARELOG_TEST_REQUIRE)`);
    console.error(`\n${MARIADB_MISSING}\n`);
  }
  project.provide('mariadbUrl', server?.adminUrl ?? null);
  return async () => {
    await server?.stop();
  };
}
