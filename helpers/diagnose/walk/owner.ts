import type { Line } from './packet.ts';

/** Who keeps a rule, by the names that programs give their tables and chains. */
const OWNERS = [
  [
    'kube-proxy',
    /^KUBE-(SERVICES|SVC|SEP|FW|XLB|EXT|NODEPORTS?|NODE-PORT|MARK|FIREWALL|FORWARD|POSTROUTING|EXTERNAL|PROXY)/,
  ],
  ['kube-proxy', /^kube-proxy/],
  ['kube-router', /^KUBE-(ROUTER|POD-FW|NWPLCY|IP-?MASQ)/],
  ['Calico', /^cali/],
  ['Cilium', /^CILIUM/i],
  ['flannel', /^FLANNEL|^flannel/],
  ['the port mapping of CNI', /^CNI-|^cni_/],
  ['Docker', /^DOCKER|^docker/],
  ['ufw', /^ufw6?-/],
  ['firewalld', /^firewalld$|^(IN|FWD[IO]?|FWD|PRE|POST|OUTPUT|INPUT|FORWARD|PREROUTING|POSTROUTING)_/],
  ['Tailscale', /^ts-/],
  ['fail2ban', /^f2b/],
] as const;

export type Owner = (typeof OWNERS)[number][0];

/** What these drop, refuse or translate follows from objects of the cluster, which other causes look at. */
export const OF_THE_CLUSTER = new Set<Owner | undefined>([
  'kube-proxy',
  'kube-router',
  'Calico',
  'Cilium',
  'flannel',
  'the port mapping of CNI',
]);

/** The program that keeps a rule; undefined for one that nobody is known to keep, so an operator's own. */
export function ownerOf({ rule, chain }: Line): Owner | undefined {
  const names = [rule?.chain, rule?.table, chain?.table].filter((name) => name !== undefined);
  return OWNERS.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0];
}
