import type { Crosses, PathClass, Place } from '../../model/observation.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { EndpointInfo, Topology } from '../../model/topology.ts';
import ipaddr from 'ipaddr.js';

const isIn = (address: string, range: string): boolean => {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(range)) return false;
  const [own, network] = [ipaddr.parse(address), ipaddr.parseCIDR(range)];
  return own.kind() === network[0].kind() && own.match(network);
};

/**
 * Where an endpoint stands: a pod, or a node by its own address (a pod of the host network, an API server). Undefined
 * outside of the cluster, as endpoints that are written by hand may be.
 */
export function placeOfEndpoint(
  { nodes }: Pick<Topology, 'nodes'>,
  { ip, node, pod }: Pick<EndpointInfo, 'ip' | 'node' | 'pod'>,
): Place | undefined {
  const host = nodes.find(({ internalIp, ips = [internalIp] }) => ips.includes(ip));
  if (host) return { network: 'host', node: host.name, ...(pod !== undefined && { pod }) };
  if (pod !== undefined) return { network: 'pod', node, pod };
  const home = nodes.find(({ podCidrs }) => podCidrs.some((range) => isIn(ip, range)));
  return home && { network: 'pod', node: home.name };
}

/** Whether all that stands behind a Service is outside of the cluster. */
export const leadsOutside = ({ topology }: Pick<RunContext, 'topology'>, endpoints: readonly EndpointInfo[]): boolean =>
  endpoints.length > 0 && endpoints.every((endpoint) => placeOfEndpoint(topology, endpoint) === undefined);

/** The class of a path between two networks of nodes; undefined to what is outside. */
export function classOf(from: Place['network'], to: Place['network']): PathClass | undefined {
  if ((from !== 'pod' && from !== 'host') || (to !== 'pod' && to !== 'host')) return undefined;
  return `${from}-${to}`;
}

/** What a way to the outside crosses besides. */
export const outside = (place: Place | undefined): Partial<Crosses> => (place ? {} : { external: true });
