import { defineConfig } from 'vitest/config';

const long = process.env.FARELOG_TEST_FAULTS === 'long';

export default defineConfig({
  test: {
    include: ['test/faults/**/*.fault.ts'],
    pool: 'forks',
    // Rows wait more than they work, so more of them than cores. In the long form they stand alone, so that times to
    // recover are undisturbed.
    maxWorkers: long ? 1 : 4,
    // The SQLite writer starts a thread from its own module file, which outside dist/ is TypeScript.
    execArgv: ['--import', new URL('./test/support/tsx-in-threads.mjs', import.meta.url).href],
    globalSetup: ['test/support/global-setup.ts', 'test/faults/global-setup.ts'],
    testTimeout: long ? 3_600_000 : 180_000,
    hookTimeout: 120_000,
  },
});
