import { formsOfNodes } from './places.ts';
import type { LabFault } from './types.ts';

const code = 'ip-forward-off';

export const faults: LabFault[] = [
  ...formsOfNodes({ code, title: 'net.ipv4.ip_forward is 0' }, (lab, node) => lab.sysctl(node, 'net.ipv4.ip_forward', '0')),
  // The global setting stays 1 and looks right.
  ...formsOfNodes({ code, title: "forwarding is off for the tunnel's device alone" }, (lab, node) => lab.sysctl(node, 'net.ipv4.conf.flannel/1.forwarding', '0'), 'tunnel-device-').slice(0, 1),
];
