/** In which ordinary things a lab differs from the usual one. Plain data: it is recorded in the lab's state. */
export interface LabSettings {
  /** The network plugin, and how it carries pods' packets. */
  network: 'flannel' | 'canal' | 'calico-vxlan' | 'calico-ipip' | 'calico-bgp';
  /** flannel's backend. */
  backend: 'vxlan' | 'host-gw';
  /** UDP port of flannel's VXLAN. */
  vxlanPort: number;
  /** Its network identifier, after which flannel names the tunnel device. */
  vni: number;
  /** Domain of the cluster's names. */
  clusterDomain: string;
  /** The range of pods' addresses, as `10.42.0.0/16`. */
  pods: string;
  /** The range of Services' addresses. */
  services: string;
  /** How many bits of a node's own part of it are the node's. */
  nodeMask: number;
  /** The card by which flannel joins the nodes. */
  overlayIface: 'uplink' | 'public';
  /** Which address families nodes, pods and Services have. */
  families: 'ipv4' | 'dual' | 'ipv6';
  /** How kube-proxy translates Services on every node. */
  proxy: 'iptables' | 'nftables';
  /** Who enforces NetworkPolicies. */
  policy: 'none' | 'kube-router';
  /** The network between the nodes. */
  underlay: 'flat' | 'hetzner';
  /** Which pods the API server lets in. */
  admission: 'open' | 'restricted';
  /** What nodes are called. */
  nodeNames: 'short' | 'long' | 'overridden';
  /** How many servers run a control plane: an API server and a member of etcd each. */
  servers: 1 | 3;
  /** Whether a node's kubelet and container runtime are real ones. */
  nodes: 'whole' | 'light';
  /** How the ingress is reached: at the ports of the nodes' shared network, or in another ordinary way. */
  ingress: 'shared' | 'redirect' | 'proxy-protocol' | 'servicelb';
}

/** flannel's defaults on Linux, and K3s' with it; Kubernetes' usual domain. */
export const USUAL: LabSettings = {
  network: 'flannel',
  backend: 'vxlan',
  vxlanPort: 8472,
  vni: 1,
  clusterDomain: 'cluster.local',
  pods: '10.42.0.0/16',
  services: '10.43.0.0/16',
  nodeMask: 24,
  overlayIface: 'uplink',
  families: 'ipv4',
  proxy: 'iptables',
  policy: 'none',
  underlay: 'flat',
  admission: 'open',
  servers: 1,
  nodeNames: 'short',
  nodes: 'whole',
  ingress: 'shared',
};

/** One ordinary way in which users' clusters differ: `KEY=VALUE` of `lab up --make`. */
export interface Make {
  key: string;
  /** What it makes of the lab, in one clause. */
  meaning: string;
  /** Its values, as words. */
  values: string;
  /** A value as settings; undefined where it is none. */
  read: (value: string) => Partial<LabSettings> | undefined;
}

/** A make that has a few words as values, each of which is its setting. */
export const choice = <K extends keyof LabSettings>(
  { key, meaning }: Pick<Make, 'key' | 'meaning'>,
  setting: K,
  words: readonly LabSettings[K][],
): Make => ({
  key,
  meaning,
  values: words.join(', '),
  read: (value) => {
    const word = words.find((each) => String(each) === value);
    return word === undefined ? undefined : { [setting]: word };
  },
});

/** A whole number in a range; undefined where the text is none. */
export function wholeNumber(text: string, from: number, to: number): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}
