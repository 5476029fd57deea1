import type { EndpointInfo, ServiceInfo } from './topology.ts';

/** `namespace/name` of a Service, as probes and reports name it. */
export const qualifiedName = ({ namespace, name }: Pick<ServiceInfo, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;

/**
 * Whether it only lists addresses that somebody wrote down, as operators do of the nodes' kubelets for Prometheus: at
 * ports of which half are closed on purpose, and without a ClusterIP that leads there.
 */
export const isAddressList = (service: ServiceInfo): boolean => isSelectorless(service) && service.clusterIp === 'None';

/** Whether nothing makes endpoints of pods for it: somebody writes them by hand, or a controller of its own does. */
const isSelectorless = ({ type, selector }: ServiceInfo): boolean =>
  type !== 'ExternalName' && Object.keys(selector).length === 0;

/**
 * Whether an endpoint is one that has to answer: ready, and not only counted as such (`publishNotReadyAddresses`), of a
 * pod that does not end.
 */
export const isServing = ({ ready, serving = ready, terminating }: EndpointInfo): boolean =>
  ready && serving && !terminating;

/** Nodes that have an endpoint of their own, which alone serve under a traffic policy `Local`. */
export const nodesWithEndpoint = ({ endpoints }: ServiceInfo): Set<string> =>
  new Set(endpoints.flatMap(({ ready, node }) => (ready && node !== undefined ? [node] : [])));

/** Why a Service is rightly asked nothing. */
export interface LeftOut {
  why: string;
  /** Not set where it only cannot be told. */
  isByChoice?: true;
}

const withoutEndpoints = ({ workload }: ServiceInfo): LeftOut | undefined => {
  if (!workload) return undefined;
  const { objects, replicas, notObserved } = workload;
  if (notObserved !== undefined)
    return { why: `it has no endpoint, and whether it is to have one may not be read: ${notObserved}` };
  if (replicas !== 0 || objects.length === 0) return undefined;
  return {
    why: objects.every((each) => each.startsWith('DaemonSet '))
      ? `no node is one that ${objects.join(', ')} wants a pod on`
      : `${objects.join(', ')} ${objects.length === 1 ? 'is' : 'are'} scaled to 0`,
    isByChoice: true,
  };
};

/**
 * Why a Service is asked at none of its addresses: nothing is meant to stand behind it. Undefined where something is to
 * answer, a Service among them whose workload wants pods and has none.
 */
export function leftOut(service: ServiceInfo): LeftOut | undefined {
  if (service.type === 'ExternalName')
    return { why: `ExternalName of ${service.externalName ?? 'another name'}: it has no address`, isByChoice: true };
  const { hasEnded, objects = [] } = service.workload ?? {};
  if (hasEnded)
    return {
      why: `${objects.join(', ')} ${objects.length === 1 ? 'is' : 'are'} done, and its pods have ended`,
      isByChoice: true,
    };
  if (service.endpoints.some(({ terminating }) => !terminating)) return undefined;
  if (isSelectorless(service))
    return { why: 'it has no selector, and nobody has given it an endpoint', isByChoice: true };
  return withoutEndpoints(service);
}
