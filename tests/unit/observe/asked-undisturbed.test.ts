import { expect, test } from 'vitest';
import { execute } from '../../../helpers/observe/execute.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { connectionTo } from '../../support/planned.ts';
import { fleetThatAnswers } from './support/fleet.ts';

const TIMEOUT_MS = 1000;
const probes = Array.from({ length: 12 }, (_, index) => connectionTo(`10.0.0.${index + 1}`, 80, TIMEOUT_MS));

/** Asks all of them while nothing answers, of agents that stood still in the batches that are named. */
async function silence(stoodStill: RegExp) {
  const batches: string[] = [];
  const fleet = fleetThatAnswers(
    () => ({ succeeded: 0 }),
    ({ batch }) => void batches.push(batch),
    ({ batch }) => ({ longestStallMs: stoodStill.test(batch) ? TIMEOUT_MS : 0, processors: 2 }),
  );
  const seen = await execute(probes, { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 });
  return { batches, verdicts: [...new Set(seen.map(({ verdict }) => verdict))] };
}

test('Silence while the machine stood still is asked for again, and judged by what is heard then', async () => {
  expect(await silence(/^pod-to-pod$/)).toEqual({
    batches: ['pod-to-pod', 'pod-to-pod-undisturbed'],
    verdicts: ['fail'],
  });
});

test('Silence of agents that never ran tells nothing, and is asked for again once', async () => {
  expect(await silence(/./)).toEqual({
    batches: ['pod-to-pod', 'pod-to-pod-undisturbed'],
    verdicts: ['inconclusive'],
  });
});

test('Silence of agents that ran is waited for once', async () => {
  expect(await silence(/^never$/)).toEqual({ batches: ['pod-to-pod'], verdicts: ['fail'] });
});
