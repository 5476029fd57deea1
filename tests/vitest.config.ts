import { defineConfig } from 'vitest/config';

// Netwright's own tests. The suites that it runs against clusters have the configuration at the top level.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      { test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        // On real labs, one at a time: they share two cores and measure times.
        test: {
          name: 'lab',
          include: ['tests/lab/**/*.test.ts'],
          globalSetup: ['tests/lab/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
