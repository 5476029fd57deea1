import { formsOfNodes } from './places.ts';

const code = 'dns-blocked-on-node';

export const faults = formsOfNodes({ code, title: 'a rule drops what pods send to port 53' }, (lab, node) =>
  lab.nftOnNode(node, 'prerouting', ['iifname "cni0" meta l4proto { tcp, udp } th dport 53 counter drop']),
).filter(({ takes }) => takes === 'node');
