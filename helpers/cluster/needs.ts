import { LEASE } from './lease-record.ts';
import { OTHER_KINDS } from '../model/policy-kinds.ts';
import { NODE_LEASES } from './node-lease.ts';

/** A right that is asked for. docs/configuration.md has them as a table and as roles, both written from here. */
export interface Need {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** Where it is needed; absent for the whole cluster, and for namespaces whose names a run makes up. */
  namespace?: string;
}

const need = (verb: string, group: string, resource: string, subresource?: string): Need => ({
  verb,
  group,
  resource,
  ...(subresource && { subresource }),
});

const ofLock = (verb: string): Need => ({
  ...need(verb, 'coordination.k8s.io', 'leases'),
  namespace: LEASE.namespace,
});

/** What a run reads, wherever its probes are. */
const READS: readonly Need[] = [
  need('list', '', 'nodes'),
  need('list', '', 'services'),
  need('list', '', 'pods'),
  need('list', 'discovery.k8s.io', 'endpointslices'),
  need('list', 'networking.k8s.io', 'ingresses'),
];

const LOCK: readonly Need[] = ['create', 'get', 'update', 'delete'].map(ofLock);

/**
 * All that a run does with the API: reads of the cluster, writes in namespaces of its own, and the run lock. What is
 * applied is patched, and a patch that makes an object needs the right to create it as well.
 */
export const NEEDS: readonly Need[] = [
  ...READS,
  need('create', '', 'namespaces'),
  need('delete', '', 'namespaces'),
  need('list', '', 'namespaces'),
  need('patch', '', 'namespaces'),
  need('create', '', 'configmaps'),
  need('patch', '', 'configmaps'),
  need('create', 'apps', 'daemonsets'),
  need('patch', 'apps', 'daemonsets'),
  need('get', '', 'pods', 'exec'),
  need('create', '', 'pods', 'exec'),
  ...LOCK,
];

/**
 * What the canary is made by, and the policies that an acceptance tries before it. Without these rights a run leaves
 * that out, and says so. It goes with the run's namespaces.
 */
export const CANARY_NEEDS: readonly Need[] = [
  need('create', '', 'services'),
  need('patch', '', 'services'),
  need('create', 'networking.k8s.io', 'ingresses'),
  need('patch', 'networking.k8s.io', 'ingresses'),
  need('create', 'networking.k8s.io', 'networkpolicies'),
  need('patch', 'networking.k8s.io', 'networkpolicies'),
];

/** The same where the probes' namespaces are there already: nothing is written anywhere else but the lock. */
export function needsIn(prepared: readonly string[]): readonly Need[] {
  const own = [
    ...['create', 'patch', 'list', 'delete'].flatMap((verb) => [
      need(verb, '', 'configmaps'),
      need(verb, 'apps', 'daemonsets'),
    ]),
    need('get', '', 'pods', 'exec'),
    need('create', '', 'pods', 'exec'),
  ];
  const inEach = [...new Set(prepared)].flatMap((namespace) => own.map((each) => ({ ...each, namespace })));
  return [...READS, ...inEach, ...LOCK];
}

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'replicasets'];

/** What a diagnosis reads beside that: without these rights it does without, and says so where something fails. */
export const DIAGNOSIS_NEEDS: readonly Need[] = [
  need('list', 'networking.k8s.io', 'networkpolicies'),
  ...Object.values(OTHER_KINDS).map(({ group, plural }) => need('list', group, plural)),
  need('list', 'networking.k8s.io', 'ingressclasses'),
  need('list', '', 'events'),
  need('get', '', 'pods'),
  need('get', '', 'pods', 'log'),
  need('list', 'crd.projectcalico.org', 'ippools'),
  need('list', 'gateway.networking.k8s.io', 'httproutes'),
  need('list', 'gateway.networking.k8s.io', 'gateways'),
  // Whether a Service without endpoints is meant to have none.
  ...WORKLOADS.map((resource) => need('list', 'apps', resource)),
  // CoreDNS' own, beside its pods.
  { ...need('get', '', 'configmaps'), namespace: 'kube-system' },
  // When the kubelet of a node that is not Ready was heard last.
  { ...need('get', 'coordination.k8s.io', 'leases'), namespace: NODE_LEASES },
];

/** The resource as roles and messages name it. */
export const resourceOf = ({ resource, subresource }: Need): string =>
  subresource ? `${resource}/${subresource}` : resource;
