import type { V1EndpointSlice, V1Ingress, V1IngressClass, V1Node, V1Pod, V1Service } from '@kubernetes/client-node';
import type { IngressPod, ServiceInfo } from '../../model/topology.ts';
import { serviceInfo } from '../read-objects.ts';
import { anyHostPorts, hostPortsOf, nameOf, type HostPorts } from './host-ports.ts';
import { ingressPod } from './ingress-pod.ts';
import { webPorts } from './web-ports.ts';

/** What the API server said that tells of ingress controllers. */
export interface IngressObjects {
  nodes: readonly V1Node[];
  services: readonly V1Service[];
  slices: V1EndpointSlice[];
  ingresses: readonly V1Ingress[];
  pods: readonly V1Pod[];
  /** Empty where they were not read. */
  classes?: readonly V1IngressClass[];
}

/** An ingress controller, by the ways in to it. */
export interface IngressController {
  /** The Service before its pods, where there is one. */
  service?: ServiceInfo;
  hostPorts: HostPorts;
  /** Its own pods, and those that hold ports of nodes for it. */
  pods: IngressPod[];
  /** Nodes of its pods where those have a network of their own; absent where they are on the hosts' network. */
  podNodes?: string[];
  /** An address that its Service was given and that is no node's, which is open to everybody. */
  loadBalancer?: string;
  /** Names of the IngressClass objects that it serves; absent where nothing tells. */
  classes?: string[];
}

/**
 * Images of the controllers that are in wide use. One of several marks: a controller that nobody heard of is known by
 * what its Ingress objects say, or by the ports of the nodes that it holds.
 */
const NAMES = [
  'traefik',
  'contour',
  'kong(-gateway)?',
  'apisix',
  'emissary',
  'skipper',
  'nginx-ingress(-controller)?',
  'haproxy-ingress',
  'kubernetes-ingress',
];
const IMAGE = new RegExp(`(^|[/-])(${NAMES.join('|')})([:@]|$)|ingress-nginx/controller`);
/** Arguments by which controllers are told what to watch, and which Service is theirs. */
const ARGUMENT = /^--(ingress-class|controller-class|watch-ingress|publish-service|providers\.kubernetesingress)/;
const USUAL = [80, 443];

