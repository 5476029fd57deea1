import type { Hole } from '../../model/finding.ts';
import { addressTypeOf, familyOf } from '../../model/family.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { ServiceInfo } from '../../model/topology.ts';
import { familiesOf } from '../in-family.ts';

const hasIpv6 = ({ clusterIp, clusterIps = [], endpoints }: ServiceInfo): boolean =>
  [clusterIp, ...clusterIps].some((address) => familyOf(address) === 'IPv6') ||
  endpoints.some((endpoint) => addressTypeOf(endpoint) === 'IPv6');

/** What is asked by the first family alone, or judged by smaller probes in the other. */
const NOT_OF_IPV6 =
  'IPv6 at load balancers and at localhost of nodes, names outside of the cluster by IPv6, bursts through its ' +
  'tunnel, datagrams of full size';

/** What of the cluster has IPv6 addresses and is not probed by them. */
export function unprobedFamilies(context: Pick<RunContext, 'pods' | 'topology'>): Hole[] {
  const { nodes, services } = context.topology;
  const families = familiesOf(context);
  if (families.includes('IPv6')) {
    if (families.length === 1) return [{ what: NOT_OF_IPV6, why: 'Netwright does not look at it', isByChoice: true }];
    const bare = nodes.filter(({ internalIp, ips = [internalIp] }) => !ips.some((ip) => familyOf(ip) === 'IPv6'));
    const without = bare.map(({ name }) => name).join(', ');
    return [
      { what: NOT_OF_IPV6, why: 'Netwright does not look at it; IPv4 is looked at whole', isByChoice: true },
      ...(bare.length > 0 ? [{ what: `IPv6 at ${without}`, why: 'no IPv6 address among its internal ones' }] : []),
    ];
  }
  const pods = nodes.some(({ podCidrs }) => podCidrs.some((range) => familyOf(range) === 'IPv6'));
  const named = services.filter(hasIpv6).map(({ namespace, name }) => `${namespace}/${name}`);
  const what = [
    ...(pods ? ['the IPv6 network of the pods'] : []),
    ...(named.length > 0 ? [`the IPv6 addresses of ${named.join(', ')}`] : []),
  ];
  return what.length > 0
    ? [{ what: what.join(', '), why: 'IPv6 is not observed: no probe pod was given an IPv6 address' }]
    : [];
}
