import type { ProbeObservation } from '../../model/observation.ts';
import { qualified } from '../view/cluster.ts';
import { statusOf } from '../view/answers.ts';
import { oncePerView } from '../view/once.ts';
import type { View } from '../view/view.ts';
import { translations, untranslated } from './services.ts';
import { distinct, ids } from './support.ts';

/** A pod of an ingress controller: its node, and the network by which it asks the API server. */
interface Controller {
  node: string;
  network: 'pod' | 'host';
}

/** The controllers that may answer what was asked of an ingress. */
function controllersBehind(view: View, probes: readonly ProbeObservation[]): Controller[] {
  const inPods = distinct(probes.flatMap(({ crosses }) => crosses.pods ?? []));
  return inPods.length > 0
    ? inPods.map((node): Controller => ({ node, network: 'pod' }))
    : (view.cluster.ingressNodes ?? view.nodes).map((node): Controller => ({ node, network: 'host' }));
}

/** Whether every controller behind these probes is seen to be where the API server's Service is reached. */
export function areToldOfNew(view: View, probes: readonly ProbeObservation[]): boolean {
  const all = translations(view);
  const by = { pod: translations(view, 'pod'), host: translations(view, 'host') };
  return controllersBehind(view, probes).every(({ node, network }) => {
    const own = by[network].find((each) => each.node === node);
    // Where a network was not asked at all, what the other reaches has to do.
    const asked = own && own.probes.length > 0 ? own : all.find((each) => each.node === node);
    return asked !== undefined && asked.passed.length > 0;
  });
}

/** Nodes on which no Service is reached from a network: what runs there hears of nothing new. */
const deafNodes = oncePerView((view): Record<Controller['network'], Set<string>> => {
  const from = (network: Controller['network']) => new Set(untranslated(view, network).map((each) => each.node));
  return { pod: from('pod'), host: from('host') };
});

const ownServices = (view: View): string[] =>
  view.cluster.services.filter(({ value }) => value.isOwn === true).map((service) => qualified(service));

/** Failed probes whose host an ingress controller of a node does not know: its network reaches no Service there. */
function unheardHosts(view: View, node: string): ProbeObservation[] {
  const deaf = deafNodes(view);
  if (!deaf.pod.has(node) && !deaf.host.has(node)) return [];
  const own = new Set(ownServices(view));
  const hosts = new Set(
    view.facts
      .all('targets')
      .flatMap(({ value }) => value.hosts.filter(({ service = '' }) => own.has(service)).map(({ host }) => host)),
  );
  const lost = view.failing.filter(
    (probe) => probe.suite === 'ingress' && statusOf(probe) === 404 && hosts.has(probe.destination.name ?? ''),
  );
  const controllers = controllersBehind(view, lost);
  // To one with a network of its own every node leads; to one at a node's ports that node, and any by a NodePort.
  if (controllers.some((each) => each.network === 'pod'))
    return controllers.some((each) => each.node === node) && deaf.pod.has(node) ? lost : [];
  if (!deaf.host.has(node)) return [];
  const all = (view.cluster.ingressNodes ?? []).every((each) => deaf.host.has(each));
  return lost.filter(({ destination, role }) => all || destination.node === node || role === 'node-port');
}

/** Failed probes for whose name a CoreDNS on a node has no record because its pods reach no Service there. */
function unheardNames(view: View, node: string): ProbeObservation[] {
  const isServedHere = view.cluster.dnsPods.some(({ value }) => value.node === node);
  if (!isServedHere || !deafNodes(view).pod.has(node)) return [];
  const own = ownServices(view).map((service) => `${service.split('/').toReversed().join('.')}.`);
  return view.failing.filter(
    (probe) =>
      probe.kind === 'dns' &&
      probe.got.rcode === 'NXDOMAIN' &&
      own.some((name) => probe.asked.name.startsWith(name)) &&
      // By the DNS Service's address it may have been that replica: one that hears knows the name.
      (probe.destination.node === undefined || probe.destination.node === node),
  );
}

/**
 * Failed probes of which an ingress controller or a CoreDNS on a node knows nothing because no Service is reached from
 * there: each hears of new objects by the API server's. Netwright's own are such, made in this run.
 */
export const unheardOf = (view: View, node: string): string[] =>
  ids([...unheardHosts(view, node), ...unheardNames(view, node)]);
