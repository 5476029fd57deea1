import { parseProtocolCounters } from '../../model/protocol-counters.ts';
import { readCniConfigs } from './cni.ts';
import { FIREWALL_SECTIONS } from './firewall-sections.ts';
import { LISTENING_SOCKETS } from './kernel-modules.ts';
import { readApiServerWay, readKubeletLog, readNodeAgents } from './kubelet.ts';
import { API_SERVER_WAY, KUBELET_LOG, NODE_AGENTS } from './kubelet-script.ts';
import { readAddresses, readForwardingEntries, readLinks, readQueues } from './links.ts';
import * as parse from './parse.ts';
import { readNeighbours, readRoutes } from './routes.ts';
import { NOT_APPLICABLE, type Section } from './section.ts';

const SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.forwarding',
  'net.bridge',
  'net.netfilter.nf_conntrack',
  'net.ipv4.conf',
  'net.ipv4.tcp_mtu_probing',
  'net.ipv4.ip_no_pmtu_disc',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_default_ttl',
  'net.ipv4.neigh.default.gc_thresh',
  'net.core.somaxconn',
  'net.core.netdev_max_backlog',
  'net.core.rmem',
];
const SYSCTL_CONF_LEAVES =
  'rp_filter|forwarding|src_valid_mark|accept_local|route_localnet|proxy_arp|arp_ignore|arp_announce';
const PROCESSES =
  'k3s|k3s-server|k3s-agent|kubelet|kube-proxy|kube-apiserver|flanneld|containerd|coredns|calico-node|felix|bird|' +
  'cilium-agent|dockerd|firewalld|ufw';
const UNITS = [
  'k3s',
  'k3s-agent',
  'docker',
  'firewalld',
  'ufw',
  'nftables',
  'nm-cloud-setup',
  'NetworkManager',
  'systemd-networkd',
  'systemd-resolved',
];
const printFiles = (patterns: string) =>
  `for f in ${patterns}; do [ -f "$f" ] && { echo "== $f"; head -c 65536 "$f"; echo; }; done; true`;

