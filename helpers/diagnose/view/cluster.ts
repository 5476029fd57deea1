import type { Overlay } from '../../model/overlay.ts';
import type { DnsPod, IngressInfo, IngressPod, NodeInfo, ServiceInfo } from '../../model/topology.ts';
import type { Facts, Seen } from './facts.ts';

export type SeenService = Seen<ServiceInfo & { dns?: boolean }>;

/** What the Kubernetes API said. */
export interface ClusterView {
  overlay?: Seen<Overlay>;
  nodes: ReadonlyMap<string, Seen<NodeInfo>>;
  services: SeenService[];
  dns?: SeenService;
  dnsPods: Seen<DnsPod>[];
  ingresses: Seen<IngressInfo>[];
  /** Pods of the ingress controllers, and those that hold ports of nodes for them. */
  ingressPods: Seen<IngressPod>[];
  /** Nodes whose own ports 80 and 443 the ingress controller holds; undefined when not observed. */
  ingressNodes?: string[];
  /** The Service of a name, with or without its namespace. */
  service(name: string | undefined): SeenService | undefined;
}

const latest = <T>(seen: Seen<T>[], key: (value: T) => string): Seen<T>[] =>
  [...new Map(seen.map((each) => [key(each.value), each])).values()].toSorted((a, b) =>
    key(a.value).localeCompare(key(b.value)),
  );

export function readCluster(facts: Facts): ClusterView {
  const nodes = new Map(latest(facts.last('node'), ({ name }) => name).map((node) => [node.value.name, node]));
  const services: SeenService[] = latest(
    facts.last('service'),
    ({ namespace, name, dns }) => `${namespace}/${name}${dns ? ' dns' : ''}`,
  );
  const ingressNodes = facts.all('targets').at(-1)?.value.ingressNodes;
  return {
    overlay: facts.all('overlay').at(-1),
    nodes,
    services,
    dns: services.find(({ value }) => value.dns),
    dnsPods: latest(facts.last('dns-pod'), ({ name }) => name),
    ingresses: latest(facts.last('ingress'), ({ namespace, name }) => `${namespace}/${name}`),
    ingressPods: latest(facts.last('ingress-pod'), ({ namespace, name }) => `${namespace}/${name}`),
    ingressNodes,
    service: (name) =>
      name === undefined
        ? undefined
        : services.find(({ value }) => name === `${value.namespace}/${value.name}` || name === value.name),
  };
}

export const qualified = ({ value }: SeenService): string => `${value.namespace}/${value.name}`;
