import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // As in web/vite.config.ts.
    alias: [
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
      { find: /^farelog\//, replacement: fileURLToPath(new URL('src/', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'web/test/**/*.test.ts'],
    pool: 'forks',
    // A process runs many files, which share no state: half a second a file is saved.
    isolate: false,
    // A fifth of the time, tests wait for processes, servers and pages: one more than the cores keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // The SQLite writer starts a thread from its own module file, which outside dist/ is TypeScript.
    execArgv: ['--import', new URL('./test/support/tsx-in-threads.mjs', import.meta.url).href],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
