import type { V1Pod } from '@kubernetes/client-node';
import type { ServiceInfo } from '../../model/topology.ts';
import { webPorts, type Scheme } from './web-ports.ts';

/** Ports of nodes at which an ingress is asked, and the nodes that have them. */
export interface HostPorts {
  nodes: string[];
  ports: Partial<Record<Scheme, number>>;
  /** The pods that hold them. */
  holders: V1Pod[];
  /** They are ServiceLB's: what comes to a node goes on by the Service, to any of its pods. */
  byServiceLb?: true;
}

interface Holder {
  pod: V1Pod;
  ports: Partial<Record<Scheme, number>>;
}

/** Labels that K3s' ServiceLB puts on the pods that hold a Service's ports on each node. */
const SERVICE_LB_NAME = /^svccontroller\.[^/]+\/svcname$/;
const SERVICE_LB_NAMESPACE = /^svccontroller\.[^/]+\/svcnamespace$/;

const labelOf = ({ metadata }: V1Pod, key: RegExp): string | undefined =>
  Object.entries(metadata?.labels ?? {}).find(([name]) => key.test(name))?.[1];

/** The Service, `namespace/name`, whose ports a pod of ServiceLB holds; undefined of other pods. */
export function servedByServiceLb(pod: V1Pod): string | undefined {
  const name = labelOf(pod, SERVICE_LB_NAME);
  // Before K3s 1.23 its pods stood beside the Service, and no label named the namespace.
  return name && `${labelOf(pod, SERVICE_LB_NAMESPACE) ?? pod.metadata?.namespace}/${name}`;
}

export const nameOf = ({ metadata }: V1Pod): string => `${metadata?.namespace}/${metadata?.name}`;

/** Ports of the node that a pod's containers declare, by the port of the container. */
function heldPorts({ spec }: V1Pod): { name?: string; containerPort: number; hostPort: number }[] {
  return (spec?.containers ?? [])
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ name, containerPort, hostPort, protocol = 'TCP' }) => {
      const held = hostPort ?? (spec?.hostNetwork ? containerPort : undefined);
      return held === undefined || protocol !== 'TCP' ? [] : [{ name, containerPort, hostPort: held }];
    });
}

/** A pod of ServiceLB: it holds the Service's own ports. */
function byServiceLb(service: ServiceInfo, pod: V1Pod): Holder['ports'] {
  const web = webPorts(service);
  const held = new Set(heldPorts(pod).map(({ hostPort }) => hostPort));
  const of = (scheme: Scheme) => (held.has(web[scheme]?.port ?? 0) ? web[scheme]?.port : undefined);
  return { http: of('http'), https: of('https') };
}

/** A pod behind the Service that has its ports on the node as well, by `hostPort` or on the host's network. */
function byItself(service: ServiceInfo, pod: V1Pod): Holder['ports'] {
  const web = webPorts(service);
  const endpoint = service.endpoints.find((each) => each.pod === pod.metadata?.name);
  const of = (scheme: Scheme) => {
    const port = web[scheme];
    const target = port && endpoint?.ports[port.name ?? ''];
    if (target === undefined) return undefined;
    const declared = heldPorts(pod).find(({ containerPort }) => containerPort === target);
    return declared?.hostPort ?? (pod.spec?.hostNetwork ? target : undefined);
  };
  return { http: of('http'), https: of('https') };
}

/** Whatever holds port 80 or 443 of its node: where no Service stands before a controller, that is all one can tell. */
function byNumber(pod: V1Pod): Holder['ports'] {
  const held = heldPorts(pod).map(({ hostPort }) => hostPort);
  const of = (number: number) => (held.includes(number) ? number : undefined);
  return { http: of(80), https: of(443) };
}

function merged(holders: readonly Holder[]): HostPorts {
  const holding = holders.filter(({ ports }) => ports.http !== undefined || ports.https !== undefined);
  const [http] = holding.flatMap(({ ports }) => ports.http ?? []);
  const [https] = holding.flatMap(({ ports }) => ports.https ?? []);
  const nodes = holding.flatMap(({ pod }) => pod.spec?.nodeName || []);
  return {
    nodes: [...new Set(nodes)].toSorted(),
    ports: { ...(http !== undefined && { http }), ...(https !== undefined && { https }) },
    holders: holding.map(({ pod }) => pod),
  };
}

const isRunning = ({ status }: V1Pod): boolean => status?.phase === 'Running';

/** Where a Service's ports, or its pods' own, are held on nodes: by ServiceLB, by `hostPort`, on the host's network. */
export function hostPortsOf(service: ServiceInfo, pods: readonly V1Pod[]): HostPorts {
  const own = `${service.namespace}/${service.name}`;
  const running = pods.filter(isRunning);
  const balanced = running.filter((pod) => servedByServiceLb(pod) === own);
  const behind = new Set(service.endpoints.map(({ pod }) => `${service.namespace}/${pod}`));
  if (balanced.length > 0)
    return { ...merged(balanced.map((pod) => ({ pod, ports: byServiceLb(service, pod) }))), byServiceLb: true };
  const itself = running.filter((pod) => behind.has(nameOf(pod)));
  return merged(itself.map((pod) => ({ pod, ports: byItself(service, pod) })));
}

/** Where any pod holds port 80 or 443 of its node. */
export const anyHostPorts = (pods: readonly V1Pod[]): HostPorts =>
  merged(pods.filter(isRunning).map((pod) => ({ pod, ports: byNumber(pod) })));
