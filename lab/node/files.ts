import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kit } from '../kit.ts';
import { addressesOf, beforePort, hasIpv6, IPV6, podRanges, serviceRanges } from '../makes/families.ts';
import { dnsAddresses } from '../makes/ranges.ts';
import { USUAL, type LabSettings } from '../makes/settings.ts';
import { hasFlannel, isCalico } from '../makes/network.ts';
import { overlayCard } from '../makes/overlay-iface.ts';
import { admissionConfig } from '../workloads/admission.ts';
import { labPaths } from '../paths.ts';
import { hasSeveralServers } from '../makes/servers.ts';
import { controlPlanesOf, outsideOf, type LabNode } from '../topology.ts';
import { apiBalancer } from './api-balancer.ts';

/** Where a node's flannel reads its configuration. */
const NET_CONF = '/etc/netwright/net-conf.json';

const containerdConfig = (kit: Kit, settings: LabSettings): string => `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${kit.images.pause}"
[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = [${[kit.cniBinDir, ...(isCalico(settings) ? [kit.calicoBinDir] : [])].map((each) => `"${each}"`).join()}]
    conf_dir = "/etc/cni/net.d"
`;

// Eviction and image clean-up look at the machine's disk, which is not the lab's to judge.
const kubeletConfig = (pki: string, settings: LabSettings): string => `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: false}, x509: {clientCAFile: ${pki}/ca.crt}}
authorization: {mode: AlwaysAllow}
clusterDNS: [${dnsAddresses(settings)
  .map((each) => `"${each}"`)
  .join(', ')}]
clusterDomain: ${settings.clusterDomain}
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
failCgroupV1: false
localStorageCapacityIsolation: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
resolvConf: /etc/resolv.conf
evictionHard: {memory.available: 0%, nodefs.available: 0%, imagefs.available: 0%}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 4s
syncFrequency: 5s
serializeImagePulls: false
registryPullQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
`;

/**
 * The arguments with which K3s would have been started: its own annotation `k3s.io/node-args` says them on every node.
 */
export function k3sArgs({ role, address }: LabNode, server: LabNode, settings: LabSettings): string[] {
  const own = [
    '--node-ip',
    addressesOf(address, settings).join(),
    ...(hasFlannel(settings) ? ['--flannel-iface', overlayCard(settings).name] : []),
  ];
  if (role === 'agent') return ['agent', '--server', `https://${beforePort(server.address)}:6443`, ...own];
  return [
    'server',
    ...(hasSeveralServers(settings)
      ? address === server.address
        ? ['--cluster-init', 'true']
        : ['--server', `https://${beforePort(server.address)}:6443`]
      : []),
    '--flannel-backend',
    ...(isCalico(settings) ? ['none', '--disable-network-policy', 'true'] : [settings.backend]),
    // K3s has no options for these: it is given flannel's own file.
    ...(settings.vxlanPort === USUAL.vxlanPort && settings.vni === USUAL.vni ? [] : ['--flannel-conf', NET_CONF]),
    '--cluster-cidr',
    podRanges(settings),
    '--service-cidr',
    serviceRanges(settings),
    '--cluster-dns',
    dnsAddresses(settings).join(),
    ...(settings.clusterDomain === USUAL.clusterDomain ? [] : ['--cluster-domain', settings.clusterDomain]),
    ...proxyArgs(settings),
    ...own,
  ];
}

/** K3s hands what it does not know itself on to kube-proxy. */
const proxyArgs = ({ proxy }: LabSettings): string[] =>
  proxy === USUAL.proxy ? [] : ['--kube-proxy-arg', `proxy-mode=${proxy}`];

/** flannel's own words for its backend. */
const backendOf = ({ backend, vni, vxlanPort }: LabSettings): object =>
  backend === 'vxlan' ? { Type: 'vxlan', VNI: vni, Port: vxlanPort } : { Type: backend };

/** The same as K3s reads them from its configuration file. */
export function k3sConfig(node: LabNode, server: LabNode, settings: LabSettings): string {
  const [, ...args] = k3sArgs(node, server, settings);
  return (
    args
      .map((arg) => (arg.startsWith('--') ? `\n${arg.slice(2)}: ` : arg))
      .join('')
      .trimStart() + '\n'
  );
}

const sshdConfig = (addresses: string[]): string => `${addresses.map((each) => `ListenAddress ${each}`).join('\n')}
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
StrictModes no
PidFile none
MaxStartups 100
MaxSessions 100
`;

/** Writes what a node starts from: `etc/` is laid over its private /etc, the rest is read where it lies. */
export async function writeNodeFiles(
  lab: string,
  kit: Kit,
  node: LabNode,
  nodes: LabNode[],
  settings: LabSettings,
): Promise<void> {
  const paths = labPaths(lab);
  const server = nodes[0] as LabNode;
  const folder = paths.node(node.name);
  const etc = join(folder, 'etc');
  await Promise.all(
    ['ssh', 'rancher/k3s', 'cni/net.d', 'netwright'].map((name) => mkdir(join(etc, name), { recursive: true })),
  );
  const hosts = nodes.map(({ name, address }) => `${address} ${name}`).join('\n');
  const files: Record<string, string> = {
    'etc/hostname': `${node.name}\n`,
    'etc/hosts': `127.0.0.1 localhost\n${hosts}\n`,
    'etc/resolv.conf': `nameserver ${outsideOf(settings).resolver}\n`,
    'etc/rancher/k3s/config.yaml': k3sConfig(node, server, settings),
    'etc/ssh/sshd_config': sshdConfig(addressesOf(node.address, settings)),
    'etc/netwright/containerd.toml': containerdConfig(kit, settings),
    'etc/netwright/kubelet.yaml': kubeletConfig(paths.pki, settings),
    ...(hasSeveralServers(settings) && {
      'etc/netwright/api-balancer.cfg': apiBalancer(node, controlPlanesOf(nodes, settings.servers), settings),
    }),
    ...(settings.admission === 'restricted' && { 'etc/netwright/admission.yaml': admissionConfig }),
    'etc/netwright/net-conf.json': JSON.stringify({
      ...(settings.families === 'ipv6' ? { EnableIPv4: false } : { Network: settings.pods }),
      ...(hasIpv6(settings) && { EnableIPv6: true, IPv6Network: IPV6.pods }),
      Backend: backendOf(settings),
    }),
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}
