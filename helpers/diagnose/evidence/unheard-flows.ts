import { FLANNEL_PUBLIC_IP } from '../../model/overlay/flannel.ts';
import type { Connection } from '../../model/facts/ssh.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import { isVxlan } from '../../model/overlay.ts';
import { commonest } from '../../model/overlay/index.ts';
import type { Request } from '../entry.ts';
import { anyAffects } from '../impact.ts';
import { networkFailures } from './support.ts';
import type { View } from '../view/view.ts';

/** Fewer may be as young as the reading of the other node: they were sent after it. */
const LEAST_FLOWS = 3;

/** So many nodes are read at most. */
const MOST_NODES = 8;

/** What one node sends another by the tunnel, and the other knows nothing of. */
export interface UnheardFlows {
  from: string;
  to: string;
  port: number;
  text: string;
  ids: string[];
  /** Failed probes that need this pair. */
  failures: ProbeObservation[];
}

/** The addresses at which a node's tunnel may be asked. */
const addressesOf = (view: View, node: string): string[] => {
  const info = view.cluster.nodes.get(node)?.value;
  return [info?.internalIp, info?.annotations[FLANNEL_PUBLIC_IP]].flatMap((address) => address || []);
};

/**
 * Ordered pairs of nodes between which no burst could be counted, since no probe is in the host networks, and whose
 * tables of connections tell the same: the sender has sent datagrams of the tunnel, and none is known to the receiver,
 * which knows each one that its firewall lets in (an entry is confirmed as the packet is delivered, and lives for 30 s:
 * net.netfilter.nf_conntrack_udp_timeout).
 */
export function unheardFlows(view: View): UnheardFlows[] {
  if (!isVxlan(view.cluster.overlay?.value)) return [];
  const tables = view.nodes.flatMap((node) => {
    const { udp } = view.ssh(node);
    return udp ? [{ node, id: udp.id, value: udp.value, addresses: addressesOf(view, node) }] : [];
  });
  // Nodes whose probes count bursts: of two such, a pair that was not drawn was left out by choice.
  const counting = new Set(
    [...view.pairs.values()].filter(({ bursts }) => bursts.length > 0).flatMap(({ from, to }) => [from, to]),
  );
  return tables.flatMap((to) =>
    tables.flatMap((from): UnheardFlows[] => {
      if (from === to || (counting.has(from.node) && counting.has(to.node))) return [];
      const between = ({ protocol, original }: Connection): boolean =>
        protocol === 'udp' && from.addresses.includes(original.source) && to.addresses.includes(original.destination);
      const sent = from.value.filter(between);
      // Without a probe on the node nobody reads its sockets: the port is where nearly all between two nodes goes.
      const port = view.overlay.on(to.node).port ?? commonest(sent.map(({ original }) => original.destinationPort));
      const left = sent.filter(({ original }) => original.destinationPort === port);
      const came = to.value.filter((each) => between(each) && each.original.destinationPort === port);
      if (port === undefined || left.length < LEAST_FLOWS || came.length > 0) return [];
      const impact = { kind: 'overlay', from: from.node, to: to.node } as const;
      const failures = networkFailures(view.failing).filter((probe) => anyAffects([impact], probe, view));
      if (failures.length === 0) return [];
      const text =
        `${from.node} has sent ${left.length} flows of datagrams to ${to.node}:${port} in half a minute, and ` +
        `${to.node}'s table of connections has none of them`;
      return [{ from: from.node, to: to.node, port, text, ids: [from.id, to.id], failures }];
    }),
  );
}

/** What to read by SSH where no probe counts bursts, and something fails. */
export const flowsToRead = (view: View): Request[] =>
  view.failing.length === 0 || !isVxlan(view.cluster.overlay?.value) || view.pairs.size > 0
    ? []
    : view.nodes.slice(0, MOST_NODES).map((node): Request => ({
        kind: 'ssh-facts',
        node,
        sets: ['conntrack-udp'],
        why: 'no probe runs on the nodes: their tables of connections tell what the tunnels send and hear',
      }));
