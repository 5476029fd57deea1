import type { LabNode } from '../topology.ts';

/** The nodes that serve the ingress: the agents, or the servers where there is no agent. */
export function ingressNodesOf(nodes: readonly LabNode[]): LabNode[] {
  const agents = nodes.filter(({ role }) => role === 'agent');
  return agents.length > 0 ? agents : [...nodes];
}

const AWAY_FROM_SERVERS = `
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions: [{key: node-role.kubernetes.io/control-plane, operator: DoesNotExist}]`;

/** What keeps a pod's template on those nodes. */
export const onIngressNodes = (nodes: readonly LabNode[]): string =>
  nodes.some(({ role }) => role === 'agent') ? AWAY_FROM_SERVERS : '\n      affinity: {}';