/** Everything that is read on a node. Order is the order of reading: counters first, what takes long last. */
export const SECTIONS: Section[] = [
  { key: 'clock', set: 'kernel', command: 'date +%s.%N', parse: parse.clock },
  {
    key: 'node-agents',
    set: 'kubelet',
    needs: 'ps',
    command: NODE_AGENTS,
    parse: readNodeAgents,
  },
  { key: 'kubelet-log', set: 'kubelet', rootOnly: true, command: KUBELET_LOG, parse: readKubeletLog },
  { key: 'api-server-way', set: 'kubelet', rootOnly: true, command: API_SERVER_WAY, parse: readApiServerWay },
  {
    key: 'protocol-counters',
    set: 'kernel',
    command: 'cat /proc/net/snmp /proc/net/netstat',
    isCounters: true,
    parse: parseProtocolCounters,
  },
  {
    key: 'ip-link',
    set: 'links',
    needs: 'ip',
    command: 'ip -s -j -d link show',
    parse: (output) => readLinks(parse.json(output)),
  },
  {
    key: 'ip-addr',
    set: 'links',
    needs: 'ip',
    command: 'ip -j addr show',
    parse: (output) => readAddresses(parse.json(output)),
  },
  {
    key: 'bridge-fdb',
    set: 'links',
    needs: 'bridge',
    command: 'bridge -j fdb show',
    parse: (output) => readForwardingEntries(parse.json(output)),
  },
  {
    key: 'tc-qdisc',
    set: 'links',
    needs: 'tc',
    command: 'tc -s -j qdisc show',
    parse: (output) => readQueues(parse.json(output)),
  },
  {
    key: 'ethtool',
    set: 'links',
    needs: 'ethtool',
    command:
      `for d in $(ip -o route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | sort -u) $(ip -o -d link show ` +
      `type vxlan | sed -n 's/.* dev \\([^ ]*\\) .*/\\1/p' | sort -u) $(ip -o link show type vxlan | sed ` +
      `'s/^[0-9]*: \\([^:@]*\\).*/\\1/'); do echo "== $d"; ethtool -k "$d"; done 2>/dev/null; true`,
    parse: parse.offloads,
  },
  {
    key: 'ip-route',
    set: 'routes',
    needs: 'ip',
    command: 'ip -j -d route show table all',
    parse: (output) => readRoutes(parse.json(output)),
  },
  {
    key: 'ip-rule',
    set: 'routes',
    needs: 'ip',
    command: `ip -j rule show || exit $?; echo; echo '== ipv6'; ip -j -6 rule show 2>/dev/null; true`,
    parse: parse.routingRules,
  },
  {
    key: 'ip-neigh',
    set: 'routes',
    needs: 'ip',
    command: 'ip -j -s neigh show',
    parse: (output) => readNeighbours(parse.json(output)),
  },
  ...FIREWALL_SECTIONS,
  {
    key: 'sysctl',
    set: 'kernel',
    needs: 'sysctl',
    command:
      `sysctl -a 2>/dev/null | grep -E '^(${SYSCTLS.join('|')})' | grep -E ` +
      `'^net\\.ipv4\\.conf\\.[^=]*\\.(${SYSCTL_CONF_LEAVES}) ` +
      `=|^net\\.(ipv6|bridge|netfilter|core)|^net\\.ipv4\\.[^c]'`,
    parse: parse.assignments,
  },
  {
    key: 'modules',
    set: 'kernel',
    command:
      `m=$(cut -d' ' -f1 /proc/modules 2>/dev/null); [ -n "$m" ] || exit ${NOT_APPLICABLE}; printf '%s\\n' "$m" | ` +
      `grep -E 'vxlan|br_netfilter|nf_|nft_|ip_vs|ipip|wireguard|xt_|iptable_' || true`,
    parse: (output) => output.split('\n').filter(Boolean),
  },
  { key: 'kernel', set: 'kernel', command: 'uname -r', parse: parse.text },
  {
    key: 'dmesg-network',
    set: 'kernel',
    needs: 'dmesg',
    command:
      `log=$(dmesg) || exit $?; echo "uptime $(cut -d' ' -f1 /proc/uptime)"; printf '%s\\n' "$log" | grep -iE ` +
      `'checksum|martian|conntrack|nf_|UFW|DPT=|vxlan|flannel|neighbou?r table|link is (up|down)|NETDEV|dropping ` +
      `packet|(^|[^v])eth[0-9]|ens[0-9]|enp[0-9]' | grep -v veth | tail -n 100; true`,
    parse: parse.text,
  },
  {
    key: 'listening-sockets',
    set: 'sockets',
    rootOnly: true,
    needs: 'ss',
    command: LISTENING_SOCKETS,
    parse: parse.listeningSockets,
  },
  {
    key: 'cni-files',
    set: 'cni',
    rootOnly: true,
    command: printFiles(
      '/etc/cni/net.d/*.conf /etc/cni/net.d/*.conflist /var/lib/rancher/k3s/agent/etc/cni/net.d/*.conf ' +
        '/var/lib/rancher/k3s/agent/etc/cni/net.d/*.conflist',
    ),
    parse: (output) => readCniConfigs(parse.files(output)),
  },
  {
    key: 'flannel-subnet',
    set: 'cni',
    command: `[ -f /run/flannel/subnet.env ] || exit ${NOT_APPLICABLE}; cat /run/flannel/subnet.env`,
    parse: parse.assignments,
  },
  {
    key: 'cni-allocations',
    set: 'cni',
    rootOnly: true,
    command:
      `for d in /var/lib/cni/networks/*/; do [ -d "$d" ] && echo "$(ls "$d" | grep -c '^[0-9]*[.]') $(basename ` +
      '"$d")"; done; true',
    parse: parse.counts,
  },
  {
    key: 'k3s-config',
    set: 'k3s',
    rootOnly: true,
    command: printFiles(
      '/etc/rancher/k3s/config.yaml /etc/rancher/k3s/config.yaml.d/*.yaml /etc/rancher/k3s/config.yaml.d/*.yml',
    ),
    parse: parse.files,
  },
  {
    key: 'ps',
    set: 'k3s',
    needs: 'ps',
    command: `ps -eo pid=,etimes=,comm=,args= | awk '$3 ~ /^(${PROCESSES})$/' | head -n 200`,
    parse: parse.processes,
  },
  {
    key: 'units',
    set: 'k3s',
    needs: 'systemctl',
    command:
      `[ -d /run/systemd/system ] || exit ${NOT_APPLICABLE}; for u in ${UNITS.join(' ')}; do systemctl cat "$u" ` +
      '>/dev/null 2>&1 && echo "$u=$(systemctl is-active "$u")"; done; true',
    parse: parse.assignments,
  },
];
