import type { V1Pod } from '@kubernetes/client-node';
import { MANAGED_BY_LABEL, OWNER, RUN_LABEL } from '../../model/own-labels.ts';
import type { NodeInfo, ServiceInfo } from '../../model/topology.ts';
import { isLetThrough } from './decide.ts';
import { namespaceNamed } from './label-selection.ts';
import { policyName, WAYS, type Labels, type PodIdentity, type PodPolicy, type PodPort } from './policy.ts';

/** What is known beforehand of the labels of a run's probe pods, and of their namespace. */
const OUR_LABELS: Labels = { 'app.kubernetes.io/name': OWNER, [MANAGED_BY_LABEL]: OWNER, [RUN_LABEL]: '' };

/** A run's probe pods as policies see them. `namespace` is as good as any other where the run has none yet. */
export const probePods = (
  nodes: readonly Pick<NodeInfo, 'podCidrs'>[],
  namespace = OWNER,
  labels: Labels = OUR_LABELS,
): PodIdentity => ({
  namespace,
  labels,
  namespaceLabels: { ...OUR_LABELS, ...namespaceNamed(namespace) },
  areAllKnown: true,
  ranges: nodes.flatMap(({ podCidrs }) => podCidrs),
});

const names = (policies: readonly PodPolicy[]): string[] => [...new Set(policies.map(policyName))].toSorted();

/** What policies do to the pods of a Service at one of its ports, for the probes. */
interface Held {
  /** Open to others and not, or perhaps not, to the probes. */
  guards: PodPolicy[];
  /** Open to nobody, as far as is known. */
  shuts: PodPolicy[];
  isLetIn: boolean;
}

type PortOf = Pick<ServiceInfo['ports'][number], 'name' | 'protocol'>;
type ServiceOf = Pick<ServiceInfo, 'namespace' | 'endpoints'>;

function heldAt(
  { namespace, endpoints }: ServiceOf,
  { name: portName = '', protocol }: PortOf,
  policies: readonly PodPolicy[],
  pods: readonly V1Pod[],
  peer: PodIdentity,
): Held[] {
  return endpoints.flatMap((endpoint) => {
    const found = pods.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === endpoint.pod);
    // No policy holds for pods on the network of their node.
    const number = endpoint.ports[portName];
    if (!found || found.spec?.hostNetwork || number === undefined) return [];
    const labels = found.metadata?.labels ?? {};
    const pod: PodIdentity = { namespace, labels, namespaceLabels: namespaceNamed(namespace), ranges: [] };
    const selecting = policies.filter((policy) => policy.ways.ingress && policy.selects(pod) !== false);
    const isForSome = selecting.some(({ ways }) => ways.ingress?.rules.some(({ action }) => action === 'allow'));
    const port: PodPort = { number, protocol };
    const isLetIn = isLetThrough(selecting, { pod, way: 'ingress', peer, port });
    return [
      {
        guards: isForSome && isLetIn !== true ? selecting : [],
        shuts: !isForSome && isLetIn === false ? selecting : [],
        isLetIn: isLetIn !== false,
      },
    ];
  });
}

/** Policies that select pods, and let nobody in or out whom another does not let. */
export interface Closing {
  /** Those by which these pods are not open to all, as they are without any. */
  narrowing: string[];
  /** Those of them that shut a direction altogether, in which no policy lets anybody through. */
  shutting: string[];
}

/** What policies do to pods. */
export function closingOf(policies: readonly PodPolicy[], pod: PodIdentity): Closing {
  const ways = WAYS.map((way) => {
    const selecting = policies.filter((policy) => policy.ways[way] && policy.selects(pod) !== false);
    const rules = selecting.flatMap((policy) => policy.ways[way]?.rules ?? []);
    const denying = selecting.filter(
      ({ ways: { [way]: own } }) => own?.isolates || own?.rules.some(({ action }) => action === 'deny'),
    );
    const isOpen =
      denying.length === 0 ||
      (rules.some(({ isOpen: isForAll }) => isForAll) && rules.every(({ action }) => action !== 'deny'));
    const isShut = !isOpen && !rules.some(({ action }) => action === 'allow');
    return { narrowing: isOpen ? [] : denying, shutting: isShut ? denying : [] };
  });
  return {
    narrowing: names(ways.flatMap(({ narrowing }) => narrowing)),
    shutting: names(ways.flatMap(({ shutting }) => shutting)),
  };
}

/**
 * Says of Services, and of each port of theirs, by which policies their pods are open to others than the probes; and
 * of those that are open to nobody, by which they are shut.
 */
export function withGuards(
  services: readonly ServiceInfo[],
  policies: readonly PodPolicy[],
  pods: readonly V1Pod[],
  nodes: readonly Pick<NodeInfo, 'podCidrs'>[],
): ServiceInfo[] {
  if (policies.length === 0) return [...services];
  const peer = probePods(nodes);
  return services.map((service) => {
    const held = service.ports.map((port) => heldAt(service, port, policies, pods, peer));
    const ports = service.ports.map((port, at) => {
      const guards = names((held[at] ?? []).flatMap(({ guards: own }) => own));
      return guards.length === 0 ? port : { ...port, guardedBy: guards };
    });
    const guardedBy = [...new Set(ports.flatMap((port) => port.guardedBy ?? []))].toSorted();
    if (guardedBy.length > 0) return { ...service, ports, guardedBy };
    const all = held.flat();
    const shutBy = all.some(({ isLetIn }) => isLetIn) ? [] : names(all.flatMap(({ shuts }) => shuts));
    return shutBy.length === 0 ? service : { ...service, shutBy };
  });
}
