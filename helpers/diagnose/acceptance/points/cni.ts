import { few } from '../../../few.ts';
import { familyOf } from '../../../model/family.ts';
import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { PodInfo } from '../../../model/facts/acceptance.ts';
import { inRange } from '../../evidence/ranges.ts';
import type { View } from '../../view/view.ts';
import { point, type Trouble } from '../point.ts';
import { poolPoints } from './pool.ts';

const fileName = (path: string): string => path.split('/').at(-1) ?? path;

/** Plugins that go with every network, and that call others. */
const COMPANION = /loopback|multus/i;
/** Labels of the pods that run a network on each node. */
const AGENT = /^(calico-node|calico-typha|flannel|kube-flannel|cilium|kube-router|canal)$/;

function asAsked(view: View): AcceptancePoint {
  const wanted = view.facts.one('acceptance')?.value.network;
  const overlay = view.cluster.overlay;
  const kind = overlay?.value.kind ?? 'unknown';
  const title = 'the network that runs is the one that was asked for';
  if (wanted === undefined)
    return point({ area: 'cni', title, skipped: 'none was asked for (NETWRIGHT_ACCEPT_NETWORK)' });
  // A mode is a pool's, and another point says that there is none.
  const pools = view.facts.one('ip-pools')?.value;
  if (wanted.startsWith('calico') && kind.startsWith('calico') && pools?.every(({ disabled }) => disabled))
    return point({ area: 'cni', title, skipped: 'there is no pool that is enabled' });
  const said = `${kind} runs (${overlay?.value.source ?? 'not read'}), ${wanted} was asked for`;
  return point({
    area: 'cni',
    code: 'pool-mismatch',
    title,
    wrong: kind !== wanted && kind !== 'unknown' ? [{ text: said }] : [],
    unknown: kind === 'unknown' ? [{ text: said }] : [],
    remedy:
      'Set the pool (ipipMode, vxlanMode) or the backend as it was asked for, and restart the agents of the network.',
    observations: [overlay?.id],
  });
}

/** The plugin that the runtime of each node takes: the first file by name. */
function onePlugin(view: View): AcceptancePoint[] {
  const read = view.nodes.map((node) => ({ node, cni: view.ssh(node).cni }));
  const unknown = read.flatMap(({ node, cni }): Trouble[] =>
    cni ? [] : [{ node, text: `${node}: the runtime's network configuration was not read (it takes SSH, and root)` }],
  );
  const own = read.flatMap(({ node, cni }) => {
    const files = (cni?.value ?? []).filter(({ path }) => !COMPANION.test(path));
    return cni
      ? [{ node, id: cni.id, files: files.toSorted((a, b) => fileName(a.path).localeCompare(fileName(b.path))) }]
      : [];
  });
  const ids = own.map(({ id }) => id);
  const empty = own.filter(({ files }) => files.length === 0);
  const several = own.filter(({ files }) => new Set(files.map(({ path }) => fileName(path))).size > 1);
  const plugins = Map.groupBy(
    own.filter(({ files }) => files.length > 0),
    ({ files }) => files[0]?.plugins[0]?.type ?? 'none',
  );
  const shares = [...plugins].map(([type, nodes]) => `${type} on ${few(nodes.map(({ node }) => node))}`);
  return [
    point({
      area: 'cni',
      title: 'the same network plugin runs on every node',
      wrong: plugins.size > 1 ? [{ text: shares.join('; ') }] : [],
      unknown,
      note: shares.join('; '),
      remedy: 'Bring the configuration of the new plugin to every node, and make the pods of the others anew.',
      observations: ids,
    }),
    point({
      area: 'cni',
      title: 'each node has one network configuration',
      wrong: [
        ...empty.map(({ node }) => ({ node, text: `${node} has none: its runtime makes no pod` })),
        ...several.map(({ node, files }) => ({
          node,
          text: `${node} has ${files.map(({ path }) => fileName(path)).join(' and ')}: the runtime takes the first`,
        })),
      ],
      unknown,
      remedy: 'Remove the file of the former plugin from the folder of the runtime, and make the pods of it anew.',
      observations: ids,
    }),
  ];
}

