import type { ProbeObservation } from '../../model/observation.ts';
import { isOfGateway } from '../view/answers.ts';
import type { View } from '../view/view.ts';
import { ids, isSmallMesh, overlayProbes } from './support.ts';

const isUdp = ({ kind, asked }: ProbeObservation): boolean =>
  kind === 'udp-echo' || ('protocol' in asked && asked.protocol === 'udp');

/** Small probes of the mesh from a node itself to pods of another, by the transport of a probe. */
const meshLike = (view: View, probe: ProbeObservation, [from, to]: [string, string]): ProbeObservation[] =>
  overlayProbes(view, from, to).filter(
    (each) =>
      isSmallMesh(each) &&
      each.source.network === 'host' &&
      each.source.node === from &&
      each.destination.network === 'pod' &&
      isUdp(each) === isUdp(probe),
  );

/** From a node itself to the endpoints on another of the Service that a probe leads to. */
const endpointsLike = (view: View, probe: ProbeObservation, [from, to]: [string, string]): ProbeObservation[] => {
  const { service } = view.path(probe);
  return view.probes.filter(
    (each) =>
      each.role === 'endpoint' &&
      each.source.network === 'host' &&
      each.source.node === from &&
      each.destination.node === to &&
      view.path(each).service === service,
  );
};

/** What a node takes at a port of its own and hands on, from wherever it comes. */
const isHandedOn = ({ suite, source }: ProbeObservation): boolean =>
  suite === 'node-port' || source.network === 'runner';

/** From which node to which a probe may be handed on: over the overlay, or to pods of the node that took it. */
const legsOf = (view: View, probe: ProbeObservation): [string, string][] => {
  const { node } = probe.destination;
  return [...view.path(probe).overlay, ...(node === undefined ? [] : [[node, node] satisfies [string, string]])];
};

/**
 * What comes to a node and is handed on under the node's own address, as an ingress does before it answers 504. It
 * fails by what stops `touched` where those are all that the node itself sends to the pods of another by the same
 * transport, or to those behind the same Service.
 */
export function handedOn(view: View, touched: readonly ProbeObservation[]): string[] {
  const stopped = new Set(touched);
  const areStopped = (own: ProbeObservation[]): boolean => own.length > 0 && own.every((probe) => stopped.has(probe));
  // Many probes are handed on the same way: each is looked at once.
  const known = new Map<string, boolean>();
  const isCut = (probe: ProbeObservation, leg: [string, string]): boolean => {
    const key = [...leg, isUdp(probe), view.path(probe).service].join(' ');
    const found =
      known.get(key) ?? (areStopped(meshLike(view, probe, leg)) || areStopped(endpointsLike(view, probe, leg)));
    known.set(key, found);
    return found;
  };
  return ids(
    view.failing.filter(
      (probe) =>
        (isOfGateway(probe) || (isHandedOn(probe) && probe.errorKind !== 'refused')) &&
        legsOf(view, probe).some((leg) => isCut(probe, leg)),
    ),
  );
}
