import { addressTypeOf, FAMILIES, familyOf, type Family } from '../model/family.ts';
import type { ProbePod, RunContext } from '../model/run-context.ts';
import type { NodeInfo, ServiceInfo } from '../model/topology.ts';

/** All addresses of a probe pod. */
const addressesOf = ({ ip, ips = [ip] }: Pick<ProbePod, 'ip' | 'ips'>): readonly string[] => ips;

/**
 * The families that are probed, the one first by which all else is asked: those of which the probes in the network of
 * the pods have addresses, for it is pods that an address is for. Without such probes, those of the nodes' own.
 */
export function familiesOf({ pods }: Pick<RunContext, 'pods'>): Family[] {
  const inNetwork = pods.filter(({ network }) => network === 'pod');
  const seen = new Set((inNetwork.length > 0 ? inNetwork : pods).flatMap(addressesOf).filter(Boolean).map(familyOf));
  const families = FAMILIES.filter((family) => seen.has(family));
  return families.length > 0 ? families : ['IPv4'];
}

const of = (family: Family, addresses: readonly string[]): string | undefined =>
  addresses.find((address) => address !== '' && familyOf(address) === family);

/** With its address of the family in the place of the others; none where it has none. */
const withIp = <T extends { ip: string; ips?: string[] }>(each: T, family: Family): T[] => {
  const ip = of(family, addressesOf(each));
  return ip === undefined ? [] : [{ ...each, ip }];
};

function nodeIn(node: NodeInfo, family: Family): NodeInfo[] {
  const internalIp = of(family, node.ips ?? [node.internalIp]);
  return internalIp === undefined ? [] : [{ ...node, internalIp }];
}

function serviceIn(service: ServiceInfo, family: Family, isFirst: boolean): ServiceInfo[] {
  const { clusterIp, clusterIps = [], endpoints } = service;
  const own = endpoints.filter((endpoint) => addressTypeOf(endpoint) === family);
  if (service.type === 'ExternalName') return isFirst ? [service] : [];
  if (clusterIp === 'None' || clusterIp === '')
    return own.length > 0 || (isFirst && endpoints.length === 0) ? [{ ...service, endpoints: own }] : [];
  const ip = of(family, [clusterIp, ...clusterIps]);
  return ip === undefined ? [] : [{ ...service, clusterIp: ip, endpoints: own }];
}

/**
 * The run as it is in one family: nodes, probes, Services and replicas with their addresses of that family alone, and
 * without what has none. A plan is made for each family of the cluster, and knows of no other. What is not the
 * cluster's (names outside, load balancers) is asked in the first family alone.
 */
export function inFamily(context: RunContext, family: Family): RunContext {
  const families = familiesOf(context);
  const isFirst = families[0] === family;
  const isOnly = families.length === 1;
  const { topology, targets } = context;
  const nodes = topology.nodes.flatMap((node) => (isFirst ? [node] : nodeIn(node, family)));
  const [dns] = topology.dns ? serviceIn(topology.dns, family, isFirst) : [];
  return {
    ...context,
    family,
    ...(!isFirst && { isSecondFamily: true as const }),
    pods: isOnly ? context.pods : context.pods.flatMap((pod) => withIp(pod, family)),
    ...(!isFirst && { externalName: undefined }),
    targets: isFirst
      ? targets
      : {
          ...targets,
          loadBalancer: undefined,
          otherIngresses: targets.otherIngresses?.map((ways) => ({ ...ways, loadBalancer: undefined })),
        },
    topology: {
      ...topology,
      nodes,
      services: topology.services.flatMap((service) => serviceIn(service, family, isFirst)),
      dns,
      dnsPods: isOnly && isFirst ? topology.dnsPods : topology.dnsPods.flatMap((pod) => withIp(pod, family)),
    },
  };
}

/** A plan for each family of the cluster, the first one's probes first. */
export const inEachFamily = <T>(context: RunContext, plan: (context: RunContext) => T[]): T[] =>
  familiesOf(context).flatMap((family) => plan(inFamily(context, family)));
