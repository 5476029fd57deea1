import { Writable } from 'node:stream';
import { createVitest, type Vitest } from 'vitest/node';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { SuiteName } from '../model/suites.ts';
import { removeSignalListenersSince, signalListeners } from './own-signals.ts';
import { SymptomReporter } from './reporter.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** vitest, started and waiting for a run to be prepared: it takes a second that need not be waited for twice. */
export interface SuiteRunner {
  reporter: SymptomReporter;
  /** Runs the suites against a prepared run. */
  run(contextPath: string, suites: readonly SuiteName[]): Promise<void>;
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** Starts vitest on the suites with reports into `reportDir`; nothing of vitest's own is printed. */
export async function startSuiteRunner(reportDir: string): Promise<SuiteRunner> {
  const reporter = new SymptomReporter();
  // What vitest's reporters would print (where a file was written, mostly) is not the answer that was asked for on
  // stdout.
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const listeners = signalListeners();
  const vitest: Vitest = await createVitest(
    'test',
    {
      root,
      config: join(root, 'vitest.config.ts'),
      watch: false,
      reporters: [
        reporter,
        ['allure-vitest/reporter', { resultsDir: join(reportDir, 'allure-results'), reportMatchers: false }],
      ],
    },
    {},
    { stdout: nowhere(), stderr: nowhere() },
  );
  removeSignalListenersSince(listeners);
  return {
    reporter,
    run: async (contextPath, suites) => {
      process.env['NETWRIGHT_CONTEXT_FILE'] = contextPath;
      // A filter is a part of a path: with the folder and the ending it names one file.
      await vitest.start(suites.map((suite) => join(root, 'suites', `${suite}.suite.ts`)));
    },
    cancel: () => vitest.cancelCurrentRun('keyboard-input'),
    close: () => vitest.close(),
  };
}
