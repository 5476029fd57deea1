import type { VariableName } from '../config/variables.ts';
import { traitsOf } from '../model/overlay/index.ts';
import { isServing } from '../model/service.ts';
import { runsInside, type RunContext } from '../model/run-context.ts';
import { driverOf } from '../observe/overlay/index.ts';
import type { IngressWays } from '../model/targets.ts';
import { ingressWays } from '../observe/plans/ingress.ts';
import { hasTls } from '../observe/plans/ingress-backend.ts';
import { targetNodePorts } from '../observe/plans/node-ports.ts';
import { askedTargets } from '../observe/plans/services.ts';

/** What a suite or a symptom needs of a run; where it is not met, it is skipped with the reason. */
export interface Requirement {
  isMet: (context: RunContext) => boolean;
  /** What is missing, in one clause. */
  otherwise: string | ((context: RunContext) => string);
  /** The variables that end the skip. */
  setBy?: readonly VariableName[];
}

const targetServices = (context: RunContext) => askedTargets(context).map(({ service }) => service);
const nodesWithProbes = ({ pods }: RunContext, network?: 'host') =>
  new Set(pods.filter((pod) => network === undefined || pod.network === network).map(({ node }) => node)).size;

export const TWO_NODES: Requirement = {
  isMet: (context) => nodesWithProbes(context) > 1,
  otherwise: 'this needs probes on two nodes at least',
};

export const TWO_HOSTS: Requirement = {
  isMet: (context) => nodesWithProbes(context, 'host') > 1,
  otherwise: 'this needs host-network probes on two nodes at least',
};

export const SERVICES: Requirement = {
  isMet: (context) => targetServices(context).some(({ clusterIp }) => clusterIp && clusterIp !== 'None'),
  otherwise: 'no Service with a ClusterIP is among the targets',
  setBy: ['NETWRIGHT_SERVICES'],
};

export const ENDPOINTS: Requirement = {
  isMet: (context) => targetServices(context).some(({ endpoints }) => endpoints.some(isServing)),
  otherwise: 'no Service of the targets has a ready endpoint',
  setBy: ['NETWRIGHT_SERVICES'],
};

export const DNS_SERVICE: Requirement = {
  isMet: ({ topology }) => topology.dns !== undefined,
  otherwise:
    'no DNS Service was found: kube-system has none with the label k8s-app=kube-dns, nor one named kube-dns or coredns',
};

export const EXTERNAL_NAME: Requirement = {
  isMet: ({ externalName }) => externalName !== undefined,
  otherwise: 'no name outside the cluster is configured',
  setBy: ['NETWRIGHT_EXTERNAL_NAME'],
};

export const NODE_PORTS: Requirement = {
  isMet: (context) => targetNodePorts(context).length > 0,
  otherwise: 'no Service of the targets has a NodePort',
  setBy: ['NETWRIGHT_SERVICES', 'NETWRIGHT_CANARY_NODEPORT'],
};

export const SSH: Requirement = {
  isMet: ({ targets }) => targets.ssh !== undefined,
  otherwise: 'SSH to the nodes is not configured',
  setBy: ['NETWRIGHT_SSH_USER'],
};

export const INGRESS_HOSTS: Requirement = {
  isMet: ({ targets }) => targets.hosts.length > 0,
  otherwise: 'no ingress host is configured and none was found in Ingress objects',
  setBy: ['NETWRIGHT_HOSTS'],
};

export const OUTSIDE: Requirement = {
  isMet: (context) => !runsInside(context),
  otherwise: 'Netwright runs in the cluster: nothing is asked from outside of it',
  setBy: ['NETWRIGHT_KUBECONFIG'],
};

export const NODES_IN_REACH: Requirement = {
  isMet: ({ isOutOfReach }) => isOutOfReach !== true,
  otherwise: 'nothing of any node answers where Netwright runs, so that no node is asked from outside',
};

export const INGRESS_TLS: Requirement = {
  isMet: (context) => context.targets.hosts.some(({ host }) => hasTls(context, host)),
  otherwise: 'no Ingress object has tls for a host',
};

/** Whether any ingress has a way in of a kind. */
const hasWay = (context: RunContext, has: (ways: IngressWays) => boolean): boolean =>
  [undefined, ...(context.targets.otherIngresses ?? []).keys()].some((other) => has(ingressWays(context, other)));

export const LOAD_BALANCER: Requirement = {
  isMet: (context) => hasWay(context, ({ loadBalancer }) => loadBalancer !== undefined),
  otherwise: 'no load balancer is configured, and the ingress has no address beside the nodes',
  setBy: ['NETWRIGHT_LOAD_BALANCER'],
};

export const INGRESS_NODES: Requirement = {
  isMet: (context) => hasWay(context, ({ nodes }) => nodes.length > 0),
  otherwise: 'no node is known to run the ingress controller',
  setBy: ['NETWRIGHT_INGRESS_NODES'],
};

export const INGRESS_NODE_PORT: Requirement = {
  isMet: (context) => hasWay(context, ({ nodePorts }) => (nodePorts.http ?? nodePorts.https) !== undefined),
  otherwise: 'no NodePort of the ingress controller is configured',
  setBy: ['NETWRIGHT_INGRESS_NODEPORT_HTTP', 'NETWRIGHT_INGRESS_NODEPORT_HTTPS'],
};

export const BURSTS: Requirement = {
  isMet: ({ topology: { overlay } }) => driverOf(overlay).burst !== 'none',
  otherwise: ({ topology: { overlay } }) =>
    `${traitsOf(overlay).label} has no tunnel device to count at (${overlay.source}): its paths are judged by echoes`,
};

export const TUNNEL_ADDRESS: Requirement = {
  isMet: ({ topology: { overlay } }) => overlay.kind !== 'calico-bgp',
  otherwise: ({ topology: { overlay } }) =>
    `with ${traitsOf(overlay).label} nodes have no address of their own among the pods': the pods' own probes judge it`,
};

/** Why something is skipped: the first requirement that is not met; undefined where all are. */
export function unmet(requirements: readonly Requirement[], context: RunContext): string | undefined {
  const missing = requirements.find(({ isMet }) => !isMet(context));
  if (!missing) return undefined;
  const reason = typeof missing.otherwise === 'string' ? missing.otherwise : missing.otherwise(context);
  return missing.setBy ? `${reason} (${missing.setBy.join(', ')})` : reason;
}
