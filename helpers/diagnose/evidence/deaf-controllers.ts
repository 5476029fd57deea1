import { qualified } from '../view/cluster.ts';
import { statusOf } from '../view/answers.ts';
import type { View } from '../view/view.ts';
import { untranslated } from './services.ts';
import { ids } from './support.ts';

/**
 * Failed probes whose host an ingress controller of a node does not know because the node's own network reaches no
 * Service: it hears of new objects by the API server's. Netwright's own Ingress is such a one, made in this run.
 */
export function unheardOf(view: View, node: string): string[] {
  const deaf = new Set(untranslated(view, 'host').map((each) => each.node));
  if (!deaf.has(node)) return [];
  const own = new Set(
    view.cluster.services.filter(({ value }) => value.isOwn === true).map((service) => qualified(service)),
  );
  const hosts = new Set(
    view.facts
      .all('targets')
      .flatMap(({ value }) => value.hosts.filter(({ service = '' }) => own.has(service)).map(({ host }) => host)),
  );
  const all = (view.cluster.ingressNodes ?? []).every((each) => deaf.has(each));
  return ids(
    view.failing.filter(
      (probe) =>
        probe.suite === 'ingress' &&
        statusOf(probe) === 404 &&
        hosts.has(probe.destination.name ?? '') &&
        (all || probe.destination.node === node),
    ),
  );
}
