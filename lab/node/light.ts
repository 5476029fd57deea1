import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageName, Kit } from '../kit.ts';
import { addressesOf } from '../makes/families.ts';
import { dnsAddresses } from '../makes/ranges.ts';
import type { LabSettings } from '../makes/settings.ts';
import { cgroupOf, labPaths, namespaceOf } from '../paths.ts';
import { inNetns, startDetached } from '../run-in.ts';
import { KUBERNETES_VERSION } from '../setup/components.ts';
import { unpackedImage } from '../setup/light.ts';
import type { LabNode } from '../topology.ts';

interface RuntimeConfig {
  process: { args: string[]; env: string[] };
}

async function imageOf(kit: Kit, name: ImageName): Promise<object> {
  const bundle = join(unpackedImage(kit.imagesDir, name), 'bundle');
  const { process } = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')) as RuntimeConfig;
  return { Root: join(bundle, 'rootfs'), Entrypoint: process.args, Env: process.env };
}

/**
 * Starts the one program that plays kubelet for all nodes of a light lab. It speaks to the API server from the first
 * server's address, and listens at every node's own.
 */
export async function startLightNodes(lab: string, kit: Kit, nodes: LabNode[], settings: LabSettings): Promise<void> {
  const paths = labPaths(lab);
  const names = (Object.keys(kit.images) as ImageName[]).filter((name) => name !== 'pause');
  const images = await Promise.all(names.map(async (name) => [kit.images[name], await imageOf(kit, name)] as const));
  const config = join(paths.root, 'light-kubelet.json');
  await writeFile(
    config,
    JSON.stringify({
      Lab: lab,
      Kubeconfig: join(paths.pki, 'admin.conf'),
      Folder: join(paths.root, 'nodes'),
      Nodes: nodes.map(({ name, address }) => ({
        Name: name,
        Addresses: addressesOf(address, settings),
        Cgroup: `${cgroupOf(lab)}/${name}`,
      })),
      Images: Object.fromEntries(images),
      ClusterDNS: dnsAddresses(settings),
      ClusterDomain: settings.clusterDomain,
      Version: KUBERNETES_VERSION,
      CNIBin: kit.cniBinDir,
    }),
  );
  const server = nodes[0] as LabNode;
  startDetached(
    inNetns(namespaceOf(lab, server.name), [join(kit.lightBinDir, 'light-kubelet'), 'serve', config]),
    join(paths.logs, 'light-kubelet.log'),
  );
}
