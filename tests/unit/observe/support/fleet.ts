import { Fleet } from '../../../../helpers/observe/fleet.ts';
import type { Batch, ProbeResult, Strain } from '../../../../helpers/probe/protocol.ts';

type Spec = Batch['probes'][number];

/** How a probe ends in a world of the test's: all that is not said is as of one attempt that brought nothing else. */
export type Ending = Pick<ProbeResult, 'succeeded'> & Partial<ProbeResult>;

/**
 * Agents that answer each probe as the test says, and were kept from running as it says; what they are sent, batch by
 * batch, `hear` is told before.
 */
export const fleetThatAnswers = (
  end: (spec: Spec) => Ending,
  hear: (batch: Batch) => void | Promise<void> = () => {},
  strainOf: (batch: Batch) => Strain | undefined = () => undefined,
): Fleet =>
  new Fleet(async () => ({
    close: () => {},
    runBatch: async (batch) => {
      await hear(batch);
      const results = batch.probes.map((spec): [string, ProbeResult] => {
        const ending = { attempts: 1, ...end(spec) };
        const error = ending.succeeded < ending.attempts ? { kind: 'timeout' as const, text: 'no answer' } : undefined;
        return [
          spec.id,
          { batch: batch.batch, id: spec.id, timesMs: [], durationMs: 1, got: {}, ...(error && { error }), ...ending },
        ];
      });
      return { results: new Map(results), missing: [], strain: strainOf(batch) };
    },
  }));
