import { few } from '../../../few.ts';
import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { PoolInfo, Snapshot } from '../../../model/snapshot.ts';
import { overlap } from '../../evidence/ranges.ts';
import type { View } from '../../view/view.ts';
import { point, type Trouble } from '../point.ts';
import { inArguments } from './k3s-config.ts';

/** What K3s has where nobody says another: its documentation, "k3s server", Networking. */
const K3S_CLUSTER_CIDR = '10.42.0.0/16';

/** The range of pods that kube-proxy was given; undefined where no server says one and it is no K3s. */
function clusterRanges(view: View): { ranges: string[]; ids: string[] } | undefined {
  if (view.facts.one('cluster')?.value.distribution !== 'k3s') return undefined;
  const server = [...view.cluster.nodes.values()].find(({ value }) => value.role === 'server');
  const said = server && inArguments(server.value.annotations['k3s.io/node-args'] ?? '', 'cluster-cidr');
  return { ranges: (said ?? K3S_CLUSTER_CIDR).split(','), ids: server ? [server.id] : [] };
}

/** flannel of K3s has pods leave the cluster under their nodes' addresses, and so has a pool with natOutgoing. */
const masqueraded = ({ network, pools = [] }: Snapshot): boolean =>
  network.kind.startsWith('flannel') || pools.some(({ natOutgoing }) => natOutgoing);

function outside(pools: readonly PoolInfo[], ranges: readonly string[]): Trouble[] {
  return pools
    .filter(({ cidr }) => !ranges.some((range) => overlap(range, cidr)))
    .map(({ name, cidr }) => ({
      text:
        `the IPPool ${name} is ${cidr}, and K3s' cluster-cidr ${ranges.join()}: Services give such pods' packets ` +
        "their nodes' addresses",
    }));
}

/** Whether Calico's pools are there, in the cluster's range, and translate what leaves it as was done before. Pure. */
export function poolPoints(view: View): AcceptancePoint[] {
  const area = 'cni';
  const code = 'pool-mismatch';
  const fact = view.facts.one('ip-pools');
  const kind = view.cluster.overlay?.value.kind ?? 'unknown';
  const asked = view.facts.one('acceptance');
  // A cluster whose last pool is gone may show no sign of Calico but that it was asked for.
  const isCalico = kind.startsWith('calico') || asked?.value.network?.startsWith('calico') === true;
  const skipped = isCalico ? {} : { skipped: 'the network has no pools' };
  const pools = fact?.value ?? [];
  const enabled = pools.filter(({ disabled }) => !disabled);
  const unknown = fact ? [] : [{ text: 'the IPPools could not be read' }];
  const before = asked?.value.before;
  const cluster = clusterRanges(view);
  const none =
    pools.length === 0 ? 'there is no IPPool' : `no IPPool is enabled: ${few(pools.map(({ name }) => name))} disabled`;
  const bare = before && masqueraded(before) ? enabled.filter(({ natOutgoing }) => !natOutgoing) : [];
  return [
    point({
      area,
      code,
      title: 'an IPPool has addresses for new pods',
      ...skipped,
      wrong: fact && enabled.length === 0 ? [{ text: `${none}: no new pod gets an address` }] : [],
      unknown,
      note: few(enabled.map(({ name, cidr }) => `${name} ${cidr}`)),
      remedy: 'Make an IPPool over the cluster-cidr with the encapsulation that was asked for.',
      observations: [fact?.id],
    }),
    point({
      area,
      code,
      title: "the IPPools are in the cluster's range of pods",
      ...skipped,
      ...(isCalico && !cluster && { skipped: "what kube-proxy takes for the pods' range is known of K3s alone" }),
      wrong: outside(enabled, cluster?.ranges ?? []),
      unknown,
      remedy: 'Make an IPPool over the cluster-cidr, disable this one, and make the pods anew.',
      observations: [fact?.id, ...(cluster?.ids ?? [])],
    }),
    point({
      area,
      code,
      title: "pods leave the cluster under their nodes' addresses, as before",
      ...skipped,
      ...(isCalico && (!before || !masqueraded(before)) && { skipped: 'no snapshot says that they did before' }),
      wrong: bare.map(({ name }) => ({
        text: `the IPPool ${name} has natOutgoing off: nobody outside can answer its pods`,
      })),
      unknown,
      remedy: 'Set natOutgoing: true in the IPPool.',
      observations: [fact?.id, asked?.id],
    }),
  ];
}
