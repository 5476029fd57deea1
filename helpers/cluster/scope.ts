import type { V1Ingress, V1ObjectMeta, V1Service } from '@kubernetes/client-node';
import type { IngressInfo } from '../model/topology.ts';
import { MANAGED_BY_LABEL, OWNER } from '../model/own-labels.ts';

/** In place of the name of a namespace: every one. */
export const EVERY_NAMESPACE = '*';

/** What of the cluster's Services, Ingress objects and routes of the Gateway API a run looks at. */
export interface Scope {
  /** Namespaces by name, or `EVERY_NAMESPACE` among them. */
  namespaces: readonly string[];
  /** Where nobody named the hosts: Ingress objects of all namespaces, with the Services behind them. */
  allIngresses?: boolean;
  /** Where nobody named the Services: the API server's, which every cluster has. */
  withApiServer?: boolean;
}

type Named = { metadata?: V1ObjectMeta };

const API_SERVER = 'default/kubernetes';

const qualified = ({ metadata }: Named): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

function servicesBehind({ metadata, spec }: V1Ingress): string[] {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return [spec?.defaultBackend, ...paths.map(({ backend }) => backend)].flatMap((backend) =>
    backend?.service ? [`${metadata?.namespace ?? ''}/${backend.service.name}`] : [],
  );
}

/** Those that a run looks at. What another run has made and not removed yet is nobody's. Pure. */
export function inScope(
  {
    services,
    ingresses,
    routes = [],
  }: { services: readonly V1Service[]; ingresses: readonly V1Ingress[]; routes?: readonly IngressInfo[] },
  { namespaces, allIngresses = false, withApiServer = false }: Scope,
): { services: V1Service[]; ingresses: V1Ingress[]; routes: IngressInfo[] } {
  const isNamed = ({ metadata }: Named): boolean => namespaces.includes(metadata?.namespace ?? '');
  const isOthers = ({ metadata }: Named): boolean => metadata?.labels?.[MANAGED_BY_LABEL] !== OWNER;
  const isEvery = namespaces.includes(EVERY_NAMESPACE);
  const chosen = ingresses.filter((each) => isNamed(each) || ((isEvery || allIngresses) && isOthers(each)));
  const chosenRoutes = routes.filter(({ namespace }) => isEvery || allIngresses || namespaces.includes(namespace));
  const behindRoutes = chosenRoutes.flatMap(({ namespace, rules }) =>
    rules.map(({ service }) => `${namespace}/${service}`),
  );
  const more = new Set([
    ...(allIngresses ? [...chosen.flatMap(servicesBehind), ...behindRoutes] : []),
    ...(withApiServer ? [API_SERVER] : []),
  ]);
  return {
    services: services.filter((each) => isNamed(each) || (isEvery && isOthers(each)) || more.has(qualified(each))),
    ingresses: chosen,
    routes: chosenRoutes,
  };
}
