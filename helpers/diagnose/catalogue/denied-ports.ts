import type { ProbeObservation } from '../../model/observation.ts';
import { verdictOf } from '../view/pairs.ts';
import type { View } from '../view/view.ts';
import { networkFailures } from './support.ts';

/** A node whose own ports answer other nodes and no pod. */
export interface DeniesPods {
  node: string;
  failed: ProbeObservation[];
  passed: number;
}

/** Nodes that no pod reaches at the nodes' own addresses, while hosts do and pods reach the pods there. */
export function deniesPods(view: View): DeniesPods[] {
  return view.nodes.flatMap((node): DeniesPods[] => {
    const to = view.probes.filter(({ suite, destination, role }) => suite === 'pod-to-pod' && destination.node === node && (role === 'tcp-small' || role === 'udp-small'));
    const of = (pathClass: string) => to.filter((probe) => probe.pathClass === pathClass);
    const asked = of('pod-host').filter(({ verdict }) => verdict !== 'inconclusive');
    const failed = networkFailures(asked).filter(({ succeeded }) => succeeded === 0);
    const hosts = verdictOf(of('host-host').filter(({ source }) => source.node !== node));
    const pods = verdictOf(of('pod-pod').filter(({ source }) => source.node !== node));
    return failed.length > 0 && failed.length === asked.length && hosts === 'pass' && pods === 'pass' ? [{ node, failed, passed: of('pod-pod').length }] : [];
  });
}
