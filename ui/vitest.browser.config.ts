// Tests of the page in Chromium, for what jsdom has not: colours, layout, motion. `npm run test:browser`.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/browser/**/*.test.ts'],
    // One browser at a time; the limits only end what hangs.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
