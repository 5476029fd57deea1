import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, NetwrightError } from '../../helpers/errors.ts';
import { inNode } from '../enter.ts';
import type { FaultContext } from '../faults/lib/context.ts';
import type { Kit } from '../kit.ts';
import { eventually } from '../kubectl.ts';
import type { LabSettings } from '../makes/settings.ts';
import type { SwitchedSettings } from './record.ts';
import { k3sArgs, k3sConfig } from '../node/files.ts';
import { labPaths } from '../paths.ts';
import { startDetached } from '../run-in.ts';
import type { LabNodeStatus } from '../status.ts';
import type { HalfWay } from './half-way.ts';

/** Far above what is measured: three seconds. */
const READY_TIMEOUT_MS = 90_000;

const K3S_CONFIG = '/etc/rancher/k3s/config.yaml';
const CONFIGURATIONS = '/etc/cni/net.d';
const FLANNEL = `${CONFIGURATIONS}/10-flannel.conflist`;
const CALICO = `${CONFIGURATIONS}/10-calico.conflist`;
const KEPT = '/etc/netwright/10-flannel.conflist';

const shell = (script: string): string[] => ['bash', '-ec', script];

/** Calico as a whole, with its devices, rules and sets: what its users do by hand, since it takes nothing along. */
const WITHOUT_CALICO = `
kill -KILL -- "-$(cat /run/netwright/switch.pid)" || true
rm -rf ${CALICO} /run/netwright/switch.pid /run/netwright/hold-felix /var/lib/calico/*
for device in tunl0 vxlan.calico; do ip link del $device 2> /dev/null || true; done
for protocol in 12 80; do ip route flush proto $protocol; done
for tables in iptables iptables-legacy; do
  command -v $tables-save > /dev/null || continue
  $tables-save | grep -vi -- cali | $tables-restore || true
done
ipset list -n | grep ^cali | while read -r set; do ipset destroy "$set" || true; done`;

/** What Calico's start and its tunnels' allocator write onto a node. */
const ANNOTATIONS = ['IPv4Address', 'IPv4IPIPTunnelAddr', 'IPv4VXLANTunnelAddr', 'VXLANTunnelMACAddr'];

/** What of a node's switch is done. */
export interface Extent {
  /** K3s is started again with the new settings. */
  isRestarted: boolean;
  /** flannel's CNI configuration stays. */
  keepsConfiguration: boolean;
}

/** Writes K3s' file as the new settings have it: data here, which real K3s reads when it starts. */
export async function writeSettings(
  lab: FaultContext,
  { name, ...node }: LabNodeStatus,
  settings: SwitchedSettings,
): Promise<void> {
  const server = lab.status.nodes[0] as LabNodeStatus;
  const before = await lab.onNode(name, ['cat', K3S_CONFIG]);
  await lab.onHealing({ on: 'node', node: name, argv: ['tee', K3S_CONFIG], input: before });
  await lab.onNode(name, ['tee', K3S_CONFIG], undefined, k3sConfig({ name, ...node }, server, settings));
}

/** The runtime finds Calico's plugin when it is started again; its containers live on meanwhile. */
async function restartRuntime(lab: FaultContext, { binDir, calicoBinDir }: Kit, node: string): Promise<void> {
  const config = '/etc/netwright/containerd.toml';
  const pid = '/run/netwright/containerd.pid';
  const find = `grep -q '${calicoBinDir}' ${config} || sed -i 's|bin_dirs = \\[|&"${calicoBinDir}",|' ${config}`;
  const before = (await lab.onNode(node, ['cat', pid])).trim();
  await lab.onNode(node, shell(`${find}\nkill ${before}`));
  const answers = `test "$(cat ${pid})" != ${before} && ${binDir}/ctr -a /run/containerd/containerd.sock version`;
  await eventually(() => lab.onNode(node, shell(answers)), READY_TIMEOUT_MS);
}

