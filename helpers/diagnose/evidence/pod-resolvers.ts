import type { FactValue } from '../../model/facts.ts';
import type { Resolv } from '../../model/facts/agent.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { Seen } from '../view/facts.ts';
import type { View } from '../view/view.ts';

/** A node whose pods get no name by the resolver that the kubelet gives them. */
export interface Unresolved {
  node: string;
  /** Names by the pod's own resolver: all short ones failed, and what else did. */
  failed: ProbeObservation[];
  /** Names that its pods asked the DNS Service for. */
  byService: ProbeObservation[];
  /** What pods are given, where it was read. */
  resolver?: Seen<Resolv>;
  /** Addresses among it that are not the DNS Service's. */
  others: string[];
  /** Whose addresses they are, where that was read. */
  owners: Seen<FactValue<'dns-address'>>[];
  /** What says that a DNS cache is meant to be on the node. */
  cache?: { text: string; ids: string[] };
}

function cacheOn(view: View, node: string, others: string[], owners: Unresolved['owners']): Unresolved['cache'] {
  const { links } = view.host(node);
  const device = links?.value.find(({ addresses }) =>
    addresses.some((address) => others.includes(address.split('/')[0] ?? '')),
  );
  if (links && device) return { text: `${node} has that address on ${device.name}`, ids: [links.id] };
  const [owner] = owners.filter(({ value }) => value.caches.length > 0);
  if (!owner) return undefined;
  const own = owner.value.caches.find((cache) => cache.node === node);
  const state = own ? `${own.pod} is ${own.ready ? 'ready' : 'not ready'}` : `none of them is on ${node}`;
  return { text: `the cluster has pods of a node-local DNS cache; ${state}`, ids: [owner.id] };
}

/** Nodes whose pods get no name at all by their own resolver. */
export const unresolved = (view: View): Unresolved[] =>
  view.nodes.flatMap((node): Unresolved[] => {
    const own = view.probes.filter(
      ({ suite, source, verdict }) =>
        suite === 'coredns' && source.node === node && source.network === 'pod' && isJudged({ verdict }),
    );
    const short = own.filter(({ role }) => role === 'resolver-short-name');
    if (short.length === 0 || short.some(({ verdict }) => verdict !== 'fail')) return [];
    const failed = own.filter(({ kind, verdict }) => kind === 'resolve' && verdict === 'fail');
    const resolver = view.host(node).podResolv;
    const dns = view.cluster.dns?.value;
    const ofService = [dns?.clusterIp, ...(dns?.clusterIps ?? [])];
    const others = resolver?.value.nameservers.filter((address) => !ofService.includes(address)) ?? [];
    const owners = view.facts.all('dns-address').filter(({ value }) => others.includes(value.address));
    return [
      {
        node,
        failed,
        byService: own.filter(({ role }) => role === 'service-name'),
        resolver,
        others,
        owners,
        cache: cacheOn(view, node, others, owners),
      },
    ];
  });
