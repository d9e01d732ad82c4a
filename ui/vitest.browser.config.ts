// Tests of the page in Chromium, for what jsdom has not: colours, layout, motion. `npm run test:browser`.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: 'tests/browser/serve.ts',
    // The browser works as hard as the tests do; the limits only end what hangs.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