type Addresses = { ip?: string; hostname?: string }[] | undefined;
const addressesIn = (list: Addresses): string[] => (list ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
const publishedBy = ({ status }: V1Service): string[] => addressesIn(status?.loadBalancer?.ingress);
const publishedFor = ({ status }: V1Ingress): string[] => addressesIn(status?.loadBalancer?.ingress);

const argumentsOf = ({ spec }: V1Pod): string[] =>
  (spec?.containers ?? []).flatMap(({ command = [], args = [] }) => [...command, ...args]);
/** Gateways of Istio run the image of every sidecar of its mesh: their label tells. */
const isController = (pod: V1Pod): boolean =>
  pod.metadata?.labels?.['istio'] === 'ingressgateway' ||
  (pod.spec?.containers ?? []).some(({ image = '' }) => IMAGE.test(image)) ||
  argumentsOf(pod).some((argument) => ARGUMENT.test(argument));

interface Candidate {
  object: V1Service;
  service: ServiceInfo;
  behind: V1Pod[];
  hostPorts: HostPorts;
  isKnown: boolean;
  weight: number;
}

/** How much speaks for a Service being an ingress controller's; 0 where nothing does. */
function weigh({ object, service, isKnown, hostPorts }: Omit<Candidate, 'weight'>, published: Set<string>): number {
  const web = webPorts(service);
  const isOpen = service.type === 'LoadBalancer' || service.type === 'NodePort' || hostPorts.nodes.length > 0;
  if (!isOpen || !(web.http || web.https)) return 0;
  const isPublished = service.type === 'LoadBalancer' && publishedBy(object).some((address) => published.has(address));
  const holdsUsual = Object.values(hostPorts.ports).some((port) => USUAL.includes(port));
  const marks = 4 * Number(isKnown) + 2 * Number(isPublished) + Number(holdsUsual);
  if (marks === 0) return 0;
  // Of two Services of one controller the one from outside.
  const isReached = service.type === 'LoadBalancer' ? 2 : service.type === 'NodePort' ? 1 : 0;
  return marks * 10 + isReached * 2 + Number(service.ports.some(({ port }) => USUAL.includes(port)));
}

/** The nodes of a controller's pods where what reaches a node has to go on to them. */
function podNodesOf(behind: readonly V1Pod[]): string[] | undefined {
  if (behind.length === 0 || behind.some(({ spec }) => spec?.hostNetwork)) return undefined;
  return [...new Set(behind.flatMap(({ spec }) => spec?.nodeName || []))].toSorted();
}

/** Where a load balancer beside the nodes has the Service; one that lets only some in tells a stranger nothing. */
function loadBalancerOf({ object }: Candidate, nodes: readonly V1Node[]): string | undefined {
  if (object.spec?.type !== 'LoadBalancer' || (object.spec.loadBalancerSourceRanges ?? []).length > 0) return undefined;
  const own = new Set(nodes.flatMap(({ status }) => (status?.addresses ?? []).map(({ address }) => address)));
  return publishedBy(object).find((address) => !own.has(address));
}

/** The classes that a controller says it serves, or whose Ingress objects say that it serves them. */
function classesOf({ object, behind }: Candidate, { classes = [], ingresses }: IngressObjects): string[] | undefined {
  const words = new Set(
    behind.flatMap(argumentsOf).flatMap((argument) => [argument, argument.split('=').at(-1) ?? '']),
  );
  const own = new Set(publishedBy(object));
  const found = classes.filter(
    ({ metadata, spec }) =>
      words.has(metadata?.name ?? '') ||
      words.has(spec?.controller ?? '') ||
      ingresses.some(
        (ingress) =>
          ingress.spec?.ingressClassName === metadata?.name && publishedFor(ingress).some((each) => own.has(each)),
      ),
  );
  return found.length > 0 ? found.map(({ metadata }) => metadata?.name ?? '').toSorted() : undefined;
}

function candidatesOf({ services, slices, ingresses, pods }: IngressObjects): Candidate[] {
  const published = new Set(ingresses.flatMap(publishedFor));
  const named = new Map(pods.map((pod) => [nameOf(pod), pod]));
  const candidates = services
    .map((object): Candidate => {
      const service = serviceInfo(object, slices);
      const behind = [...new Set(service.endpoints.map(({ pod }) => `${service.namespace}/${pod}`))].flatMap(
        (name) => named.get(name) ?? [],
      );
      const found = {
        object,
        service,
        behind,
        hostPorts: hostPortsOf(service, pods),
        isKnown: behind.some(isController),
      };
      return { ...found, weight: weigh(found, published) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  // With ServiceLB every Service of type LoadBalancer has the same addresses, the controller's too.
  const known = candidates.filter((candidate) => candidate.isKnown);
  return known.length > 0 ? known : candidates.slice(0, 1);
}

/**
 * The ingress controllers of a cluster, the likeliest first, whatever they are called: a Service before pods that are
 * known for it, or whose address the Ingress objects have, or whose ports are held on nodes; without such a Service
 * whatever holds port 80 or 443 of its node.
 */
export function ingressControllers(objects: IngressObjects): IngressController[] {
  const taken = new Set<string>();
  const found = candidatesOf(objects).flatMap((candidate): IngressController[] => {
    // Two Services before the same pods are one controller, as ingress-nginx' own and that of its admission.
    const pods = candidate.behind.map(nameOf);
    if (pods.some((name) => taken.has(name))) return [];
    for (const name of pods) taken.add(name);
    const { service, hostPorts, behind } = candidate;
    const [podNodes, loadBalancer] = [podNodesOf(behind), loadBalancerOf(candidate, objects.nodes)];
    const classes = classesOf(candidate, objects);
    return [
      {
        service,
        hostPorts,
        pods: [...new Set([...behind, ...hostPorts.holders])].map(ingressPod),
        ...(podNodes && { podNodes }),
        ...(loadBalancer !== undefined && { loadBalancer }),
        ...(classes && { classes }),
      },
    ];
  });
  if (found.length > 0) return found;
  const hostPorts = anyHostPorts(objects.pods);
  return hostPorts.nodes.length > 0 ? [{ hostPorts, pods: hostPorts.holders.map(ingressPod) }] : [];
}
