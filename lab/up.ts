import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NetwrightError } from '../helpers/errors.ts';
import { labDown } from './down.ts';
import { haproxyOf, startLoadBalancer, startResolver } from './edge.ts';
import { makeFabric, writeRunnerFiles } from './fabric.ts';
import { raiseHostLimits } from './host-sysctls.ts';
import type { Kit } from './kit.ts';
import { eventually, kubectlFor } from './kubectl.ts';
import { addressesOf, beforePort, hasIpv6, IPV6, podRanges, primaryOf, serviceRanges } from './makes/families.ts';
import { isCalico } from './makes/network.ts';
import { overlayCard } from './makes/overlay-iface.ts';
import { nodeMaskFlag } from './makes/node-mask.ts';
import { hostNameOf, nodeNameOf } from './makes/node-names.ts';
import { hasSeveralServers } from './makes/servers.ts';
import { isLight } from './makes/nodes.ts';
import { USUAL, type LabSettings } from './makes/settings.ts';
import { uplinkOf } from './makes/underlay.ts';
import { k3sArgs, writeNodeFiles } from './node/files.ts';
import { startLightNodes } from './node/light.ts';
import { copyTemplate } from './node/template.ts';
import { cacheRoot, cgroupOf, checkLabName, debianLibraries, labPaths, namespaceOf } from './paths.ts';
import { makePki } from './pki.ts';
import { owning, startDetached } from './run-in.ts';
import { CALICO_KINDS } from './setup/calico.ts';
import { makeSshKeys } from './ssh.ts';
import { findState, writeState } from './state.ts';
import { labStatus, type LabStatus } from './status.ts';
import { controlPlanesOf, nodesOf, type LabNode, type TopologySpec } from './topology.ts';
import { makeIngressCertificates } from './workloads/certificates.ts';
import { manifests, waitForRollOuts } from './workloads/index.ts';
import { readyServiceLb } from './workloads/service-lb.ts';

/** Far above what is measured (docs/lab.md): a machine may be busy with a second lab. */
const READY_TIMEOUT_MS = 180_000;

export interface LabUpOptions {
  name: string;
  topology: TopologySpec;
  /** In what it differs from the usual lab. */
  settings?: LabSettings;
  kit: Kit;
  /** Takes a short text as each stage begins. */
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

function startNode(lab: string, kit: Kit, node: LabNode, nodes: LabNode[], settings: LabSettings): void {
  const paths = labPaths(lab);
  const server = nodes[0] as LabNode;
  const controlPlanes = controlPlanesOf(nodes, settings.servers);
  // A single member of etcd talks to nobody.
  const peerOf = ({ address }: LabNode) =>
    `http://${hasSeveralServers(settings) ? beforePort(address) : '127.0.0.1'}:2380`;
  const environment = {
    NODE: node.name,
    HOST_NAME: hostNameOf(node.name, settings),
    ADDRESS: node.address,
    CACHE_ROOT: cacheRoot(),
    NODE_DIR: paths.node(node.name),
    PKI: paths.pki,
    BIN: kit.binDir,
    CNI_BIN: kit.cniBinDir,
    SSHD: join(kit.debianRoot, 'usr/sbin/sshd'),
    LD_EXTRA: debianLibraries(kit.debianRoot),
    SERVER_ADDRESS: server.address,
    CONTROL_PLANE: String(Number(controlPlanes.includes(node))),
    ETCD_PEER: peerOf(node),
    ETCD_MEMBERS: controlPlanes.map((each) => `${each.name}=${peerOf(each)}`).join(),
    HAPROXY: haproxyOf(kit),
    NODE_IPS: addressesOf(node.address, settings).join(),
    POD_RANGE: settings.pods,
    POD_RANGES: podRanges(settings),
    POD_RANGE_IPV6: hasIpv6(settings) ? IPV6.pods : '',
    SERVICE_RANGE: settings.services,
    SERVICE_RANGES: serviceRanges(settings),
    PROXY_MODE: settings.proxy,
    NODE_MASK: nodeMaskFlag(settings.families, settings.nodeMask),
    UPLINK: uplinkOf(settings).name,
    OVERLAY_CARD: overlayCard(settings).name,
    POLICY: settings.policy,
    POLICY_BIN: kit.policyBinDir,
    NETWORK: settings.network,
    NODE_KIND: settings.nodes,
    CALICO_BIN: kit.calicoBinDir,
  };
  const folder = join(import.meta.dirname, 'node');
  startDetached(
    [join(folder, 'launch.sh'), `${cgroupOf(lab)}/${node.name}`, namespaceOf(lab, node.name), join(folder, 'init.sh')],
    join(paths.logs, `${node.name}.log`),
    { ...process.env, ...environment },
  );
}

/**
 * K3s' own marks on the nodes: the roles of a server, and the arguments that it was started with. A node that kubelet
 * has not made yet is made.
 */
function nodeMarks(nodes: LabNode[], settings: LabSettings): string {
  const server = nodes[0] as LabNode;
  const marked = nodes.map((node) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels:
        node.role === 'server'
          ? {
              'node-role.kubernetes.io/control-plane': 'true',
              'node-role.kubernetes.io/master': 'true',
              ...(hasSeveralServers(settings) && { 'node-role.kubernetes.io/etcd': 'true' }),
            }
          : {},
      annotations: {
        'k3s.io/node-args': JSON.stringify(k3sArgs(node, server, settings)),
        'k3s.io/hostname': node.name,
        'k3s.io/internal-ip': addressesOf(node.address, settings).join(),
      },
    },
  }));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: marked });
}

