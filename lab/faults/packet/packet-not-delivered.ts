import { formsOf } from '../lib/peers-pods.ts';
import { ruleFirst } from '../lib/rules.ts';
import type { LabFault } from '../lib/types.ts';

const form = formsOf('packet-not-delivered');

export const faults: LabFault[] = [
  form(
    'time-to-live',
    "a rule of one node uses up the time to live of what its pods send to another node's",
    (lab, node, pods) => ruleFirst(lab, node, `-t mangle PREROUTING -i cni0 -d ${pods} -j TTL --ttl-set 1`),
    /iptables mangle\/PREROUTING: .*-j TTL --ttl-set 1/,
  ),
  form(
    'default-ttl',
    'one node gives what it sends itself a time to live of one hop',
    (lab, node) => lab.sysctl(node, 'net.ipv4.ip_default_ttl', '1'),
    /sysctl: net\.ipv4\.ip_default_ttl = 1/,
  ),
];
