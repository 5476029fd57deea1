import type {
  V1NetworkPolicy,
  V1NetworkPolicyEgressRule,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from '@kubernetes/client-node';
import { holdsPod, isNamespaceSelected, isSelected } from './label-selection.ts';
import {
  KUBERNETES_KIND,
  KUBERNETES_ORDER,
  type PodIdentity,
  type PodPolicy,
  type PodPort,
  type PolicyRule,
} from './policy.ts';
import { every, some, type Told } from './told.ts';

function isPeer(peer: V1NetworkPolicyPeer, namespace: string, who: PodIdentity): Told {
  if (peer.ipBlock) return holdsPod(peer.ipBlock.cidr, peer.ipBlock.except ?? [], who);
  return every([
    // Without a namespace it is for pods of the policy's own.
    peer.namespaceSelector ? isNamespaceSelected(peer.namespaceSelector, who) : who.namespace === namespace,
    isSelected(peer.podSelector ?? {}, who.labels),
  ]);
}

const isAt = ({ port, endPort, protocol = 'TCP' }: V1NetworkPolicyPort, own: PodPort): boolean =>
  protocol === own.protocol &&
  // A name is one of a container's ports, which need not be a Service's.
  (typeof port !== 'number' || (own.number >= port && own.number <= (endPort ?? port)));

const ruleOf = (peers: V1NetworkPolicyPeer[], ports: V1NetworkPolicyPort[], namespace: string): PolicyRule => ({
  action: 'allow',
  isOpen: peers.length === 0 && ports.length === 0,
  matches: (who, port) =>
    every([
      peers.length === 0 || some(peers.map((peer) => isPeer(peer, namespace, who))),
      ports.length === 0 || (port && ports.some((each) => isAt(each, port))),
    ]),
});

/** A NetworkPolicy of Kubernetes in the common form. */
export function fromKubernetes({ metadata, spec = {} }: V1NetworkPolicy): PodPolicy {
  const { namespace = '', name = '' } = metadata ?? {};
  const selector = spec.podSelector ?? {};
  // The API server writes the types down where they are left out.
  const types = spec.policyTypes ?? ['Ingress'];
  const incoming = ({ _from: peers = [], ports = [] }: V1NetworkPolicyIngressRule) => ruleOf(peers, ports, namespace);
  const outgoing = ({ to = [], ports = [] }: V1NetworkPolicyEgressRule) => ruleOf(to, ports, namespace);
  return {
    kind: KUBERNETES_KIND,
    namespace,
    name,
    labels: selector.matchLabels ?? {},
    stage: 'default',
    order: KUBERNETES_ORDER,
    selects: (pod) => pod.namespace === namespace && isSelected(selector, pod.labels),
    ways: {
      ...(types.includes('Ingress') && { ingress: { isolates: true, rules: (spec.ingress ?? []).map(incoming) } }),
      ...(types.includes('Egress') && { egress: { isolates: true, rules: (spec.egress ?? []).map(outgoing) } }),
    },
  };
}