/** As a start of K3s without flannel does: it ends with its rules, routes and devices left, and the runtime anew. */
async function restart(
  lab: FaultContext,
  kit: Kit,
  node: LabNodeStatus,
  settings: SwitchedSettings,
  extent: Extent,
): Promise<void> {
  const { name } = node;
  await lab.hold(name, 'flanneld');
  if (lab.status.settings.policy !== 'none') await lab.hold(name, 'kube-router');
  await lab.onNode(name, shell(`cp ${FLANNEL} ${KEPT}`), ['cp', KEPT, FLANNEL]);
  if (!extent.keepsConfiguration) await lab.onNode(name, ['rm', FLANNEL]);
  await restartRuntime(lab, kit, name);
  const annotate = (given: LabSettings) => {
    const args = JSON.stringify(k3sArgs(node, lab.status.nodes[0] as LabNodeStatus, given));
    return ['annotate', 'node', name, '--overwrite', `k3s.io/node-args=${args}`];
  };
  await lab.kubectl(annotate(settings), undefined, annotate(lab.status.settings));
}

/** Starts Calico on a node, as its DaemonSet would, and resolves when felix is ready and the plugin configured. */
async function startCalico(
  lab: FaultContext,
  kit: Kit,
  node: LabNodeStatus,
  settings: SwitchedSettings,
  state: HalfWay | undefined,
): Promise<void> {
  const paths = labPaths(lab.status.name);
  const log = join(paths.logs, `${node.name}-switch.log`);
  const environment = {
    NODE: node.name,
    ADDRESS: node.address,
    NODE_DIR: paths.node(node.name),
    PKI: paths.pki,
    BIN: kit.binDir,
    POD_RANGE: settings.pods,
    UPLINK: lab.uplink.name,
    NETWORK: settings.network,
    CALICO_BIN: kit.calicoBinDir,
    ...state?.environment?.(settings.network),
  };
  await lab.onHealing({
    on: 'kubectl',
    argv: ['annotate', 'node', node.name, ...ANNOTATIONS.map((each) => `projectcalico.org/${each}-`)],
  });
  await lab.onHealing({ on: 'node', node: node.name, argv: shell(WITHOUT_CALICO) });
  startDetached(inNode({ pid: node.pid as number }, ['setsid', 'bash', '-c', await switchScript()]), log, {
    ...process.env,
    ...environment,
  });
  const isReady = `test -s ${CALICO} && curl -sf -m 1 -o /dev/null http://127.0.0.1:9099/readiness`;
  await eventually(() => lab.onNode(node.name, shell(isReady)), READY_TIMEOUT_MS).catch((error: unknown) => {
    throw new NetwrightError(`Calico did not start on ${node.name} within ${READY_TIMEOUT_MS / 1000} s`, {
      code: 'lab-did-not-start',
      hint:
        `see ${log} and ${paths.node(node.name)}/log; ` +
        `netwright lab migrate --name ${lab.status.name} --back undoes it`,
      exitCode: ExitCode.internal,
      cause: error,
    });
  });
}

/** What starts Calico, as one text: a node has folders of its own, and may not see those of this program. */
async function switchScript(): Promise<string> {
  const folder = join(import.meta.dirname, '../node');
  const parts = ['supervise.sh', 'calico.sh', 'switch.sh'].map((each) => readFile(join(folder, each), 'utf8'));
  return (await Promise.all(parts)).join('\n');
}

/** Takes a node from flannel to Calico, as far as it is to go. */
export async function switchNode(
  lab: FaultContext,
  kit: Kit,
  node: LabNodeStatus,
  settings: SwitchedSettings,
  extent: Extent & { state: HalfWay | undefined },
): Promise<void> {
  if (extent.isRestarted) await restart(lab, kit, node, settings, extent);
  await startCalico(lab, kit, node, settings, extent.state);
  // A runtime that was not started again looks where K3s' own flannel is configured, and nowhere else.
  if (!extent.isRestarted) await lab.onNode(node.name, ['rm', '-f', CALICO]);
}
