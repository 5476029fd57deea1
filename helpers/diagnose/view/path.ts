import type { ProbeObservation, SizeClass } from '../../model/observation.ts';
import { qualified, type ClusterView } from './cluster.ts';

/** What a probe's packets may have gone through: a failure there may be the probe's failure. */
export interface Path {
  /** Pairs of nodes between which the overlay carries it, in either direction. */
  overlay: [string, string][];
  /** Pairs of nodes between which it goes under the nodes' own addresses. */
  underlay: [string, string][];
  /** Nodes whose Service rules translate it. */
  translation: string[];
  /** Nodes whose pods it comes from or may be answered by. */
  pods: string[];
  /** Nodes that it touches in any way. */
  nodes: string[];
  service?: string;
  endpoints: string[];
  replicas: string[];
  /** It needs an answer from outside of the cluster. */
  external: boolean;
  host?: string;
  size: SizeClass;
}

const unique = (values: (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

const between = (froms: readonly string[], tos: readonly string[]): [string, string][] =>
  froms.flatMap((from) => tos.filter((to) => to !== from).map((to): [string, string] => [from, to]));

/** What stands behind the Service at the end of the run, and what it adds to a probe's way. */
function behind({ crosses }: ProbeObservation, cluster: ClusterView): Pick<Path, 'endpoints' | 'replicas' | 'nodes'> {
  const endpoints = cluster.service(crosses.service)?.value.endpoints ?? [];
  const replicas = crosses.dns ? cluster.dnsPods.map(({ value }) => value) : [];
  return {
    endpoints: endpoints.map(({ ip }) => ip),
    replicas: replicas.map(({ name }) => name),
    nodes: unique([...endpoints, ...replicas].map(({ node }) => node)),
  };
}

/** How a probe travels: what its plan says that it crosses, with what the cluster said last of its Service. */
export function pathOf(probe: ProbeObservation, cluster: ClusterView): Path {
  const { source, destination, crosses } = probe;
  const { overlay = [], underlay = [], translation = [], pods = [], servedFrom } = crosses;
  const service = cluster.service(crosses.service);
  const path: Path = {
    overlay,
    underlay,
    translation,
    pods,
    nodes: unique([source.node, destination.node]),
    service: service ? qualified(service) : crosses.service,
    endpoints: crosses.endpoint === undefined ? [] : [crosses.endpoint],
    replicas: crosses.replica === undefined ? [] : [crosses.replica],
    external: crosses.external === true,
    host: crosses.host,
    size: crosses.size,
  };
  if (servedFrom === undefined) return path;
  const ends = behind(probe, cluster);
  const controllers = cluster.ingressNodes ?? [...cluster.nodes.keys()];
  const from = servedFrom === 'ingress' ? controllers : servedFrom;
  return {
    ...path,
    overlay: [...overlay, ...between(from, ends.nodes)],
    underlay: [...underlay, ...(crosses.entry === undefined ? [] : between([crosses.entry], controllers))],
    pods: unique([...pods, ...ends.nodes]),
    nodes: unique([...path.nodes, ...from, ...ends.nodes]),
    endpoints: ends.endpoints,
    replicas: ends.replicas,
  };
}
