import { hasLabels } from './label-selector.ts';
import type {
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1Pod,
} from '@kubernetes/client-node';
import ipaddr from 'ipaddr.js';
import { MANAGED_BY_LABEL, OWNER, RUN_LABEL } from '../model/own-labels.ts';
import type { NodeInfo, ServiceInfo } from '../model/topology.ts';

type Labels = Readonly<Record<string, string>>;

/** What is known beforehand of the labels of a run's probe pods, and of their namespace. */
const OUR_LABELS: Labels = { 'app.kubernetes.io/name': OWNER, [MANAGED_BY_LABEL]: OWNER, [RUN_LABEL]: '' };
const OUR_NAMESPACE: Labels = { ...OUR_LABELS, 'kubernetes.io/metadata.name': '' };

/** Whether labels are selected, as the API server has it: an empty selector selects all. */
export function isSelected({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector, labels: Labels): boolean {
  return (
    hasLabels(labels, matchLabels) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const own = labels[key];
      if (operator === 'Exists') return own !== undefined;
      if (operator === 'DoesNotExist') return own === undefined;
      return values.includes(own ?? '') === (operator === 'In');
    })
  );
}

/** Whether a range may hold probe pods: it has addresses of nodes' pod ranges that are not excepted. */
function holdsPods({ cidr, except = [] }: NonNullable<V1NetworkPolicyPeer['ipBlock']>, podRanges: string[]): boolean {
  const covers = (wide: string, narrow: string): boolean => {
    const [outer, inner] = [ipaddr.parseCIDR(wide), ipaddr.parseCIDR(narrow)];
    return outer[0].kind() === inner[0].kind() && outer[1] <= inner[1] && inner[0].match(outer);
  };
  return podRanges.some((range) => covers(cidr, range) && !except.some((without) => covers(without, range)));
}

const isOurs = (peer: V1NetworkPolicyPeer, podRanges: string[]): boolean => {
  if (peer.ipBlock) return holdsPods(peer.ipBlock, podRanges);
  // Without a namespace it is for pods of the policy's own.
  return (
    peer.namespaceSelector !== undefined &&
    isSelected(peer.namespaceSelector, OUR_NAMESPACE) &&
    isSelected(peer.podSelector ?? {}, OUR_LABELS)
  );
};

/** A port of a pod, as an endpoint has it. */
interface PodPort {
  number: number;
  protocol: string;
}

const letsUsIn = (
  { _from: peers = [], ports = [] }: V1NetworkPolicyIngressRule,
  own: PodPort,
  podRanges: string[],
): boolean =>
  (peers.length === 0 || peers.some((peer) => isOurs(peer, podRanges))) &&
  (ports.length === 0 ||
    ports.some(
      ({ port, endPort, protocol = 'TCP' }) =>
        protocol === own.protocol &&
        // A name is one of a container's ports, which need not be a Service's.
        (typeof port !== 'number' || (own.number >= port && own.number <= (endPort ?? port))),
    ));

/**
 * The names of the policies by which the pods of a Service are open at one of its ports to others and not to the
 * probes; empty where they are open to these too, or at no port to anybody, which is more than a choice of clients.
 */
export function guardsOf(
  { namespace, endpoints }: Pick<ServiceInfo, 'namespace' | 'endpoints'>,
  { name: portName = '', protocol }: Pick<ServiceInfo['ports'][number], 'name' | 'protocol'>,
  policies: readonly V1NetworkPolicy[],
  pods: readonly V1Pod[],
  nodes: readonly Pick<NodeInfo, 'podCidrs'>[],
): string[] {
  const podRanges = nodes.flatMap(({ podCidrs }) => podCidrs);
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata?.namespace === namespace && (spec?.policyTypes?.includes('Ingress') ?? spec !== undefined),
  );
  const guards = endpoints.flatMap((endpoint) => {
    const pod = pods.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === endpoint.pod);
    // No policy holds for pods on the network of their node.
    const number = endpoint.ports[portName];
    if (!pod || pod.spec?.hostNetwork || number === undefined) return [];
    const labels = pod.metadata?.labels ?? {};
    const selecting = own.filter(({ spec }) => isSelected(spec?.podSelector ?? {}, labels));
    const rules = selecting.flatMap(({ spec }) => spec?.ingress ?? []);
    const isGuarded = rules.length > 0 && !rules.some((rule) => letsUsIn(rule, { number, protocol }, podRanges));
    return isGuarded ? selecting.map(({ metadata }) => metadata?.name ?? '') : [];
  });
  return [...new Set(guards)].toSorted();
}

/** Policies that select pods, and let nobody in or out whom another does not let. */
export interface Closing {
  /** Those by which these pods are not open to all, as they are without any. */
  narrowing: string[];
  /** Those of them that shut a direction altogether, in which no policy lets anybody through. */
  shutting: string[];
}

/** What policies of their namespace do to pods of these labels. */
export function closingOf(policies: readonly V1NetworkPolicy[], labels: Labels): Closing {
  const own = policies.filter(({ spec }) => spec && isSelected(spec.podSelector ?? {}, labels));
  const ways = (['Ingress', 'Egress'] as const).map((way) => {
    // The API server writes the types down where they are left out.
    const selecting = own.filter(({ spec }) => spec?.policyTypes?.includes(way));
    const rules = selecting.flatMap(({ spec }) =>
      way === 'Ingress'
        ? (spec?.ingress ?? []).map(({ _from, ports }) => [_from, ports])
        : (spec?.egress ?? []).map(({ to, ports }) => [to, ports]),
    );
    const isOpen = selecting.length === 0 || rules.some((parts) => parts.every((part = []) => part.length === 0));
    const names = selecting.map(({ metadata }) => metadata?.name ?? '');
    return { narrowing: isOpen ? [] : names, shutting: isOpen || rules.length > 0 ? [] : names };
  });
  const all = (of: keyof Closing) => [...new Set(ways.flatMap((way) => way[of]))].toSorted();
  return { narrowing: all('narrowing'), shutting: all('shutting') };
}

/** Says of Services, and of each port of theirs, by which policies their pods are open to others than the probes. */
export function withGuards(
  services: readonly ServiceInfo[],
  policies: readonly V1NetworkPolicy[],
  pods: readonly V1Pod[],
  nodes: readonly Pick<NodeInfo, 'podCidrs'>[],
): ServiceInfo[] {
  if (policies.length === 0) return [...services];
  return services.map((service) => {
    const ports = service.ports.map((port) => {
      const guards = guardsOf(service, port, policies, pods, nodes);
      return guards.length === 0 ? port : { ...port, guardedBy: guards };
    });
    const all = [...new Set(ports.flatMap(({ guardedBy = [] }) => guardedBy))].toSorted();
    return all.length === 0 ? service : { ...service, ports, guardedBy: all };
  });
}
