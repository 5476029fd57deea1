import type { Hole } from '../../model/finding.ts';
import { familyOf, isProbed } from '../../model/family.ts';
import type { ServiceInfo, Topology } from '../../model/topology.ts';

const WHY = 'Netwright probes IPv4 alone: nothing is said of IPv6';

const hasIpv6 = ({ clusterIp, clusterIps = [], endpoints }: ServiceInfo): boolean =>
  [clusterIp, ...clusterIps].some((address) => familyOf(address) === 'IPv6') ||
  endpoints.some((endpoint) => !isProbed(endpoint) && endpoint.family !== 'FQDN');

/** What of the cluster has IPv6 addresses, which no plan probes: one hole for all of it, or none. */
export function unprobedFamilies({ nodes, services }: Topology): Hole[] {
  const pods = nodes.some(({ podCidrs }) => podCidrs.some((range) => familyOf(range) === 'IPv6'));
  const named = services.filter(hasIpv6).map(({ namespace, name }) => `${namespace}/${name}`);
  const what = [
    ...(pods ? ['the IPv6 network of the pods'] : []),
    ...(named.length > 0 ? [`the IPv6 addresses of ${named.join(', ')}`] : []),
  ];
  return what.length > 0 ? [{ what: what.join(', '), why: WHY }] : [];
}
