import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const below = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev -w web` finds the service. */
const SERVICE = process.env.FARELOG_URL ?? 'http://127.0.0.1:4300';

export default defineConfig({
  resolve: {
    // Written for React and run by Preact, which has the same API at a tenth of the size: React's renderer and the
    // charts' library together would be over what may be loaded before the first chart.
    alias: [
      { find: /^react\/jsx(-dev)?-runtime$/, replacement: 'preact/jsx-runtime' },
      { find: 'react-dom/client', replacement: 'preact/compat/client' },
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
      { find: /^farelog\//, replacement: `${below('../src')}/` },
    ],
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    // Everything comes from files of our own; a data: URL in a style would be one more thing to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // "use client" in a package is for servers that render, and nothing here does.
      onLog: (level, log, tell) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log);
      },
    },
  },
  server: { proxy: { '/api': SERVICE, '/docs': SERVICE } },
});
