import { defineConfig } from 'vitest/config';
import { netwright } from './helpers/run/vitest-plugin.ts';

// The suites: `npx vitest run` and `netwright run` do the same. Netwright's own tests: tests/vitest.config.ts.
export default defineConfig({ plugins: [netwright()] });
