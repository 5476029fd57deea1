import type { FaultContext } from './context.ts';
import { atNode, everywhere, type LabFault } from './types.ts';

const code = 'load-balancer-target-unhealthy';

/** The load balancer's checks and connections to a target, and nobody else's. */
const drop = (lab: FaultContext, address: string): string => `ip saddr { ${lab.status.edge.resolver}, ${lab.status.edge.loadBalancer} } ip daddr ${address} tcp dport { 31080, 31695 } counter drop`;

export const faults: LabFault[] = [
  { id: `${code}/one-target`, code, title: 'the load balancer does not reach one of its targets', takes: 'node', inject: (lab, { node = '' }) => lab.inFabric(drop(lab, lab.node(node).address)), expected: atNode },
  {
    id: `${code}/all-targets`,
    code,
    title: 'the load balancer reaches none of its targets',
    takes: 'none',
    inject: (lab) => lab.inFabric(...lab.status.nodes.map(({ address }) => drop(lab, address))),
    expected: everywhere,
  },
];
