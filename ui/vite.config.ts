import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The one kind of build that may hold the stand-in host: the tests in a browser look at it. */
export const STAND_IN = 'stand-in';

/** The stand-in host and the page of components are for development: any other build that holds them fails. */
const developmentOnly = (): Plugin => ({
  name: 'development-only',
  apply: (_, { command, mode }) => command === 'build' && mode !== STAND_IN,
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((file) =>
      'moduleIds' in file ? file.moduleIds : [],
    );
    const left = modules.filter((id) => /\/src\/(backend\/fake|features\/components\/)/.test(id));
    if (left.length > 0) this.error(`for development only: ${left.join(', ')}`);
  },
});

export default defineConfig({
  plugins: [svelte(), developmentOnly()],
  clearScreen: false,
  server: {
    port: 5173,
    strictPort: true,
    host: '127.0.0.1',
    // About shows the licence of the repository, and the words of failures and checks lie in crates/app/words.
    fs: { allow: ['..'] },
  },
  build: { target: 'safari15', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  ...(process.env['VITEST'] ? { resolve: { conditions: ['browser'] } } : {}),
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    // They need a browser: vitest.browser.config.ts.
    exclude: ['tests/browser/**'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    // A worker loads the page's modules once; setup.ts forgets what they know after each test.
    isolate: false,
    // Vitest would leave one processor to nobody.
    maxWorkers: '100%',
    // Ends a hang; says nothing of speed.
    testTimeout: 60_000,
  },
});
