import { beforeAll, test, type TestContext } from 'vitest';
import type { ProbeObservation } from '../model/observation.ts';
import { failureText } from '../report/failure-text.ts';
import { currentRun, readCountersOf, type CurrentRun } from './current-run.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What the test stands for in the run's report. */
    netwright?: { verdict: 'pass' | 'fail' | 'inconclusive' | 'skipped'; reason?: string; observations: string[] };
  }
}

/** What a suite saw, and what it could not look at. */
export interface Seen {
  observations: ProbeObservation[];
  /** Why the whole suite does not apply, for example "the overlay is host-gw, not VXLAN". */
  skip?: string;
}

export type Observe = (run: CurrentRun) => Promise<Seen>;

/**
 * A whole suite in an outage: every time-out once, transports retried. Far above what is ever needed; a guard, not a
 * measure.
 */
const OBSERVE_TIMEOUT_MS = 300_000;

/** Runs a suite's observation once, before its tests; the tests only read what it saw. */
export function observeOnce(observe: Observe): () => Seen {
  let seen: Seen = { observations: [] };
  beforeAll(async () => {
    const run = await currentRun();
    seen = await observe(run);
    await readCountersOf(run);
  }, OBSERVE_TIMEOUT_MS);
  return () => seen;
}

export interface SymptomOptions {
  /** Said when nothing was selected: why there is nothing to see. */
  whenNothing?: (run: CurrentRun) => string;
}

class SymptomError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Symptom';
    // The place in our own code says nothing to who reads a failing symptom.
    this.stack = message;
  }
}

function settle(
  context: TestContext,
  verdict: 'inconclusive' | 'skipped',
  reason: string,
  observations: string[],
): never {
  context.task.meta.netwright = { verdict, reason, observations };
  return context.skip(verdict === 'inconclusive' ? `inconclusive: ${reason}` : reason);
}

/**
 * One symptom: passes when every selected observation passed, fails with pattern and pairs when one failed, and is
 * neither (skipped with its reason) when something could not be observed or there is nothing of the kind to observe.
 */
export function symptom(
  title: string,
  seen: () => Seen,
  select: (observation: ProbeObservation) => boolean,
  { whenNothing }: SymptomOptions = {},
): void {
  // Judged by what was observed, under the title that the suite gives.
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title
  test(title, async (context) => {
    const { observations, skip } = seen();
    if (skip) settle(context, 'skipped', skip, []);
    const chosen = observations.filter(select);
    const ids = chosen.map(({ id }) => id);
    if (chosen.length === 0)
      settle(context, 'skipped', whenNothing?.(await currentRun()) ?? 'there is nothing of this kind to observe', ids);
    const failed = chosen.filter(({ verdict }) => verdict === 'fail');
    if (failed.length > 0) {
      context.task.meta.netwright = { verdict: 'fail', observations: ids };
      throw new SymptomError(failureText(chosen, { among: observations }));
    }
    const unclear = chosen.find(({ verdict }) => verdict === 'inconclusive');
    if (unclear) {
      const count = chosen.filter(({ verdict }) => verdict === 'inconclusive').length;
      settle(
        context,
        'inconclusive',
        `${count} of ${chosen.length} not observed: ${unclear.reason ?? 'no reason was given'}`,
        ids,
      );
    }
    context.task.meta.netwright = { verdict: 'pass', observations: ids };
  });
}
