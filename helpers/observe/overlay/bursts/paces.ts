import type { ProbeName, ProbeObservation } from '../../../model/observation.ts';
import { isUnanswered } from '../../../model/own-ports.ts';
import { execute, type ExecuteOptions } from '../../execute.ts';
import { pause } from '../../pause.ts';
import type { Planned } from '../../planned-probe.ts';
import { udpEcho } from './controls.ts';

/** Silence before the first datagram: a policer that counts by the second then starts afresh. */
const REST_MS = 1_200;
/** Below any useful rate limit: five datagrams in two seconds. */
const SLOW = { attempts: 5, intervalMs: 400 };
const FAST = { attempts: 20, intervalMs: 1 };
/** Few at once, so that all of them together are still slow. */
const MOST_WAYS_OF_A_NODE = 2;
const MOST_WAYS = 8;

/** How many of the paths that are dead for UDP and open for TCP are tried, of each node and in all. */
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
 * Where UDP gets silence and TCP an answer, the same echo goes out once more, one datagram at a time; if that is
 * answered, many follow at once. A filter drops at any pace. A path that passes slow datagrams and no fast ones, before
 * and after, limits their rate.
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
