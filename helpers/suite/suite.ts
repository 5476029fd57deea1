import { afterAll, beforeAll, describe } from 'vitest';
import { currentRun, endObservation, preparedContext, type Run } from './current-run.ts';
import { isReadingOnly, symptomsOf, type Suite } from './declaration.ts';
import { unmet } from './requirements.ts';
import { testSymptom, type Seen } from './symptom.ts';
import { observationOf } from './together.ts';

/** Upper bound for a suite in an outage, every time-out once and transports retried. A guard, not a measure. */
const OBSERVE_TIMEOUT_MS = 300_000;

/** Declares a suite: observed once, before its symptoms are judged, each of which is a test. */
export function defineSuite(suite: Suite): Suite {
  if (isReadingOnly()) return suite;
  // The declaration names it.
  // oxlint-disable-next-line vitest/valid-title
  describe(suite.name, () => {
    let seen: Seen = { observations: [] };
    let run: Run | undefined;
    beforeAll(async () => {
      run = await currentRun();
      const skip = unmet(suite.requires ?? [], run.context);
      if (skip === undefined) seen = { observations: await observationOf(suite, run) };
      else seen = { observations: [], skip };
      await endObservation(run);
    }, OBSERVE_TIMEOUT_MS);
    afterAll(async () => {
      if (run && suite.name === run.context.suites.at(-1)) await run.close();
    });
    for (const symptom of symptomsOf(suite, preparedContext())) testSymptom(symptom, () => seen);
  });
  return suite;
}
