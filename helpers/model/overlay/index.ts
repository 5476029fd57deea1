import type { Overlay, OverlayKind, OverlayTraits, Tunnel } from '../overlay.ts';
import { calicoBgp, calicoIpip, calicoVxlan } from './calico.ts';
import { flannelHostGw, flannelVxlan, flannelWireguard } from './flannel.ts';
import { cilium, unknown } from './others.ts';

const TRAITS: Record<OverlayKind, OverlayTraits> = {
  'flannel-vxlan': flannelVxlan,
  'flannel-host-gw': flannelHostGw,
  'flannel-wireguard': flannelWireguard,
  'calico-ipip': calicoIpip,
  'calico-vxlan': calicoVxlan,
  'calico-bgp': calicoBgp,
  cilium,
  unknown,
};

/** What is known of a kind of overlay; of the unknown kind where none was read. */
export const traitsOf = (overlay: Pick<Overlay, 'kind'> | undefined): OverlayTraits =>
  TRAITS[overlay?.kind ?? 'unknown'] ?? unknown;

/** The address to which peers send what is for a node's pods, where its plugin announces one. */
export const announcedAddress = (
  overlay: Pick<Overlay, 'kind'> | undefined,
  annotations: Record<string, string>,
): string | undefined =>
  traitsOf(overlay)
    .announcedBy.flatMap((key) => annotations[key] ?? [])[0]
    ?.split('/')[0] || undefined;

/** What most have; of as many the lowest. Undefined where none is known. */
export const commonest = (values: (number | undefined)[]): number | undefined => {
  const counts = [
    ...Map.groupBy(
      values.filter((value) => value !== undefined),
      (value) => value,
    ),
  ];
  return counts.toSorted(([a, x], [b, y]) => y.length - x.length || a - b)[0]?.[0];
};

/**
 * What each node has of the overlay. A node whose port is not known is taken to have that of most others: they send
 * to it there.
 */
export function agreed(tunnels: ReadonlyMap<string, Tunnel>): Map<string, Tunnel> {
  const port = commonest([...tunnels.values()].map((each) => each.port));
  return new Map(
    [...tunnels].map(([name, each]) => [
      name,
      each.port !== undefined || port === undefined || each.device === undefined
        ? each
        : { ...each, port, source: `other nodes have it; ${each.source}` },
    ]),
  );
}

/** What most nodes have, which is what the cluster is said to have. Undefined of no nodes. */
export function commonTunnel(tunnels: Iterable<Tunnel>): Tunnel | undefined {
  const all = [...tunnels];
  const [port, vni] = [commonest(all.map((each) => each.port)), commonest(all.map((each) => each.vni))];
  return all.find((each) => each.port === port && each.vni === vni) ?? all[0];
}

/** A wire as words: `UDP 4789`, `IP protocol 4`. */
export function wireText(overlay: Pick<Overlay, 'kind'> | undefined, tunnel: Tunnel): string {
  const wire = traitsOf(overlay).wire(tunnel);
  if (wire.protocol === 'udp') return wire.port === undefined ? 'the overlay’s UDP port' : `UDP ${wire.port}`;
  if (wire.protocol === 'ip') return `IP protocol ${wire.number}`;
  return wire.protocol === 'none' ? 'the pods’ own packets' : 'what carries the pods’ packets';
}

/** A wire as tcpdump's filter. */
export function wireFilter(overlay: Pick<Overlay, 'kind'> | undefined, tunnel: Tunnel): string {
  const wire = traitsOf(overlay).wire(tunnel);
  if (wire.protocol === 'udp') return wire.port === undefined ? 'udp' : `udp port ${wire.port}`;
  return wire.protocol === 'ip' ? `ip proto ${wire.number}` : 'ip';
}
