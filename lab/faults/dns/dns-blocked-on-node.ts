import { formOfNode, podsDevice } from '../lib/places.ts';

export const faults = [
  formOfNode({ code: 'dns-blocked-on-node', title: 'a rule drops what pods send to port 53' }, (lab, node) =>
    lab.nftOnNode(node, 'prerouting', [
      `iifname "${podsDevice(lab)}" meta l4proto { tcp, udp } th dport 53 counter drop`,
    ]),
  ),
];