async function bringUp({
  name,
  topology,
  settings = USUAL,
  kit,
  onProgress = () => {},
  signal,
}: LabUpOptions): Promise<void> {
  const paths = labPaths(name);
  const nodes = nodesOf(topology, settings.servers).map((node) => ({
    ...node,
    name: nodeNameOf(node.name, settings),
    address: primaryOf(node.address, settings),
  }));
  await writeState({
    name,
    topology,
    settings,
    nodes,
    phase: 'starting',
    kubectl: join(kit.binDir, 'kubectl'),
    probeImage: kit.images.node,
  });
  await raiseHostLimits();
  onProgress(`making the fabric, certificates and files of ${nodes.length} nodes`);
  await Promise.all([
    mkdir(paths.logs, { recursive: true }),
    ...nodes.map((node) => mkdir(paths.node(node.name), { recursive: true })),
  ]);
  const [, , , tlsSecret] = await Promise.all([
    makeFabric(name, nodes, settings),
    makePki(name, kit, nodes, settings),
    makeSshKeys(name, nodes, settings),
    makeIngressCertificates(name),
    writeRunnerFiles(name, settings),
    ...nodes.map(async (node) => {
      await writeNodeFiles(name, kit, node, nodes, settings);
      if (!isLight(settings)) await copyTemplate(kit, join(paths.node(node.name), 'containerd'));
    }),
  ]);
  signal?.throwIfAborted();

  onProgress('starting the control plane and the nodes');
  for (const node of nodes) startNode(name, kit, node, nodes, settings);
  if (isLight(settings)) await startLightNodes(name, kit, nodes, settings);
  await startResolver(name, kit, settings);
  const kubectl = kubectlFor(name, join(kit.binDir, 'kubectl'), signal);
  // Its roles come last. Asked for as it is: what kubectl must discover first costs a second of processor time.
  await eventually(
    () => kubectl(['get', '--raw', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node']),
    READY_TIMEOUT_MS,
    signal,
  );

  onProgress('the API answers; deploying the workloads');
  if (isCalico(settings))
    await eventually(
      () => kubectl(['apply', '--server-side', '-f', join(kit.calicoBinDir, CALICO_KINDS)]),
      READY_TIMEOUT_MS,
      signal,
    );
  await eventually(
    () =>
      kubectl(
        ['apply', '--server-side', '--force-conflicts', '-f', '-'],
        `${nodeMarks(nodes, settings)}\n---\n${manifests(kit, tlsSecret, nodes, settings)}`,
      ),
    READY_TIMEOUT_MS,
    signal,
  );
  onProgress('waiting for the nodes and the workloads');
  // Nodes first: a DaemonSet that no node may run yet counts as rolled out.
  await kubectl(['wait', '--for=condition=Ready', 'node', '--all', `--timeout=${READY_TIMEOUT_MS / 1000}s`]);
  await waitForRollOuts(kubectl, READY_TIMEOUT_MS);
  if (settings.ingress === 'servicelb') await readyServiceLb(kubectl, nodes, READY_TIMEOUT_MS);
  await startLoadBalancer(name, kit, nodes, { settings, signal });
  await writeState({
    name,
    topology,
    settings,
    nodes,
    phase: 'up',
    kubectl: join(kit.binDir, 'kubectl'),
    probeImage: kit.images.node,
  });
}

/**
 * Brings a lab up and resolves when every node is Ready and every workload rolled out. What was begun is taken down
 * again when it fails or is aborted. Throws a usage error when a lab of that name is up.
 */
export async function labUp(options: LabUpOptions): Promise<LabStatus> {
  const name = checkLabName(options.name);
  const existing = await findState(name);
  if (existing) {
    throw new NetwrightError(
      `a lab named ${name} is already ${existing.phase === 'up' ? 'up' : 'there, but did not come up'}`,
      {
        code: 'lab-exists',
        hint: `netwright lab down --name ${name}`,
      },
    );
  }
  try {
    await owning(name, () => bringUp(options));
    return await labStatus(name);
  } catch (error) {
    options.onProgress?.(
      options.signal?.aborted
        ? 'interrupted: taking down what was made'
        : 'it did not come up: taking down what was made',
    );
    if (!process.env['NETWRIGHT_LAB_KEEP_BROKEN']) await labDown(name);
    options.signal?.throwIfAborted();
    throw new NetwrightError(
      `the lab ${name} did not come up: ` +
        (error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error)),
      {
        code: 'lab-did-not-start',
        hint: 'this is a fault of the lab or a machine that is too busy; try again, and report it with the lines above',
        cause: error,
      },
    );
  }
}
