/** How a remedy that a run prints is carried out on a lab. */
export interface Carried {
  /** Fault of the lab, by its id. */
  fault: string;
  /** Commands that the printed remedy holds word for word; they are run where it says, on the fault's node. */
  commands?: string[];
  /**
   * What the printed remedy says and no command does: a firewall's console, a restart of K3s, an edit. The lab takes
   * its injection back in its place, before the commands.
   */
  says?: RegExp;
}

/** Faults whose remedy a lab can carry out. */
export const CARRIED: readonly Carried[] = [
  // The lab sets it again and again, as a hardening script does.
  {
    fault: 'ip-forward-off/one-node',
    says: /find what resets it/,
    commands: ['sysctl -w net.ipv4.ip_forward=1'],
  },
  {
    fault: 'ip-forward-off/tunnel-device-one-node',
    commands: ['sysctl -w net.ipv4.conf.flannel/1.forwarding=1'],
  },
  {
    fault: 'br-netfilter-off/one-node',
    commands: ['modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1'],
  },
  { fault: 'forward-policy-drop/iptables-one-node', commands: ['iptables -P FORWARD ACCEPT'] },
  { fault: 'vxlan-port-filtered-in-path/one-node', says: /Allow UDP \d+ in both directions between .*\(10\./ },
  { fault: 'firewall-inbound-deny/one-node', says: /Allow UDP \d+ \(the overlay\) from .*\(10\./ },
  { fault: 'all-udp-filtered/one-pair', says: /Allow UDP in both directions between .*\(10\./ },
  { fault: 'nodeport-blocked-outside/one-node', says: /Open TCP and UDP 30000-32767/ },
  { fault: 'kube-proxy-stopped', says: /Restart K3s on the node/ },
  { fault: 'service-rules-flushed/absent', says: /Restart K3s \(or kube-proxy\) on the node/ },
  { fault: 'service-no-endpoints/selector', says: /Compare the Service’s selector with the pods’ labels/ },
  { fault: 'service-target-port-wrong/number', says: /Set the Service’s targetPort to the port/ },
  { fault: 'network-policy-denies', says: /Allow the clients in the policy/ },
  { fault: 'coredns-replica-dead', says: /delete the pod/ },
  { fault: 'ingress-not-routed/class', says: /spec\.ingressClassName/ },
];
