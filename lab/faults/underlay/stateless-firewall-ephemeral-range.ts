import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'stateless-firewall-ephemeral-range';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'a stateless firewall lets answers of TCP in only to ports from 32768 on',
    takes: 'none',
    // Answers from outside alone: nodes among themselves are not behind it.
    inject: (lab) => {
      const nodes = `{ ${lab.status.nodes.map(({ address }) => address).join(', ')} }`;
      return lab.inFabric(
        `ip saddr != ${nodes} ip daddr ${nodes} tcp flags & (syn | ack) == syn | ack tcp dport < 32768 counter drop`,
      );
    },
    expected: everywhere,
  },
];
