import { test, type TestContext } from 'vitest';
import type { ProbeObservation } from '../model/observation.ts';
import { failureText } from '../report/failure-text.ts';
import { currentRun } from './current-run.ts';
import { DID_NOT_RUN } from '../run/outcome.ts';
import { unmet } from './requirements.ts';
import { chosenBy, closedPorts, type Symptom } from './declaration.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What the test stands for in the run's report. */
    netwright?: {
      verdict: 'pass' | 'fail' | 'inconclusive' | 'skipped';
      reason?: string;
      observations: string[];
      /** What the title says besides. */
      detail?: string;
    };
  }
}

/** What a suite saw, or why it did not look. */
export interface Seen {
  observations: ProbeObservation[];
  skip?: string;
}

class SymptomError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Symptom';
    // A stack in Netwright's own code says nothing about the cluster.
    this.stack = message;
  }
}

function skipWith(
  context: TestContext,
  verdict: 'inconclusive' | 'skipped',
  reason: string,
  observations: string[],
  detail?: string,
): never {
  context.task.meta.netwright = { verdict, reason, observations, detail };
  return context.skip(verdict === 'inconclusive' ? `inconclusive: ${reason}` : reason);
}

async function whyNothing({ requires = [], select }: Symptom, observations: ProbeObservation[]): Promise<string> {
  const { context, options } = await currentRun();
  // A run that is out of time, or interrupted, has not looked: the cluster is not blamed for having nothing to look at.
  if (options.signal.aborted) return DID_NOT_RUN;
  const evidence = observations.find((probe) => probe.verdict === 'evidence' && probe.reason && select(probe));
  return unmet(requires, context) ?? evidence?.reason ?? 'there is nothing of this kind to observe';
}

/**
 * One symptom as a test: it passes when every selected observation passed, fails with pattern and pairs when one
 * failed, and is neither (skipped with its reason) when something could not be observed or there is nothing to observe.
 */
export function testSymptom(symptom: Symptom, seen: () => Seen): void {
  // Judged by what was observed, under the title that the suite gives.
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title
  test(symptom.title, async (context) => {
    const { observations, skip } = seen();
    if (skip !== undefined) skipWith(context, 'skipped', skip, []);
    const chosen = chosenBy(symptom, observations);
    const ids = chosen.map(({ id }) => id);
    const closed = closedPorts(symptom, observations);
    if (chosen.length === 0) skipWith(context, 'skipped', closed ?? (await whyNothing(symptom, observations)), ids);
    const detail = [symptom.detail?.(chosen), closed].filter((text) => text !== undefined).join('; ') || undefined;
    const failed = chosen.filter(({ verdict }) => verdict === 'fail');
    if (failed.length > 0) {
      context.task.meta.netwright = { verdict: 'fail', observations: ids, detail };
      throw new SymptomError(failureText(chosen, { among: observations }));
    }
    const unclear = chosen.filter(({ verdict }) => verdict === 'inconclusive');
    if (unclear.length > 0) {
      const reason = unclear[0]?.reason ?? 'no reason was given';
      skipWith(context, 'inconclusive', `${unclear.length} of ${chosen.length} not observed: ${reason}`, ids, detail);
    }
    context.task.meta.netwright = { verdict: 'pass', observations: ids, detail };
  });
}
