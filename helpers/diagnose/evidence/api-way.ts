import type { ApiServerWay } from '../../model/facts/kubelet.ts';
import type { Seen } from '../view/facts.ts';
import type { View } from '../view/view.ts';
import { walkIn } from '../walk/index.ts';
import { FIRST_OF_TCP } from '../walk/packet.ts';

const HTTPS = 443;

/** Where a node finds its API server, as its kubelet was told. */
export interface Server {
  host: string;
  port: number;
  /** The server nodes that have this address; none where it is a balancer's, a name, or nobody's. */
  nodes: string[];
}

export function serverOf(view: View, { value: { server } }: Seen<ApiServerWay>): Server | undefined {
  const url = URL.parse(server);
  if (!url) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const nodes = [...view.cluster.nodes.values()].filter(
    ({ value: { internalIp, ips = [] } }) => internalIp === host || ips.includes(host),
  );
  return { host, port: Number(url.port) || HTTPS, nodes: nodes.map(({ value }) => value.name) };
}

/** The line of the node's own state at which the first packet to the server ends; undefined where none is known. */
export function lineTo(view: View, node: string, { host, port }: Server): { text: string; ids: string[] } | undefined {
  const state = view.nodeState(node);
  if (!state || !/^[\d.]+$/.test(host)) return undefined;
  const packet = {
    family: 'ipv4' as const,
    protocol: 'tcp',
    destination: host,
    destinationPort: port,
    ...FIRST_OF_TCP,
  };
  const { paths } = walkIn(state.index, packet, { by: 'process' });
  const ends = paths.map(({ end }) => ('line' in end ? end.line : undefined));
  const [first] = ends;
  if (!first || !ends.every((line) => line?.text === first.text && line.where === first.where)) return undefined;
  return { text: `${first.where}: ${first.text}`, ids: state.cited };
}
