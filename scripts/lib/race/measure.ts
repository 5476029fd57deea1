import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { healFaults, injectFault } from '../../../lab/faults/lib/force.ts';
import type { Contestant, Course } from './contestant.ts';
import { idleRate, readMeter, requestsOf } from './cost.ts';
import type { Result } from './results.ts';
import type { State } from './states.ts';

/** For so long nobody asks but the cluster itself, to know how much that is. */
const IDLE_MS = 20_000;
/** After each contestant, until what it had made is gone and its last requests are answered. */
const REST_MS = 10_000;

/** What a state is raced in, beside the state itself. */
export type Place = Omit<Course, 'inForce' | 'state'> & { labUpAt: string };

/** Breaks the lab as a state says, lets contestants look at it one after the other, and mends it. */
export async function raceIn(
  { id, fault }: State,
  contestants: readonly Contestant[],
  place: Place,
  onResult: (result: Result) => Promise<void>,
): Promise<void> {
  const { lab, kubectl, labUpAt } = place;
  const inForce = fault === undefined ? [] : [await injectFault(lab, fault)];
  try {
    await sleep(REST_MS);
    const idleFrom = await readMeter(lab, kubectl);
    await sleep(IDLE_MS);
    const idlePerS = idleRate(idleFrom, await readMeter(lab, kubectl));
    for (const contestant of contestants) {
      const startedAt = new Date().toISOString();
      const before = await readMeter(lab, kubectl);
      const said = await contestant.compete({ ...place, inForce, state: id });
      const after = await readMeter(lab, kubectl);
      await onResult({
        state: id,
        contestant: contestant.id,
        startedAt,
        labUpAt,
        idlePerS,
        verdict: said.verdict,
        ms: said.ms,
        isCapped: said.isCapped,
        firstSignMs: said.firstSignMs,
        text: said.text,
        cause: said.cause,
        requests: requestsOf(before, after, idlePerS),
        bytes: after.bytes.before - before.bytes.after,
        load: loadavg()[0] ?? 0,
      });
      await sleep(REST_MS);
    }
  } finally {
    if (fault !== undefined) await healFaults(lab);
  }
}
