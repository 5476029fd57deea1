import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import { verdictOf } from '../view/pairs.ts';
import type { View } from '../view/view.ts';
import { networkFailures } from './support.ts';

/** A node whose own ports answer other nodes and no pod. */
export interface DeniesPods {
  node: string;
  failed: ProbeObservation[];
  passed: number;
}

/**
 * Nodes that their own pods do not reach at the node's address, while other nodes do and the node reaches those pods.
 * What comes from pods of other nodes has those nodes' addresses where the overlay masquerades it, and tells nothing.
 */
export function deniesPods(view: View): DeniesPods[] {
  return view.nodes.flatMap((node): DeniesPods[] => {
    const to = view.probes.filter(
      ({ suite, destination, role }) =>
        suite === 'pod-to-pod' && destination.node === node && (role === 'tcp-small' || role === 'udp-small'),
    );
    const own = to.filter(
      ({ pathClass, source, verdict }) => pathClass === 'pod-host' && source.node === node && isJudged({ verdict }),
    );
    const failed = networkFailures(own).filter(({ succeeded }) => succeeded === 0);
    const hosts = verdictOf(to.filter(({ pathClass, source }) => pathClass === 'host-host' && source.node !== node));
    const home = to.filter(({ pathClass, source }) => pathClass === 'host-pod' && source.node === node);
    return failed.length > 1 && failed.length === own.length && hosts === 'pass' && verdictOf(home) === 'pass'
      ? [{ node, failed, passed: home.length }]
      : [];
  });
}
