import { basename, join } from 'node:path';
import AllureReporter from 'allure-vitest/reporter';
import type { Plugin } from 'vitest/config';
import { BaseSequencer, type TestModule, type TestSpecification, type TestProject, type Vitest } from 'vitest/node';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { RunContext } from '../model/run-context.ts';
import { SUITES } from '../model/suites.ts';
import { sourceExtension } from '../package-root.ts';
import { printError } from '../report/error-text.ts';
import { onInterrupt } from './interrupts.ts';
import { dropSignalListeners } from './own-signals.ts';
import { publish } from './publish.ts';
import { SymptomReporter, type SuiteEnd } from './reporter.ts';
import { beginRun, type BegunRun, type RunEnded } from './whole-run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run that the suites take part in. */
    netwright: RunContext;
  }
}

/** What the command line gives; without it vitest was started by itself, and the plugin does all. */
export interface DrivenRun {
  run: BegunRun;
  onSuiteStart: (suite: string) => void;
  onSuiteEnd: (end: SuiteEnd) => void;
  onEnd: (ended: RunEnded) => Promise<void>;
}

const nameOf = ({ moduleId }: TestSpecification): string => basename(moduleId, `.suite${sourceExtension}`);

/** The order of a report. */
class ReportOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = (file: TestSpecification) => SUITES.findIndex((name) => name === nameOf(file));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/**
 * Begins the run of a vitest that was started by itself. Where that fails, the process ends with the error's text and
 * exit code: vitest would print a stack, and end with 1.
 */
async function beginAlone(configured: () => Config): Promise<DrivenRun> {
  // vitest's own listener ends the process at once: nothing would be reported, and all would stay on the cluster.
  dropSignalListeners();
  const { signal } = onInterrupt();
  const say = (text: string) => process.stderr.write(`${text}\n`);
  try {
    const run = beginRun({ config: configured(), signal, onProgress: say, onTrouble: say });
    await run.prepared;
    const onEnd = async (ended: RunEnded) => {
      // vitest knows two codes, and sets its own.
      process.once('exit', () => (process.exitCode = ended.exitCode));
      await publish(ended, { json: false });
    };
    return { run, onSuiteStart: () => {}, onSuiteEnd: () => {}, onEnd };
  } catch (error) {
    return process.exit(printError(error));
  }
}

/** Prepares the run before the first suite, and concludes it after the last. */
class RunReporter extends SymptomReporter {
  readonly #project: TestProject;
  readonly #begin: () => Promise<DrivenRun>;
  #vitest: Vitest | undefined;
  #allure: AllureReporter | undefined;
  #driven: DrivenRun | undefined;
  readonly #suitesEnded = new AbortController();

  constructor(project: TestProject, begin: () => Promise<DrivenRun>) {
    super();
    this.#project = project;
    this.#begin = begin;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
    const vitest = this.#vitest;
    if (specifications.length === 0 || !vitest) return;
    const driven = await this.#begin();
    this.#driven = driven;
    const { run } = driven;
    this.onSuiteStart = driven.onSuiteStart;
    this.onSuiteEnd = driven.onSuiteEnd;
    const asked = new Set(specifications.map(nameOf));
    const { context } = await run.prepared;
    this.#project.provide('netwright', { ...context, suites: SUITES.filter((name) => asked.has(name)) });
    this.#allure = new AllureReporter({ resultsDir: join(run.reportDir, 'allure-results'), reportMatchers: false });
    this.#allure.onInit(vitest);
    const interrupt = () => {
      run.interrupt();
      // Rejects where the suites' thread ended meanwhile: then there is nothing to cancel.
      vitest.cancelCurrentRun('keyboard-input').catch(() => {});
    };
    run.stopped.addEventListener('abort', interrupt, { once: true, signal: this.#suitesEnded.signal });
    if (run.stopped.aborted) interrupt();
  }

  override async onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly { message?: string }[],
  ): Promise<void> {
    await super.onTestRunEnd(modules, unhandled);
    if (!this.#driven) return;
    this.#suitesEnded.abort();
    this.#allure?.onTestRunEnd(modules);
    const { run, onEnd } = this.#driven;
    await onEnd(await run.conclude(this));
  }
}

/**
 * One run as a plugin of vitest: it prepares the cluster before the first suite, gives the suites their context,
 * diagnoses after the last, writes the reports, cleans up and sets the exit code. `driven` is given by whoever starts
 * vitest and has begun the run already.
 */
export function netwright(driven?: DrivenRun): Plugin {
  let config: Config | undefined;
  const configured = (): Config => (config ??= loadConfig({ env: process.env, cwd: process.cwd() }));
  const suites = (): readonly string[] => {
    try {
      return (driven?.run.config ?? configured()).suites;
    } catch {
      // Printed when the run begins: vitest also loads this file only to list the tests.
      return SUITES;
    }
  };
  return {
    name: 'netwright',
    config: () => ({
      test: {
        name: 'suites',
        include: suites().map((name) => `suites/${name}.suite${sourceExtension}`),
        watch: false,
        // One thread, one file after the other: suites share the open agents, and do not disturb each other's
        // measurements.
        pool: 'threads',
        isolate: false,
        fileParallelism: false,
        sequence: { sequencer: ReportOrder },
        testTimeout: 30_000,
      },
    }),
    configureVitest: ({ vitest, project }) => {
      const begin = driven ? () => Promise.resolve(driven) : () => beginAlone(configured);
      vitest.config.reporters.push(new RunReporter(project, begin));
    },
  };
}
