import { familyOf } from '../../model/family.ts';
import type { Observation, ProbeObservation } from '../../model/observation.ts';
import { readCluster, type ClusterView } from './cluster.ts';
import { indexFacts, type Facts } from './facts.ts';
import { readHost, type HostView } from './host.ts';
import { readOverlay, type OverlayView } from './overlay.ts';
import { nodeStateOf } from './node-state.ts';
import { indexPairs, losesAPart, type PairView } from './pairs.ts';
import { pathOf, type Path } from './path.ts';
import { readSsh, type SshView } from './ssh.ts';

/** All observations, indexed for the catalogue. Built once, in an order that does not depend on theirs. */
export interface View {
  /**
   * The same cluster by the probes to IPv6 addresses, which no other part of the view holds: what is broken in one
   * family is never told by the other. Undefined where none was made, and in the view of IPv6 itself.
   */
  ipv6?: View;
  /** Probes that must pass, in a fixed order: where one passes, the network carries packets of its kind. */
  probes: readonly ProbeObservation[];
  /**
   * Probes that must be dropped or refused. Their pass is silence and says nothing of a way; their failure is an answer
   * that must not come. `carried` tells for either whether an answer came.
   */
  forbidden: readonly ProbeObservation[];
  /** Those of `probes` that failed. */
  failing: readonly ProbeObservation[];
  facts: Facts;
  cluster: ClusterView;
  /** Names of all nodes, from the cluster's own list and from the probes. */
  nodes: string[];
  pairs: ReadonlyMap<string, PairView>;
  pair(from: string, to: string): PairView | undefined;
  /** Whether a part of what is sent gets lost somewhere: then a probe that fails alone may have failed by chance. */
  losesAPart: boolean;
  host(node: string): HostView;
  ssh(node: string): SshView;
  /** What was read of a node by SSH, for packets to be walked through, and the observations in which it stands. */
  nodeState(node: string): ReturnType<typeof nodeStateOf>;
  path(probe: ProbeObservation): Path;
  /** Nodes whose probes could not be heard, with the API server's own words. */
  serving: { node: string; text: string; id: string }[];
  overlay: OverlayView;
  /** ISO time of the last observation. */
  endedAt: string;
  /** Whether the cluster has IPv6 alone: what its kernels have for IPv4 says nothing of it then. */
  isOfIpv6Alone: boolean;
}

function memo<T>(make: (node: string) => T): (node: string) => T {
  const made = new Map<string, T>();
  return (node) => {
    if (!made.has(node)) made.set(node, make(node));
    return made.get(node) as T;
  };
}

const isIpv6 = ({ destination }: ProbeObservation): boolean => familyOf(destination.ip ?? '') === 'IPv6';

/** Whether no node has an address of IPv4: then there is one family, of which the whole view is. */
const hasIpv6Alone = ({ nodes }: ClusterView): boolean =>
  nodes.size > 0 && [...nodes.values()].every(({ value }) => familyOf(value.internalIp) === 'IPv6');

export function viewOf(observations: readonly Observation[]): View {
  const all = observations
    .filter((observation): observation is ProbeObservation => observation.type === 'probe')
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  const ofIpv6 = all.filter(isIpv6);
  const view = viewBy(
    observations,
    all.filter((probe) => !isIpv6(probe)),
  );
  if (hasIpv6Alone(view.cluster)) return { ...viewBy(observations, all), isOfIpv6Alone: true };
  return ofIpv6.length > 0 ? { ...view, ipv6: { ...viewBy(observations, ofIpv6), nodes: view.nodes } } : view;
}

/** The cluster by some of its probes, with all that is known of it otherwise. */
function viewBy(observations: readonly Observation[], all: readonly ProbeObservation[]): View {
  const mustPass = ({ expectation = 'must-pass' }: ProbeObservation) => expectation === 'must-pass';
  const probes = all.filter(mustPass);
  const facts = indexFacts(observations);
  const cluster = readCluster(facts);
  const host = memo((node) => readHost(facts, node));
  const pairs = indexPairs(probes);
  const nodes = new Set(
    [...cluster.nodes.keys(), ...all.flatMap(({ source, destination }) => [source.node, destination.node])].filter(
      (name) => name !== undefined,
    ),
  );
  const paths = new Map<ProbeObservation, Path>();
  return {
    probes,
    forbidden: all.filter((probe) => !mustPass(probe)),
    failing: probes.filter(({ verdict }) => verdict === 'fail'),
    facts,
    cluster,
    nodes: [...nodes].toSorted(),
    pairs,
    pair: (from, to) => pairs.get(`${from} ${to}`),
    losesAPart: [...pairs.values()].some(losesAPart),
    host,
    ssh: memo((node) => readSsh(facts, node)),
    nodeState: memo((node) => nodeStateOf(facts, node)),
    path: (probe) => {
      const known = paths.get(probe) ?? pathOf(probe, cluster);
      paths.set(probe, known);
      return known;
    },
    serving: observations
      .flatMap((fact) =>
        fact.type === 'fact' && fact.key === 'probe-serving' && fact.notObserved !== undefined && fact.node
          ? [{ node: fact.node, text: fact.notObserved, id: fact.id }]
          : [],
      )
      .toSorted((a, b) => a.id.localeCompare(b.id)),
    overlay: readOverlay(facts, cluster, host),
    isOfIpv6Alone: false,
    endedAt: observations.reduce((last, { at }) => (at > last ? at : last), ''),
  };
}

/** All probes of a view, of both families. */
export const everyProbe = ({ probes, forbidden, ipv6 }: View): ProbeObservation[] => [
  ...probes,
  ...forbidden,
  ...(ipv6 ? [...ipv6.probes, ...ipv6.forbidden] : []),
];
