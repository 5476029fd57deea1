import { rulesFor } from '../../../model/ingress-host.ts';
import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { areToldOfNew, unheardOf } from '../../evidence/deaf-controllers.ts';
import { certificatesWrong, ingressHosts } from '../../evidence/ingress-hosts.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { pathAskedOf, statusOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';
import { qualified } from '../../view/cluster.ts';
import type { View } from '../../view/view.ts';

/**
 * Whether the controllers that were asked must have heard of the Ingress of a Service. Netwright's own is made in the
 * run: they hear of it only where they are seen to reach the API server's Service.
 */
function isKnownTo(view: View, service: string | undefined, probes: readonly ProbeObservation[]): boolean {
  if (service === undefined) return true;
  const seen = view.cluster.services.find((each) => qualified(each) === service);
  if (seen?.value.isOwn === undefined) return seen !== undefined;
  return areToldOfNew(view, probes);
}

/** The ingress controller does not know a host: its class, its name, its rule or its certificate's Secret is wrong. */
export const ingressNotRouted: CatalogueEntry = {
  code: 'ingress-not-routed',
  title: (locations) => `the ingress controller does not know the host or its certificate: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const hosts = ingressHosts(view);
    // A controller that cannot ask the API server says nothing of the objects.
    const unheard = new Set(view.nodes.flatMap((node) => unheardOf(view, node)));
    const classes = view.facts.all('ingress-classes').flatMap(({ value }) => value.map(({ name }) => name));
    const values = view.cluster.ingresses.map(({ value }) => value);
    // Of those that name it best: what is for every host says nothing of one that has an Ingress of its own.
    const classOf = (host: string) => {
      const best = rulesFor(values, host);
      return view.cluster.ingresses.filter(({ value }) => best.some(({ ingress }) => ingress === value));
    };
    const routed = new Set(
      hosts
        .filter(({ probes }) => probes.some(({ verdict }) => verdict === 'pass'))
        .flatMap(({ host }) => classOf(host).flatMap(({ value }) => value.className ?? [])),
    );
    const lost404 = hosts.flatMap(({ host, probes, service }): Match[] => {
      const lost = probes.filter((probe) => probe.verdict === 'fail' && statusOf(probe) === 404);
      const plain = probes.filter(({ errorKind }) => errorKind !== 'tls');
      if (
        lost.every(({ id }) => unheard.has(id)) ||
        plain.some((probe) => probe.verdict === 'pass' || ![undefined, 404].includes(statusOf(probe)))
      )
        return [];
      const path = lost[0] && pathAskedOf(lost[0]);
      const answers = view.probes.filter(
        (probe) =>
          probe.role === 'endpoint' &&
          probe.verdict === 'pass' &&
          statusOf(probe) !== 404 &&
          probe.destination.name === service &&
          pathAskedOf(probe) === path,
      );
      const own = classOf(host);
      const objects = view.cluster.ingresses.length > 0;
      const name = own[0]?.value.className;
      const why =
        objects && own.length === 0
          ? 'no Ingress object names it'
          : own.length > 0 && name === undefined && classes.length > 0
            ? 'its Ingress names no class'
            : name !== undefined && classes.length > 0 && !classes.includes(name)
              ? `its Ingress has the class ${name}, which does not exist`
              : name !== undefined && routed.size > 0 && !routed.has(name)
                ? `its Ingress has the class ${name}, hosts that are routed have ${[...routed].join(', ')}`
                : undefined;
      if (answers.length === 0 && why === undefined) return [];
      return [
        provedIf(isKnownTo(view, service, probes), {
          at: { host },
          evidence: [
            say(`${host} answers 404 by ${lost.length} ways in and 200 by none`, ...ids(lost).slice(0, 12)),
            answers.length > 0 &&
              say(`${service} answers ${String(path)} by its own pods' addresses`, ...ids(answers).slice(0, 5)),
            why && say(why, ...own.map(({ id }) => id)),
          ],
          impact: [{ kind: 'host', host }],
          basis: probes.filter(({ verdict }) => verdict === 'fail'),
        }),
      ];
    });
    return [...lost404, ...certificatesWrong(hosts)];
  },
  remedy: () => [
    {
      text:
        'Give the Ingress the class that the controller serves (spec.ingressClassName), the right host and path, and ' +
        'a TLS Secret that exists in its namespace, covers the host and has not run out; the controller’s log says ' +
        'which objects it ignores.',
    },
  ],
  shows: 'its class, and an address',
  verify: ({ host }) => `kubectl get ingress -A | grep ${host}`,
  parts: () => 'kubectl get ingress,ingressclass -A',
};
