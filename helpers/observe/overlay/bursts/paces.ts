import type { ProbeName, ProbeObservation } from '../../../model/observation.ts';
import { isUnanswered } from '../../../model/own-ports.ts';
import { execute, type ExecuteOptions } from '../../execute.ts';
import { pause } from '../../pause.ts';
import type { Planned } from '../../planned-probe.ts';
import { udpEcho } from './controls.ts';

/** So long nothing is sent at first: a policer that counts by the second has then forgotten what was sent before. */
const REST_MS = 1_200;
/** Below what any limit of use lets pass: five datagrams in two seconds. */
const SLOW = { attempts: 5, intervalMs: 400 };
const FAST = { attempts: 20, intervalMs: 1 };
/** Few, so that all of them together are slow still. */
const MOST_WAYS_OF_A_NODE = 2;
const MOST_WAYS = 8;

/** A share of the ways that are dead for UDP and open for TCP: so many of each node, and of all. */
function chosen(controls: ProbeObservation[]): ProbeObservation[] {
  const open = (dead: ProbeObservation) =>
    controls.some(
      ({ role, verdict, source, destination }) =>
        role === 'control-tcp' &&
        verdict === 'pass' &&
        source.node === dead.source.node &&
        destination.node === dead.destination.node,
    );
  const dead = controls.filter(
    (probe) =>
      probe.role === 'control-udp' &&
      isUnanswered(probe) &&
      probe.succeeded === 0 &&
      probe.errorKind === 'timeout' &&
      open(probe),
  );
  return [...Map.groupBy(dead, ({ source }) => source.node).values()]
    .flatMap((own) => own.slice(0, MOST_WAYS_OF_A_NODE))
    .slice(0, MOST_WAYS);
}

// A part that is lost is what is measured here: it is measured twice, and both count.
const paced = (
  { suite, pathClass, source, destination, crosses }: ProbeObservation,
  role: ProbeName,
  pace: typeof SLOW,
  timeoutMs: number,
): Planned<'udp-echo'> => ({
  ...udpEcho({ suite, pathClass, source, role, destination, crosses }, { ...pace, timeoutMs }),
  confirmTimes: 1,
});

/**
 * Where UDP meets silence and TCP an answer: the same echo once more, datagram by datagram, and where that is answered,
 * many at once again. A filter drops at any pace; what lets slow datagrams pass and no fast ones, before and after,
 * limits their rate.
 */
export async function observePaces(
  controls: ProbeObservation[],
  timeoutMs: number,
  options: ExecuteOptions,
): Promise<ProbeObservation[]> {
  const ways = chosen(controls);
  if (ways.length === 0) return [];
  await pause(REST_MS, options.signal);
  const slow = await execute(
    ways.map((way) => paced(way, 'control-udp-slow', SLOW, timeoutMs)),
    { ...options, concurrency: MOST_WAYS_OF_A_NODE },
  );
  const answered = slow.filter(({ succeeded }) => succeeded > 0);
  const fast = await execute(
    answered.map((way) => paced(way, 'control-udp-fast', FAST, timeoutMs)),
    options,
  );
  return [...slow, ...fast];
}
