import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext } from '../lib/context.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'load-balancer-target-unhealthy';

/** Three checks at two seconds' distance, each with its own time to fail, and some to spare. */
const NOTICED_MS = 10_000;

/** The load balancer's connections to the ingress' NodePorts on a node, and nobody else's. */
const drop = (lab: FaultContext, address: string, what: string): string =>
  `ip saddr { ${lab.status.edge.resolver}, ${lab.status.edge.loadBalancer} } ip daddr ${address} tcp dport { ` +
  `31080, 31695 } ${what} counter drop`;

export const faults: LabFault[] = [
  {
    id: `${code}/all-targets`,
    code,
    title: 'the load balancer reaches none of its targets, which all others reach',
    takes: 'none',
    inject: async (lab) => {
      await lab.inFabric(...lab.status.nodes.map(({ address }) => drop(lab, address, '')));
      await sleep(NOTICED_MS);
    },
    expected: everywhere,
  },
  {
    id: `${code}/one-target`,
    code,
    title: 'the load balancer connects to a target, so that its checks pass, and what it sends there is lost',
    takes: 'node',
    // Which target it is can only be seen by the load balancer: to its clients it has one address.
    inject: (lab, { node = '' }) => lab.inFabric(drop(lab, lab.node(node).address, 'tcp flags & psh == psh')),
    expected: everywhere,
  },
];
