import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { DID_NOT_RUN, type SymptomResult } from './outcome.ts';

/** A suite's file has its name. */
const moduleName = ({ moduleId }: TestModule): string =>
  moduleId
    .split('/')
    .at(-1)
    ?.replace(/\.suite\.[jt]s$/, '') ?? moduleId;

function suiteName(test: TestCase): string {
  let parent: TestCase['parent'] = test.parent;
  let name = moduleName(test.module);
  while (parent.type === 'suite') {
    name = parent.name;
    parent = parent.parent;
  }
  return name;
}

/**
 * A test of vitest as a symptom with a verdict of four. A test that broke before it judged anything is inconclusive,
 * not failed.
 */
export function symptomResult(test: TestCase): SymptomResult {
  const result = test.result();
  const meta = test.meta().netwright;
  const base = {
    suite: suiteName(test),
    title: meta?.detail === undefined ? test.name : `${test.name} (${meta.detail})`,
    fullName: test.fullName,
    observations: meta?.observations ?? [],
    durationMs: Math.round(test.diagnostic()?.duration ?? 0),
  };
  if (result.state === 'passed') return { ...base, verdict: 'pass' };
  if (meta && meta.verdict !== 'fail') return { ...base, verdict: meta.verdict, text: meta.reason };
  if (result.state === 'failed') {
    const text = result.errors.map(({ message }) => message).join('\n');
    return { ...base, verdict: meta?.verdict === 'fail' ? 'fail' : 'inconclusive', text };
  }
  return { ...base, verdict: 'skipped', text: result.state === 'skipped' ? (result.note ?? 'skipped') : DID_NOT_RUN };
}

export interface SuiteEnd {
  suite: string;
  symptoms: SymptomResult[];
  durationMs: number;
}

/** Collects the symptoms of a run and tells as each suite starts and ends. */
export class SymptomReporter implements Reporter {
  readonly symptoms: SymptomResult[] = [];
  readonly durations = new Map<string, number>();
  /** Errors outside of any test: a suite file that could not be loaded, an unhandled rejection. */
  readonly errors: string[] = [];
  onSuiteStart: (suite: string) => void = () => {};
  onSuiteEnd: (end: SuiteEnd) => void = () => {};

  onTestModuleStart(module: TestModule): void {
    this.onSuiteStart(moduleName(module));
  }

  onTestModuleEnd(module: TestModule): void {
    const symptoms = [...module.children.allTests()].map(symptomResult);
    const suite = symptoms[0]?.suite ?? moduleName(module);
    const { duration, setupDuration } = module.diagnostic();
    const durationMs = Math.round(duration + setupDuration);
    this.symptoms.push(...symptoms);
    this.durations.set(suite, durationMs);
    this.errors.push(...module.errors().map(({ message }) => message));
    this.onSuiteEnd({ suite, symptoms, durationMs });
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly { message?: string }[]): void | Promise<void> {
    this.errors.push(...unhandled.map(({ message }) => message ?? 'an unknown error'));
  }
}
