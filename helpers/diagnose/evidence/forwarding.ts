import type { Match } from '../entry.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import { verdictOf } from '../view/pairs.ts';
import { takesNewConnections, type Drop } from '../firewall/drops.ts';
import type { View } from '../view/view.ts';
import { ids, isSmallMesh, networkFailures, overlayFailuresAt, podToHostFailures, say } from './support.ts';

/** A node that answers for itself over the tunnel and under it, and passes nothing on for its pods. */
export interface SilentForwarder {
  node: string;
  basis: string[];
  text: string;
}

const forwards = (view: View, node: string): boolean | undefined => {
  const value = view.host(node).sysctls?.value['net.ipv4.ip_forward'];
  return value === undefined ? undefined : Number(value) === 1;
};

/** Where a node's firewall stops what is for the node itself. */
const INPUT = new Set(['input', 'prerouting', 'ingress']);

/** A node's rule that has stopped connections with the node itself. */
export const inputDrop = (view: View, node: string): Drop | undefined =>
  view
    .ssh(node)
    .firewall?.drops.find((drop) => INPUT.has(drop.hook) && takesNewConnections(drop) && (drop.packets ?? 0) > 0);

/**
 * Whether a node's tunnels work: its echoes through them are answered. Those that reach a node whose own rule stops
 * them there say nothing of the tunnel; what the overlay carries was counted behind it then.
 */
function tunnelsWork(view: View, node: string, echoes: readonly ProbeObservation[]): boolean {
  const judged = echoes.filter(isJudged);
  if (judged.length === 0) return false;
  return judged.every(
    ({ verdict, source, destination }) =>
      verdict === 'pass' ||
      (verdict === 'fail' &&
        destination.node !== undefined &&
        inputDrop(view, destination.node) !== undefined &&
        (view.pair(source.node ?? '', destination.node)?.bursts ?? []).some(({ outcome }) => outcome === 'open')),
  );
}

/** Nodes whose tunnels work and whose pods nobody reaches, where nothing that was read says why. */
export function silentForwarders(view: View): SilentForwarder[] {
  return view.nodes.flatMap((node): SilentForwarder[] => {
    if (forwards(view, node) === false) return [];
    const own = view.probes.filter(
      ({ source, destination }) =>
        source.node !== destination.node && (source.node === node || destination.node === node),
    );
    const echoes = own.filter(({ role }) => role === 'tunnel-echo');
    const arriving = own.filter(
      (probe) => probe.destination.node === node && probe.destination.network === 'pod' && isSmallMesh(probe),
    );
    // A rule that rejects sounds like a closed port; where the node itself is answered at that port, it is none.
    const home = view.probes.some(
      ({ pathClass, source, destination, verdict }) =>
        pathClass === 'host-pod' && source.node === node && destination.node === node && verdict === 'pass',
    );
    const lost = arriving.filter(({ verdict, errorKind }) => verdict === 'fail' && (errorKind !== 'refused' || home));
    const leaving = podToHostFailures(view, node);
    const passing = arriving.some(({ verdict }) => verdict === 'pass');
    if (!tunnelsWork(view, node, echoes) || lost.length === 0 || passing) return [];
    return [
      {
        node,
        basis: [...ids(lost), ...ids(leaving)],
        text:
          `${node} ` +
          (verdictOf(echoes) === 'pass' ? 'answers over the tunnel for itself' : 'is reached by the tunnel') +
          `, none of ${lost.length} probes reaches its ` +
          `pods${leaving.length > 0 ? `, and its pods reach no other node (${leaving.length} fail)` : ''}`,
      },
    ];
  });
}

export const forwardDrops = (view: View, node: string): Drop[] | undefined =>
  view
    .ssh(node)
    .firewall?.drops.filter(({ hook }) => hook === 'forward' || hook === 'prerouting' || hook === 'postrouting');

/** Failures that forwarding on a node may account for. */
export function forwardingFailures(view: View, node: string): string[] {
  return [
    ...ids(networkFailures(overlayFailuresAt(view, node).failed.filter(({ role }) => role !== 'tunnel-echo'))),
    ...ids(podToHostFailures(view, node)),
  ];
}

/** What a forward drop breaks: the pods of the node, towards everything but the node. */
export const forwardMatch = (
  view: View,
  node: string,
  confidence: Match['confidence'],
  text: string,
  basis: string[],
  sources: string[],
): Match => ({
  confidence,
  location: { node },
  evidence: [say(text, ...sources, ...basis.slice(0, 10))],
  impact: [
    { kind: 'overlay-node', node },
    { kind: 'pods', node, only: 'forwarded' },
  ],
  basis,
});
