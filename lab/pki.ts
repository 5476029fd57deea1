import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kit } from './kit.ts';
import { isCalico } from './makes/network.ts';
import { beforePort } from './makes/families.ts';
import { apiEndpointOf } from './makes/servers.ts';
import type { LabSettings } from './makes/settings.ts';
import { labPaths } from './paths.ts';
import { run } from './run-in.ts';
import { controlPlanesOf, type LabNode } from './topology.ts';

/** Certificates of a lab live as long as kubeadm's own do by default: a year, in hours. */
const VALIDITY = '8760h0m0s';

function kubeadmConfig(version: string, pki: string, servers: LabNode[], settings: LabSettings): string {
  const [server] = servers as [LabNode, ...LabNode[]];
  const { pods, services } = settings;
  const names = [...new Set(['127.0.0.1', 'localhost', ...servers.map(({ address }) => address)])];
  return `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: "${server.address}", bindPort: 6443}
nodeRegistration: {name: ${server.name}, criSocket: unix:///run/containerd/containerd.sock}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: lab
kubernetesVersion: ${version}
certificatesDir: ${pki}
controlPlaneEndpoint: "${apiEndpointOf(server.address, settings)}"
encryptionAlgorithm: ECDSA-P256
certificateValidityPeriod: ${VALIDITY}
networking: {serviceSubnet: "${services}", podSubnet: "${pods}"}
apiServer: {certSANs: [${names.map((each) => `"${each}"`).join(', ')}]}
`;
}

/**
 * Certificates and kubeconfigs by kubeadm's phases: `pki/` as kubeadm lays it out, and beside it one kubeconfig for
 * each client (`controller-manager.conf`, `scheduler.conf`, `kube-proxy.conf`, `flannel.conf`, `calico.conf`,
 * `NODE.conf`) and the administrator's.
 */
export async function makePki(lab: string, kit: Kit, nodes: LabNode[], settings: LabSettings): Promise<void> {
  const paths = labPaths(lab);
  const servers = controlPlanesOf(nodes, settings.servers);
  const [server] = servers as [LabNode, ...LabNode[]];
  await mkdir(paths.pki, { recursive: true });
  const kubeadm = join(kit.binDir, 'kubeadm');
  const version = (await run([kubeadm, 'version', '-o', 'short'])).trim();
  const config = join(paths.pki, 'kubeadm.yaml');
  await writeFile(config, kubeadmConfig(version, paths.pki, servers, settings));
  await run([kubeadm, 'init', 'phase', 'certs', 'all', '--config', config]);
  const user = async (file: string, client: string, organisation?: string) => {
    const kubeconfig = await run([
      kubeadm,
      'kubeconfig',
      'user',
      '--config',
      config,
      '--client-name',
      client,
      ...(organisation ? ['--org', organisation] : []),
    ]);
    await writeFile(join(paths.pki, file), kubeconfig, { mode: 0o600 });
  };
  await Promise.all([
    user('controller-manager.conf', 'system:kube-controller-manager'),
    user('scheduler.conf', 'system:kube-scheduler'),
    user('kube-proxy.conf', 'system:kube-proxy'),
    // An administrator: rights by rules of its own would come after it has asked, and a refused flanneld backs off for
    // seconds.
    user('flannel.conf', 'netwright:flannel', 'system:masters'),
    ...(isCalico(settings) ? [user('calico.conf', 'netwright:calico', 'system:masters')] : []),
    user('admin.conf', 'netwright-lab-admin', 'system:masters'),
    ...nodes.map(({ name }) => user(`${name}.conf`, `system:node:${name}`, 'system:nodes')),
  ]);
  const admin = await readFile(join(paths.pki, 'admin.conf'), 'utf8');
  // One context, called as the lab is called in reports; who stands outside asks the first server itself.
  const outside = admin
    .replaceAll('netwright-lab-admin@lab', `lab-${lab}`)
    .replace(`https://${apiEndpointOf(server.address, settings)}`, `https://${beforePort(server.address)}:6443`);
  await writeFile(paths.kubeconfig, outside, { mode: 0o600 });
}
