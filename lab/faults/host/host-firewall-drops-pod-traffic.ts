import { formOfNode, formsOfNodes, podsDevice } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'host-firewall-drops-pod-traffic';

export const faults: LabFault[] = [
  ...formsOfNodes({ code, title: 'the host firewall denies what comes out of the tunnel to be routed' }, (lab, node) =>
    lab.nftOnNode(node, 'forward', [`iifname "${lab.tunnel}" counter drop`]),
  ),
  ...formsOfNodes(
    { code, title: "the host firewall denies pods the node's own ports" },
    (lab, node) => lab.nftOnNode(node, 'input', [`ip saddr ${lab.ranges.pods} ct state new counter drop`]),
    'input-',
  ),
  // Before kube-proxy translates, at -100.
  formOfNode(
    { code, title: 'the host firewall drops what pods send to Services' },
    (lab, node) =>
      lab.nftOnNode(node, 'prerouting', [`iifname "${podsDevice(lab)}" ip daddr ${lab.ranges.services} counter drop`], {
        priority: '-150',
      }),
    'services-',
  ),
];
