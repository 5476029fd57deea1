import { defineConfig } from 'vitest/config';

// Netwright's own tests. The suites that it runs against clusters have the configuration at the top level.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // npm run coverage: what the unit tests reach of the source. Programs that tests start as processes of their own
    // (the command line, agents) are not counted.
    coverage: {
      provider: 'v8',
      include: ['helpers/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'reports/coverage',
    },
    projects: [
      {
        // Two at a time: by itself vitest leaves one core of two idle.
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          testTimeout: 20_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // On real labs, one at a time: they share two cores and measure times.
        test: {
          name: 'lab',
          include: ['tests/lab/**/*.test.ts'],
          globalSetup: ['tests/lab/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
