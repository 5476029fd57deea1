import type { V1EndpointSlice, V1Node, V1Service } from '@kubernetes/client-node';
import { isCoveredBy } from '../../model/ingress-host.ts';
import type { IngressWays } from '../../model/targets.ts';
import type { IngressInfo, ServiceInfo } from '../../model/topology.ts';
import { serviceInfo } from '../read-objects.ts';
import type { Gateway, GatewayObjects, HttpRoute, Listener, ParentRef, RouteMatch } from './gateway-objects.ts';

/** A Gateway with the ways in to it. */
export interface FoundGateway {
  /** `namespace/name`. */
  name: string;
  ways: IngressWays;
}

/** What the API server said of what stands before a Gateway. */
export interface GatewaySurroundings {
  nodes: readonly V1Node[];
  services: readonly V1Service[];
  slices: V1EndpointSlice[];
}

const nameOf = ({ metadata }: Gateway): string => `${metadata?.namespace}/${metadata?.name}`;

const SCHEMES: Record<string, 'http' | 'https'> = { HTTP: 'http', HTTPS: 'https' };
const schemeOf = ({ protocol = '' }: Listener) => SCHEMES[protocol];

/** The Service that has one of these addresses and leads to a port, by its own number or by that of its pods. */
function portAt(number: number | undefined, services: readonly ServiceInfo[]) {
  const ports = services.flatMap((service) => service.ports.map((port) => ({ service, port })));
  return (
    ports.find(({ port }) => port.port === number) ??
    ports.find(({ service, port }) => service.endpoints.some((each) => each.ports[port.name ?? ''] === number))
  )?.port;
}

/**
 * The ways in to a Gateway: its addresses, as its controller says them, at its listeners' ports. Traefik's listeners
 * have the ports of its pods, and the Service before those has others: where that is known, its ports count.
 */
function waysOf(gateway: Gateway, { nodes, services, slices }: GatewaySurroundings): IngressWays {
  const addresses = (gateway.status?.addresses ?? []).flatMap(({ value }) => value ?? []);
  const before = services
    .filter(({ status }) =>
      (status?.loadBalancer?.ingress ?? []).some(({ ip, hostname }) => addresses.includes(ip ?? hostname ?? '')),
    )
    .map((service) => serviceInfo(service, slices));
  const at = (scheme: 'http' | 'https') => {
    const number = (gateway.spec?.listeners ?? []).find((each) => schemeOf(each) === scheme)?.port;
    const port = portAt(number, before);
    return { port: port?.port ?? (before.length > 0 ? undefined : number), nodePort: port?.nodePort };
  };
  const [http, https] = [at('http'), at('https')];
  const ports = { http: http.port, https: https.port };
  const own = nodes.filter(({ status }) =>
    (status?.addresses ?? []).some(({ address }) => addresses.includes(address)),
  );
  const ofNodes = new Set(own.flatMap(({ status }) => (status?.addresses ?? []).map(({ address }) => address)));
  const address = addresses.find((each) => !ofNodes.has(each));
  return {
    ...(address !== undefined && { loadBalancer: { address, ...ports } }),
    nodes: own.flatMap(({ metadata }) => metadata?.name ?? []).toSorted(),
    ports,
    nodePorts: { http: http.nodePort, https: https.nodePort },
    // Which nodes its pods are on is not looked at: any may be, and the overlay may carry it.
    podNodes: nodes.flatMap(({ metadata }) => metadata?.name ?? []).toSorted(),
    byServiceLb: true,
  };
}

/** Listeners of a Gateway to which a route is attached. */
const attached = ({ sectionName, port }: ParentRef, { spec }: Gateway): Listener[] =>
  (spec?.listeners ?? []).filter(
    (listener) =>
      schemeOf(listener) !== undefined &&
      (sectionName === undefined || listener.name === sectionName) &&
      (port === undefined || listener.port === port),
  );

