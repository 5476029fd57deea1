import { CALICO_API } from './overlay/calico.ts';

/** A kind of network policy beside Kubernetes' own, as the API has it. */
export interface PolicyKind {
  /** As it is called in a report. */
  kind: string;
  group: string;
  version: string;
  plural: string;
}

/** A policy's name, with its namespace where it has one, and its kind where that is not Kubernetes' own. */
export function policyTitle({ kind, namespace, name }: { kind?: string; namespace?: string; name: string }): string {
  const own = namespace === undefined ? name : `${namespace}/${name}`;
  return kind === undefined ? own : `${kind} ${own}`;
}

const CALICO = { group: CALICO_API, version: 'v1' };
const CILIUM = { group: 'cilium.io', version: 'v2' };
const ADMIN = { group: 'policy.networking.k8s.io', version: 'v1alpha1' };

/** Kinds of policies beside Kubernetes' own, which a network plugin enforces that knows them. */
export const OTHER_KINDS = {
  calico: { ...CALICO, kind: 'Calico NetworkPolicy', plural: 'networkpolicies' },
  calicoGlobal: { ...CALICO, kind: 'GlobalNetworkPolicy', plural: 'globalnetworkpolicies' },
  cilium: { ...CILIUM, kind: 'CiliumNetworkPolicy', plural: 'ciliumnetworkpolicies' },
  ciliumClusterwide: { ...CILIUM, kind: 'CiliumClusterwideNetworkPolicy', plural: 'ciliumclusterwidenetworkpolicies' },
  admin: { ...ADMIN, kind: 'AdminNetworkPolicy', plural: 'adminnetworkpolicies' },
  baseline: { ...ADMIN, kind: 'BaselineAdminNetworkPolicy', plural: 'baselineadminnetworkpolicies' },
} as const satisfies Record<string, PolicyKind>;
