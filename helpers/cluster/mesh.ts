import type { V1Pod } from '@kubernetes/client-node';
import type { ServiceInfo } from '../model/topology.ts';

/** Containers that take every connection to a pod first, by the mesh that they are of. */
const PROXIES: Record<string, string> = { 'istio-proxy': 'Istio', 'linkerd-proxy': 'Linkerd' };
/** Istio's node agent writes it on each pod whose connections it takes, however that was asked for. */
const AMBIENT = 'ambient.istio.io/redirection';
const AMBIENT_LABEL = 'istio.io/dataplane-mode';

/** The mesh whose proxy stands before a pod: in it, also as a native sidecar, or on its node; undefined without one. */
export function meshOf({ metadata, spec }: V1Pod): string | undefined {
  // A gateway is such a proxy itself, and speaks to everybody.
  const isGateway = metadata?.labels?.['istio'] === 'ingressgateway' || (spec?.containers ?? []).length === 1;
  const native = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const beside = isGateway ? native : [...(spec?.containers ?? []), ...native];
  const proxy = beside.flatMap(({ name }) => PROXIES[name] ?? [])[0];
  if (proxy) return proxy;
  const { annotations = {}, labels = {} } = metadata ?? {};
  return annotations[AMBIENT] === 'enabled' || labels[AMBIENT_LABEL] === 'ambient' ? 'Istio' : undefined;
}

/** Says of Services which mesh their pods are in. */
export function withMesh(services: readonly ServiceInfo[], pods: readonly V1Pod[]): ServiceInfo[] {
  const meshes = new Map(
    pods.flatMap((pod) => {
      const mesh = meshOf(pod);
      return mesh ? [[`${pod.metadata?.namespace}/${pod.metadata?.name}`, mesh] as const] : [];
    }),
  );
  if (meshes.size === 0) return [...services];
  return services.map((service) => {
    const mesh = service.endpoints.map(({ pod }) => meshes.get(`${service.namespace}/${pod}`)).find(Boolean);
    return mesh === undefined ? service : { ...service, mesh };
  });
}
