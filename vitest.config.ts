import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { SUITES } from './helpers/model/suites.ts';
import { newRunId } from './helpers/run/run-id.ts';

// The suites, as `npx vitest run` runs them by itself and as `netwright run` drives them. Netwright's own tests:
// tests/vitest.config.ts.
process.env['NETWRIGHT_RUN_ID'] ??= newRunId();
const reportDir = join(process.env['NETWRIGHT_REPORTS_DIR'] ?? 'reports', process.env['NETWRIGHT_RUN_ID']);

class StoryOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      SUITES.findIndex((name) => moduleId.endsWith(`/${name}.suite.ts`));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    name: 'suites',
    include: ['suites/**/*.suite.ts'],
    globalSetup: ['helpers/suite/global-setup.ts'],
    // One process, one file after the other: suites share the open agents, and do not disturb each other's
    // measurements.
    pool: 'forks',
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: StoryOrder },
    testTimeout: 30_000,
    reporters: [
      'default',
      ['junit', { outputFile: join(reportDir, 'junit.xml'), suiteName: 'netwright' }],
      ['allure-vitest/reporter', { resultsDir: join(reportDir, 'allure-results'), reportMatchers: false }],
    ],
  },
});
