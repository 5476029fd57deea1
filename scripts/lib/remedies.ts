import type { LabFault } from '../../lab/faults/lib/types.ts';
import type { LabSettings } from '../../lab/makes/settings.ts';

/** How a remedy that a run prints is carried out on a lab. */
export interface Carried {
  /**
   * Commands that the printed remedy holds word for word, or a pattern that finds them in it. They are run on the
   * fault's node; what begins with kubectl is run at the administrator's machine.
   */
  commands?: (string | RegExp)[];
  /**
   * What the printed remedy says and no command does: a firewall's console, a restart of K3s, an edit. The lab takes
   * its injection back in its place, before the commands.
   */
  says?: RegExp;
  /** What the command under "verify" prints when all is well, and what it must not print. */
  prints?: RegExp;
  never?: RegExp;
}

const READY: Pick<Carried, 'prints'> = { prints: /^True$/ };

/** By the code of a fault, or by its id where one form is mended in another way. */
const CARRIED: Readonly<Record<string, Carried>> = {
  'all-udp-filtered': { says: /Allow UDP (in both directions|from .* to|between all)/ },
  'br-netfilter-off': { commands: ['modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1'] },
  'br-netfilter-off/all-nodes': { says: /sysctl -w net\.bridge\.bridge-nf-call-iptables=1/ },
  'calico-felix-stopped': { says: /delete that pod/ },
  'calico-route-missing': { says: /BGP session/ },
  'calico-tunnel-address-duplicate': { says: /kubectl annotate node/ },
  'calico-policy-drops': { says: /delete the HostEndpoint|Take the rule/ },
  'calico-wrong-node-address': { says: /IP_AUTODETECTION_METHOD/ },
  'cluster-dns-mismatch': { says: /cluster-dns|back to the DNS Service/ },
  'cni-not-initialized': { says: /has not written its file/, ...READY },
  'cni-setup-fails': { says: /./ },
  'container-runtime-down': { says: /Start the runtime/, ...READY },
  'coredns-config-wrong': { says: /in the ConfigMap coredns/ },
  'coredns-forward-loop': { says: /--resolv-conf/, never: /Loop/ },
  'coredns-no-upstream': { says: /Name a resolver/ },
  'coredns-replica-dead': { commands: [/kubectl delete pod -n kube-system [a-z0-9-]+/], prints: /1\/1 +Running/ },
  'coredns-upstream-unreachable': { says: /Fix the resolver/ },
  'dns-blocked-on-node': { says: /Find the rule that drops port 53/ },
  'dns-over-tcp-not-served': { says: /TCP 53|53\/TCP/ },
  'egress-not-masqueraded/calico-pool': {
    commands: [/kubectl patch ippools\S* \S+ --type merge -p '[^']*'/],
    prints: /MASQUERADE/,
  },
  'egress-not-masqueraded': { says: /masquerading/, prints: /MASQUERADE/ },
  'external-aaaa-refused': { says: /Fix/ },
  'external-traffic-policy-local': { says: /externalTrafficPolicy: Cluster/, prints: /^Cluster$/ },
  'firewall-inbound-deny': { says: /Allow (UDP|IP protocol) \d+ \(the overlay\) (from|between|in both)/ },
  'flannel-announces-foreign-address': {
    says: /Restart K3s|restart K3s/,
    prints: /^10\./,
  },
  'flannel-lease-wrong-or-missing': { says: /Restart K3s \(flannel\) on the node/, prints: /10\.42\..*\n10\.42\./ },
  'flannel-masquerade-left-over': { says: /Take the older rules out|Take flannel's chains away/ },
  'flannel-wrong-interface': { says: /--flannel-iface and --node-ip/ },
  'forward-policy-drop': { says: /iptables -P FORWARD ACCEPT/, prints: /-P FORWARD ACCEPT/ },
  'forward-policy-drop/iptables-one-node': {
    commands: ['iptables -P FORWARD ACCEPT'],
    prints: /-P FORWARD ACCEPT/,
  },
  'hairpin-off': { says: /"hairpinMode": true/, never: /0/ },
  'host-firewall-drops-pod-traffic': { says: /pod and Service ranges|pods’ and Services’ ranges/ },
  'host-firewall-drops-vxlan': { says: /UDP|icmp-host-prohibited/ },
  'host-port-taken': { says: /Find who listens/ },
  'ingress-backend-missing': { says: /a Service of its own namespace/, never: /not found/ },
  'ingress-not-routed': { says: /spec\.ingressClassName/ },
  'ingress-redirect-loop': { says: /X-Forwarded-Proto/ },
  // The lab sets it again and again, as a hardening script does.
  'ip-forward-off': { says: /find what resets it/, commands: [/sysctl -w net\.ipv4[^,;]+=1/] },
  'ip-forward-off/all-nodes': { says: /find what resets it/ },
  'ip-protocol-filtered-in-path': { says: /Allow .* in every firewall/ },
  'ipam-exhausted': { says: /remove \/var\/lib\/cni\/networks\/cbr0/, prints: /^\d{1,2}$/ },
  'iptables-legacy-nft-mix': { commands: [/for table in nat filter; do .*?; done/], prints: /^0$/ },
  'ipv6-fails-alone': { says: /the UDP port of the tunnel/ },
  'ipv6-forward-off': { says: /find what resets it/, commands: [/sysctl -w net\.ipv6[^,;]+=1/] },
  'kube-proxy-stopped': { says: /Restart K3s on the node/, prints: /lastUpdated/ },
  'kube-router-policy-left-over': { says: /KUBE-ROUTER and KUBE-POD-FW chains/ },
  'kubelet-certificate-or-clock': { says: /certificate has run out/, ...READY },
  'kubelet-down': { says: /Start it:/, ...READY },
  'kubelet-tunnel-broken': { says: /Open TCP 6443 .*TCP 10250/, prints: /^ok$/ },
  'load-balancer-target-unhealthy': { says: /targets and health checks/ },
  'mtu-overlay-too-large': { says: /Fix the uplink’s MTU first/ },
  'network-policy-denies': { says: /Allow the clients in the policy/ },
  'no-route-for-packet': { says: /Take the route or the routing rule away/, never: /blackhole|prohibit|unreachable/ },
  'no-route-to-services': { says: /Give the node a default route/ },
  'node-cannot-reach-api': { says: /Let the node come to/, ...READY },
  'node-local-dns-down': { says: /restart the node-local cache/ },
  'node-not-ready-endpoints': { says: /Bring the node back/ },
  'node-path-down': { says: /Fix the route or the link between the two nodes/ },
  'node-unreachable-from-outside': { says: /look at the firewall before the node/ },
  'nodeport-blocked-outside': { says: /Open TCP and UDP 30000-32767/ },
  'packet-dropped-by-rule': { says: /let the packets pass|let the pods’/ },
  'packet-not-delivered': { says: /Undo the line of the evidence/ },
  'packet-not-tracked': { says: /let the packets pass/ },
  'packet-not-translated': { says: /let the packets pass/ },
  'packet-refused-by-rule': { says: /let the packets pass/ },
  'packet-rewritten': { says: /let the packets pass/ },
  'packet-routed-away': { says: /Take the route away/ },
  'pmtu-blackhole': { says: /type 3 code 4/ },
  'pod-range-overlaps-host-network': { says: /move the resolver or the address/ },
  'policy-routing-table-hijack': { says: /delete the rule/ },
  'proxy-protocol-one-sided': { says: /PROXY protocol/ },
  'rp-filter-drops': { says: /rp_filter/ },
  'search-domain-answers-everything': { says: /wildcard record|Fix the server/ },
  'service-no-endpoints': { says: /Compare the Service’s selector with the pods’ labels/ },
  'service-rules-flushed': { says: /Restart K3s \(or kube-proxy\) on the node/ },
  'service-target-port-wrong': { says: /Set the Service’s targetPort to the port/ },
  'stale-overlay-device-route': { commands: ['ip link delete vxlan.calico'], never: /vxlan\.calico/ },
  'stateless-firewall-ephemeral-range': { says: /1024-65535/ },
  // Restarting K3s sets flannel's own address, which the lab does; the command takes the foreign one away.
  'tunnel-device-readdressed': { says: /Restart K3s there/ },
  'two-cni-configs': { says: /Delete the old configuration/ },
  'udp-conntrack-stale-entry': { commands: [/conntrack -D -p udp --orig-dst [0-9.]+/] },
  'underlay-loss-or-rate-limit': { says: /policer/ },
  'vm-nic-encap-offload': { says: /tx-checksum-ip-generic off/ },
  'vtep-mac-mismatch': { says: /Restart K3s \(flannel\)/ },
  'vxlan-bad-udp-checksum': { says: /tx-checksum-ip-generic off/ },
  'vxlan-eaten-by-hypervisor': { says: /a UDP port that the layer below does not watch/ },
  'vxlan-module-missing': { says: /Restart K3s \(flannel\) on the node/, prints: /vxlan id/ },
  'vxlan-port-clash': { commands: [/ip link delete [a-z0-9_.]+/], never: /cilium_vxlan/ },
  'vxlan-port-filtered-in-path': { says: /Allow UDP \d+ (in both|from|between)/ },
  'vxlan-wrong-source-address': { says: /--flannel-iface together with --node-ip/ },
  'wrong-backend-identity': { says: /which labels make the pod match/ },
};

/** How the remedy of a fault is carried out; undefined where a lab cannot. */
export const carriedFor = ({ id, code }: LabFault): Carried | undefined => CARRIED[id] ?? CARRIED[code];

/** Why the remedy of a fault is not carried out on a lab of a network and of families; undefined where it is. */
export function notCarried(
  fault: LabFault,
  { network, families }: Pick<LabSettings, 'network' | 'families'>,
): string | undefined {
  if (fault.families?.includes(families) === false)
    return `a lab of families=${fault.families.join(' or ')} has it, and this one is of ${families}`;
  if (fault.networks?.some((each) => each === network) === false)
    return `a lab of ${fault.networks.join(' or ')} has it, and this one is of ${network}`;
  return carriedFor(fault) ? undefined : 'no remedy of it can be carried out on a lab';
}
