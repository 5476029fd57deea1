import { CALICO, CALICO_TUNNEL_ADDRESS } from '../../../helpers/model/overlay/calico.ts';
import { eventually } from '../../kubectl.ts';
import { beforePort } from '../../makes/families.ts';
import { isCalico } from '../../makes/network.ts';
import { addressIn, dnsAddress } from '../../makes/ranges.ts';
import type { LabSettings } from '../../makes/settings.ts';
import { waitForRollOuts } from '../../workloads/index.ts';
import { APPS, clusterIpOf, NAMESPACE } from '../../workloads/keybuzz.ts';
import { inNetwork, onNode, type Reach } from './commands.ts';

/** Time for a held node to be Ready again and crashed pods to come back, on two busy cores. */
const TIMEOUT_MS = 90_000;

/** flannel has written its rules: it is seconds behind its own start with them. */
const FLANNEL_RULES = (
  iptables: string,
) => `${iptables} -w -t nat -C POSTROUTING -m comment --comment 'flanneld masq' -j FLANNEL-POSTRTG
${iptables} -w -t nat -S FLANNEL-POSTRTG | grep -q MASQUERADE && ${iptables} -w -S FLANNEL-FWD | grep -q ACCEPT`;

/** felix says at this port that all that it knows of is written. */
const FELIX_READY = 'curl -sf -m 2 -o /dev/null http://127.0.0.1:9099/readiness';

/** Every component runs, and the network plugin has written what it has to. */
function components(settings: LabSettings): string {
  const { policy, network } = settings;
  const plugin = {
    flannel: ['flanneld'],
    canal: ['flanneld', 'felix'],
    'calico-vxlan': ['felix', 'calico-tunnels'],
    'calico-ipip': ['felix', 'calico-tunnels', 'block-routes'],
    'calico-bgp': ['felix', 'calico-tunnels', 'block-routes'],
  }[network];
  const names = ['containerd', 'kube-proxy', 'kubelet', ...plugin, ...(policy === 'none' ? [] : [policy])];
  return `for name in ${names.join(' ')}; do
  kill -0 "$(cat /run/netwright/$name.pid)" || exit 1
done
${isCalico(settings) ? FELIX_READY : FLANNEL_RULES(settings.families === 'ipv6' ? 'ip6tables' : 'iptables')}`;
}

interface NodeObject {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { podCIDR: string };
}

/**
 * The address of a node's tunnel device, of which only the overlay knows; without one, that of its pods' bridge. None
 * where Calico has no tunnel.
 */
function tunnelAddressOf(
  { metadata: { annotations = {} }, spec: { podCIDR } }: NodeObject,
  { backend, network }: LabSettings,
): string | undefined {
  if (network === 'calico-bgp') return undefined;
  const own = Object.values(CALICO_TUNNEL_ADDRESS)
    .map((key) => annotations[`${CALICO}${key}`])
    .find(Boolean);
  return own ?? addressIn(podCIDR, backend === 'vxlan' ? 0 : 1);
}

async function overlayWorks(reach: Reach): Promise<void> {
  const { items } = JSON.parse(await reach.kubectl(['get', 'nodes', '-o', 'json'])) as { items: NodeObject[] };
  const pairs = items.flatMap((from) =>
    items
      .filter((to) => to !== from)
      .flatMap((to): [string, string][] => {
        const address = tunnelAddressOf(to, reach.status.settings);
        return address === undefined ? [] : [[from.metadata.name, address]];
      }),
  );
  await Promise.all(
    pairs.map(([from, address]) => inNetwork(reach, from, ['ping', '-q', '-c', '1', '-W', '1', address])),
  );
}

async function servicesWork(reach: Reach): Promise<void> {
  const answers = (node: string, url: string) =>
    inNetwork(reach, node, ['curl', '-sf', '-m', '2', '-o', '/dev/null', url]);
  const { settings } = reach.status;
  const urls = APPS.map((app) => `http://${beforePort(clusterIpOf(app, settings))}:${app.port}/health`);
  await Promise.all(reach.status.nodes.flatMap(({ name }) => urls.map((url) => answers(name, url))));
  await Promise.all(
    reach.status.nodes.map(({ name }) =>
      inNetwork(reach, name, ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${dnsAddress(settings)}/53`]),
    ),
  );
}

/**
 * Deletes the pods that an application has too many of on one node while another has none: what a node's absence leaves
 * behind.
 */
async function spreadAgain(reach: Reach): Promise<void> {
  const { items } = JSON.parse(await reach.kubectl(['-n', NAMESPACE, 'get', 'pods', '-o', 'json'])) as {
    items: { metadata: { name: string; labels?: { app?: string } }; spec: { nodeName?: string } }[];
  };
  const surplus = APPS.flatMap(({ name }) => {
    const own = items.filter(({ metadata }) => metadata.labels?.app === name);
    const byNode = [...Map.groupBy(own, ({ spec }) => spec.nodeName ?? '').values()];
    const wanted = Math.ceil(own.length / reach.status.nodes.length);
    return byNode.length < Math.min(own.length, reach.status.nodes.length)
      ? byNode.flatMap((pods) => pods.slice(wanted))
      : [];
  });
  if (surplus.length > 0)
    await reach.kubectl([
      '-n',
      NAMESPACE,
      'delete',
      'pods',
      '--wait=true',
      ...surplus.map(({ metadata }) => metadata.name),
    ]);
}

/**
 * Waits until nodes are Ready, workloads rolled out, the overlay joins every two nodes and Services answer on each.
 * Throws what does not.
 */
export async function waitUntilSound(reach: Reach): Promise<void> {
  await reach.kubectl(['wait', '--for=condition=Ready', 'node', '--all', `--timeout=${TIMEOUT_MS / 1000}s`]);
  await spreadAgain(reach);
  await waitForRollOuts(reach.kubectl, TIMEOUT_MS);
  await eventually(
    () =>
      Promise.all(
        reach.status.nodes.map(({ name }) => onNode(reach, name, ['bash', '-ec', components(reach.status.settings)])),
      ),
    TIMEOUT_MS,
  );
  await eventually(() => overlayWorks(reach), TIMEOUT_MS);
  await eventually(() => servicesWork(reach), TIMEOUT_MS);
}
