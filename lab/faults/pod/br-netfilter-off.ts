import { formsOfNodes } from '../lib/places.ts';

/** Answers that are bridged within a node skip connection tracking and keep the pod's address. */
export const faults = formsOfNodes(
  { code: 'br-netfilter-off', title: 'bridged traffic is not handed to iptables' },
  (lab, node) => lab.sysctl(node, 'net.bridge.bridge-nf-call-iptables', '0'),
);