/** What a route's host is at a listener: the narrower of the two; undefined where they have no name in common. */
function hostAt(hostname: string | undefined, listener: Listener): string | undefined {
  const [own, other] = [hostname ?? '', listener.hostname ?? ''];
  if (isCoveredBy(other, own) || other === own) return own;
  return isCoveredBy(own, other) ? other : undefined;
}

/** Whether a plain GET meets it: no header, no query and no other method is asked for. */
const isPlain = ({ method = 'GET', headers = [], queryParams = [] }: RouteMatch): boolean =>
  method === 'GET' && headers.length === 0 && queryParams.length === 0;

const TYPES: Record<string, 'Exact' | 'Prefix' | 'ImplementationSpecific'> = {
  Exact: 'Exact',
  PathPrefix: 'Prefix',
  RegularExpression: 'ImplementationSpecific',
};

type Rules = IngressInfo['rules'];

/** The rules of a route for one host, by the namespace of the Service that each leads to. */
function rulesOf(route: HttpRoute, host: string): Map<string, Rules> {
  const all = (route.spec?.rules ?? []).flatMap(({ matches, backendRefs = [] }) => {
    // A rule without a backend redirects or answers by itself. What gets nothing is there for later.
    const backend = backendRefs.find(({ kind = 'Service', weight = 1 }) => kind === 'Service' && weight > 0);
    if (!backend?.name) return [];
    const namespace = backend.namespace ?? route.metadata?.namespace ?? '';
    const plain = (matches ?? [{}]).filter(isPlain);
    return plain.map(({ path }) => ({
      namespace,
      rule: {
        host,
        path: path?.value ?? '/',
        pathType: TYPES[path?.type ?? 'PathPrefix'] ?? 'Prefix',
        service: backend.name ?? '',
        servicePort: backend.port ?? 0,
      },
    }));
  });
  const groups = Map.groupBy(all, ({ namespace }) => namespace);
  return new Map([...groups].map(([namespace, own]) => [namespace, own.map(({ rule }) => rule)]));
}

/**
 * A route at one of its Gateways, as if its rules stood in Ingress objects: one for each namespace that it leads to.
 */
function ingressesOf(route: HttpRoute, parent: ParentRef, gateway: Gateway): IngressInfo[] {
  const listeners = attached(parent, gateway);
  const hostnames = route.spec?.hostnames?.length ? route.spec.hostnames : [undefined];
  const hosts = [
    ...new Set(hostnames.flatMap((name) => listeners.flatMap((listener) => hostAt(name, listener) ?? []))),
  ];
  const tlsHosts = hosts.filter((host) =>
    listeners.some((listener) => schemeOf(listener) === 'https' && hostAt(host, listener) === host),
  );
  const rules = hosts.flatMap((host) => [...rulesOf(route, host)]);
  return [...Map.groupBy(rules, ([namespace]) => namespace)].map(([namespace, own]) => ({
    namespace,
    name: route.metadata?.name ?? '',
    gateway: nameOf(gateway),
    rules: own.flatMap(([, each]) => each),
    tlsHosts,
  }));
}

/** Gateways with an HTTPRoute, and the routes as Ingress objects. */
export function gatewaysOf(
  { gateways, routes }: GatewayObjects,
  surroundings: GatewaySurroundings,
): { gateways: FoundGateway[]; ingresses: IngressInfo[] } {
  const ingresses = routes.flatMap((route) =>
    (route.spec?.parentRefs ?? [])
      .filter(({ kind = 'Gateway' }) => kind === 'Gateway')
      .flatMap((parent) => {
        const name = `${parent.namespace ?? route.metadata?.namespace}/${parent.name}`;
        const gateway = gateways.find((each) => nameOf(each) === name);
        return gateway ? ingressesOf(route, parent, gateway) : [];
      }),
  );
  const used = gateways.filter((each) => ingresses.some(({ gateway }) => gateway === nameOf(each)));
  return { ingresses, gateways: used.map((each) => ({ name: nameOf(each), ways: waysOf(each, surroundings) })) };
}
