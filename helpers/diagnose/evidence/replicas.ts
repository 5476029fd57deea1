import type { ProbeObservation } from '../../model/observation.ts';
import type { DnsPod } from '../../model/topology.ts';
import type { Seen } from '../view/facts.ts';
import type { View } from '../view/view.ts';

/** A CoreDNS replica with what it was asked by its own address. */
export interface Replica {
  pod: Seen<DnsPod>;
  names: ProbeObservation[];
  external: ProbeObservation[];
}

export const replicasOf = (view: View): Replica[] =>
  view.cluster.dnsPods.map((pod): Replica => {
    const own = view.probes.filter(
      ({ suite, destination }) => suite === 'coredns' && destination.pod === pod.value.name,
    );
    return {
      pod,
      names: own.filter(({ role }) => role === 'replica-name' || role === 'replica-srv'),
      external: own.filter(({ role }) => role === 'replica-external-name'),
    };
  });

/** The line of a replica's log in which CoreDNS says that its questions came back to itself. */
export function loopIn(view: View, pod: string): { line?: string; id?: string } {
  const log = view.facts.all('pod-log').find(({ value }) => value.pod === pod);
  return { line: /plugin\/loop: Loop \([^)]*\) detected[^\n]*/.exec(log?.value.text ?? '')?.[0], id: log?.id };
}

/** Whether a replica ends soon after each start. */
export const endsAgain = ({ ready, restarts, waitingReason }: DnsPod): boolean =>
  waitingReason === 'CrashLoopBackOff' || (!ready && (waitingReason === 'Error' || restarts >= 1));