/** The ranges that a pod's address has to be in: its node's, or those of Calico's pools. */
function rangesFor(view: View, { node }: PodInfo): string[] | undefined {
  const kind = view.cluster.overlay?.value.kind ?? 'unknown';
  if (kind.startsWith('flannel')) return view.cluster.nodes.get(node)?.value.podCidrs;
  if (!kind.startsWith('calico')) return undefined;
  return view.facts
    .one('ip-pools')
    ?.value.filter(({ disabled }) => !disabled)
    .map(({ cidr }) => cidr);
}

function addresses(view: View): AcceptancePoint[] {
  const pods = view.facts.one('pods');
  const unread: Trouble[] = pods ? [] : [{ text: 'the pods could not be read' }];
  const own = (pods?.value ?? []).filter(({ hostNetwork, ips }) => !hostNetwork && ips.length > 0);
  const outside = own.flatMap((pod): Trouble[] => {
    const ranges = rangesFor(view, pod) ?? [];
    const foreign = pod.ips.filter((ip) => {
      const same = ranges.filter((range) => familyOf(range) === familyOf(ip));
      return same.length > 0 && !same.some((range) => inRange(ip, range));
    });
    if (foreign.length === 0) return [];
    return [{ node: pod.node, text: `${pod.namespace}/${pod.name} on ${pod.node} has ${foreign.join(' and ')}` }];
  });
  const isUnknown = own.some((pod) => (rangesFor(view, pod) ?? []).length === 0);
  const holders = Map.groupBy(
    own.flatMap((pod) => pod.ips.map((ip) => ({ ip, pod }))),
    ({ ip }) => ip,
  );
  const twice = [...holders].filter(([, of]) => of.length > 1);
  return [
    point({
      area: 'cni',
      code: 'pods-on-former-network',
      title: "every pod's address is in the network's own range",
      wrong: outside.slice(0, 8),
      unknown: [...unread, ...(isUnknown ? [{ text: 'the range of the pods is not known' }] : [])],
      note: `${own.length} pods`,
      remedy: 'Make these pods anew (kubectl rollout restart of what made them): they are still on the former network.',
      observations: [pods?.id],
    }),
    point({
      area: 'cni',
      title: 'no two pods have the same address',
      wrong: twice.map(([ip, of]) => ({
        text: `${ip}: ${of.map(({ pod }) => `${pod.namespace}/${pod.name} on ${pod.node}`).join(' and ')}`,
      })),
      unknown: unread,
      remedy: 'Make the pods anew that are still on the former network.',
      observations: [pods?.id],
    }),
  ];
}

function agents(view: View): AcceptancePoint {
  const pods = view.facts.one('pods');
  const own = (pods?.value ?? []).filter(({ app = '' }) => AGENT.test(app));
  const broken = own.filter(({ ready }) => !ready);
  return point({
    area: 'cni',
    title: "the network's agents are Ready",
    wrong: broken.map(({ namespace, name, node }) => ({ node, text: `${namespace}/${name} on ${node} is not Ready` })),
    unknown: pods ? [] : [{ text: 'the pods could not be read' }],
    ...(pods &&
      own.length === 0 && { skipped: 'none of them runs as a pod, as flannel of K3s, which is in its own process' }),
    note: `${own.length} pods`,
    remedy: 'See kubectl describe and the logs of these pods.',
    observations: [pods?.id],
  });
}

/** Which plugin runs, the same everywhere, and whether its pods are in its range. Pure. */
export const cniPoints = (view: View): AcceptancePoint[] => [
  asAsked(view),
  ...poolPoints(view),
  ...onePlugin(view),
  ...addresses(view),
  agents(view),
];
