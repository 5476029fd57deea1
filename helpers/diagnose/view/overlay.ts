import type { OverlayTraits, Tunnel, TunnelFacts } from '../../model/overlay.ts';
import { agreed, commonTunnel, traitsOf, wireFilter, wireText } from '../../model/overlay/index.ts';
import type { ClusterView } from './cluster.ts';
import type { Facts } from './facts.ts';
import type { HostView } from './host.ts';

/** The overlay as the nodes have it, and the words for it. No number or name of one kind stands in the diagnosis. */
export interface OverlayView {
  traits: OverlayTraits;
  /** What a node has; what most nodes have where none is named or nothing is known of it. */
  on: (node?: string) => Tunnel;
  /** Observations that say what a node has. */
  cited: (node: string) => string[];
  /** Whether more than half of the nodes have the common identifier and port: only then is another node odd. */
  isAgreed: boolean;
  /** What carries pods' packets, as words: `UDP 4789`. */
  wire: (node?: string) => string;
  /** The same as tcpdump's filter: `udp port 4789`. */
  filter: (node?: string) => string;
  /** The name of the tunnel device for a command or a sentence. */
  device: (node?: string) => string;
  /** The bridge of the pods for a command or a sentence. */
  bridge: string;
}

function read(facts: Facts, { overlay, nodes }: ClusterView, host: (node: string) => HostView): Map<string, Tunnel> {
  if (!overlay) return new Map();
  const { tunnel } = traitsOf(overlay.value);
  return agreed(
    new Map(
      [...nodes].map(([name, { value }]) => {
        const { links, sockets } = host(name);
        const seen: TunnelFacts = {
          annotations: value.annotations,
          devices: links?.value.map((link) => link.name),
          sockets: sockets?.value.udp,
        };
        return [name, facts.one('tunnel', name)?.value ?? tunnel(seen, overlay.value)];
      }),
    ),
  );
}

export function readOverlay(facts: Facts, cluster: ClusterView, host: (node: string) => HostView): OverlayView {
  const overlay = cluster.overlay?.value;
  const traits = traitsOf(overlay);
  const tunnels = read(facts, cluster, host);
  const common = commonTunnel(tunnels.values()) ??
    (overlay ? traits.tunnel({ annotations: {} }, overlay) : undefined) ?? { source: 'no overlay was read' };
  const on = (node?: string): Tunnel => (node === undefined ? common : (tunnels.get(node) ?? common));
  const alike = [...tunnels.values()].filter(({ vni, port }) => vni === common.vni && port === common.port);
  return {
    traits,
    on,
    cited: (node) =>
      [facts.one('tunnel', node) ?? host(node).sockets, host(node).links].flatMap((seen) => (seen ? [seen.id] : [])),
    isAgreed: alike.length > tunnels.size / 2,
    wire: (node) => wireText(overlay, on(node)),
    filter: (node) => wireFilter(overlay, on(node)),
    device: (node) => on(node).device ?? common.device ?? 'the tunnel device',
    bridge: traits.bridge ?? 'the bridge of the pods',
  };
}
