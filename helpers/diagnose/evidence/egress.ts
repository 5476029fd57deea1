import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';

/** How a node's pods and the node itself fare with the resolver outside that the node is given. */
export interface Egress {
  node: string;
  /** Probes from pods, and those of them that failed. */
  pods: ProbeObservation[];
  failed: ProbeObservation[];
  /** The node itself was answered, by every way by which its pods asked. */
  hostPasses: boolean;
}

export function egresses(view: View): Egress[] {
  const asked = view.probes.filter(({ role, verdict }) => role === 'upstream-external-name' && isJudged({ verdict }));
  return view.nodes.map((node): Egress => {
    const own = asked.filter(({ source }) => source.node === node);
    const pods = own.filter(({ source }) => source.network === 'pod');
    const hosts = own.filter(({ source }) => source.network === 'host');
    const hostPasses =
      pods.length > 0 &&
      pods.every((probe) =>
        hosts.some(
          (host) =>
            host.verdict === 'pass' &&
            host.destination.ip === probe.destination.ip &&
            host.asked.protocol === probe.asked.protocol,
        ),
      );
    return { node, pods, failed: pods.filter(({ verdict }) => verdict === 'fail'), hostPasses };
  });
}

/**
 * Nodes whose pods lose a part of their connections to the outside and none of their datagrams, while the node itself
 * loses nothing.
 */
export function partlyLost(view: View): (Egress & { lost: number; of: number })[] {
  return egresses(view).flatMap((egress) => {
    const tcp = egress.pods.filter(({ asked }) => asked.protocol === 'tcp');
    const udpFails = egress.failed.some(({ asked }) => asked.protocol === 'udp');
    const of = tcp.reduce((sum, { attempts }) => sum + attempts, 0);
    const lost = of - tcp.reduce((sum, { succeeded }) => sum + succeeded, 0);
    return egress.hostPasses && !udpFails && lost > 1 && lost < of ? [{ ...egress, lost, of }] : [];
  });
}
