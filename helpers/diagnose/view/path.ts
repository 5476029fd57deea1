import type { ProbeObservation } from '../../model/observation.ts';
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
}

const unique = (values: (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

/** How a probe travels, read from its role and from what the cluster said of Services and endpoints. */
export function pathOf(probe: ProbeObservation, cluster: ClusterView): Path {
  const { source, destination, role, suite } = probe;
  const from = source.node;
  const to = destination.node;
  const cross = (a: string | undefined, b: string | undefined): [string, string][] =>
    a !== undefined && b !== undefined && a !== b ? [[a, b]] : [];
  const base: Path = {
    overlay: [],
    underlay: [],
    translation: [],
    pods: source.network === 'pod' && from ? [from] : [],
    nodes: unique([from, to]),
    endpoints: [],
    replicas: [],
    external: role.endsWith('external-name'),
  };
  const endpointsOf = (name: string | undefined) => cluster.service(name)?.value.endpoints ?? [];
  const behind = (nodes: string[], name: string | undefined, dns = false): Path => {
    const dnsNodes = dns ? cluster.dnsPods.map(({ value }) => value) : [];
    const endpoints = endpointsOf(name);
    const ends = unique([...endpoints.map(({ node }) => node), ...dnsNodes.map(({ node }) => node)]);
    const service = cluster.service(name);
    return {
      ...base,
      overlay: nodes.flatMap((node) => ends.flatMap((end) => cross(node, end))),
      translation: nodes,
      pods: unique([...base.pods, ...ends]),
      nodes: unique([...base.nodes, ...nodes, ...ends]),
      service: service ? qualified(service) : name,
      endpoints: endpoints.map(({ ip }) => ip),
      replicas: dns ? dnsNodes.map(({ name: pod }) => pod) : [],
    };
  };
  if (suite === 'vxlan')
    return role.startsWith('control-') || role.startsWith('internal-')
      ? { ...base, underlay: cross(from, to) }
      : { ...base, overlay: cross(from, to), underlay: cross(from, to) };
  if (role === 'service') return behind(unique([from]), destination.name);
  if (suite === 'node-port') return { ...behind(unique([to]), destination.name), underlay: cross(from, to) };
  if (suite === 'ingress') {
    const known = cluster.ingressNodes ?? [...cluster.nodes.keys()];
    const entries = role === 'worker' ? unique([to]) : known;
    const path = behind(entries, probe.asked['service'] as string | undefined);
    const translation = role === 'worker' ? [] : role === 'node-port' ? unique([to]) : [...cluster.nodes.keys()];
    return {
      ...path,
      translation,
      underlay: role === 'node-port' ? known.flatMap((node) => cross(to, node)) : [],
      host: destination.name,
    };
  }
  if (role === 'upstream-external-name') return base;
  if (suite === 'coredns' && to === undefined)
    return behind(unique([from]), cluster.dns ? qualified(cluster.dns) : destination.name, true);
  const toPod = destination.network === 'pod';
  return {
    ...base,
    overlay: toPod ? cross(from, to) : [],
    underlay: cross(from, to),
    pods: unique([...base.pods, toPod ? to : undefined]),
    endpoints: role === 'endpoint' && destination.ip ? [destination.ip] : [],
    replicas: suite === 'coredns' && destination.pod ? [destination.pod] : [],
    service: destination.name,
  };
}
