import { clusterIpOf } from '../../model/family.ts';
import { isServing } from '../../model/service.ts';
import type { ServiceInfo, Topology } from '../../model/topology.ts';

/** The name of a Service under the cluster's domain. */
export const domainName = ({ namespace, name }: Pick<ServiceInfo, 'namespace' | 'name'>, domain: string): string =>
  `${name}.${namespace}.svc.${domain}`;

/** A name that has to resolve; without addresses to whichever. */
export interface ServiceName {
  name: string;
  addresses?: string[];
  /** The Service that it is of, `namespace/name`. */
  about: string;
}

/** Whether the name of a Service without a ClusterIP has an address: that of an endpoint. */
const isHeadlessAndServed = ({ type, clusterIp, endpoints, isOwn }: ServiceInfo): boolean =>
  type !== 'ExternalName' && clusterIp === 'None' && !isOwn && endpoints.some((endpoint) => isServing(endpoint));

/**
 * Names of Services that have to resolve: to the ClusterIP; of headless ones to any endpoint, since pods come and go
 * between the reading and the answer; of an ExternalName of another Service here as that one does. A name outside of
 * the cluster is nobody's promise here.
 */
export function serviceNames({ services }: Pick<Topology, 'services'>, domain: string): ServiceName[] {
  const own = services.flatMap((service): ServiceName[] => {
    const name = domainName(service, domain);
    const about = `${service.namespace}/${service.name}`;
    const ip = clusterIpOf(service);
    if (ip !== undefined) return [{ name, about, addresses: [ip] }];
    return isHeadlessAndServed(service) ? [{ name, about }] : [];
  });
  const known = new Map(own.map((each) => [each.name, each]));
  const others = services.flatMap((service): ServiceName[] => {
    const to = service.type === 'ExternalName' ? known.get((service.externalName ?? '').replace(/\.$/, '')) : undefined;
    return to ? [{ name: domainName(service, domain), about: to.about }] : [];
  });
  return [...own, ...others];
}
