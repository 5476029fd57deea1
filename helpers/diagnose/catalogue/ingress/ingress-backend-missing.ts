import { ruleFor, rulesFor } from '../../../model/ingress-host.ts';
import type { ProbeObservation } from '../../../model/observation.ts';
import type { IngressInfo } from '../../../model/topology.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ingressHosts } from '../../evidence/ingress-hosts.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import { pathAskedOf } from '../../view/answers.ts';
import type { View } from '../../view/view.ts';

/** Whether a way in serves what fails by others: then it is not the backend that lacks. */
const isServed = ({ verdict, asked }: ProbeObservation, failed: readonly ProbeObservation[]): boolean =>
  verdict === 'pass' && failed.some((each) => each.asked.protocol === asked.protocol);

/** Whether what answers looks at an Ingress of this class at all, as far as hosts that are routed show it. */
function isServedClass(view: View, { className }: IngressInfo): boolean {
  const ingresses = view.cluster.ingresses.map(({ value }) => value);
  const routed = ingressHosts(view)
    .filter(({ probes }) => probes.some(({ verdict }) => verdict === 'pass'))
    .flatMap(({ host }) => rulesFor(ingresses, host).map(({ ingress }) => ingress.className));
  return routed.length === 0 || routed.includes(className);
}

/** What a rule names and the cluster does not have, with the observations that say so; undefined where all is there. */
function missing(view: View, host: string, path: string): { text: string; ids: string[] } | undefined {
  const ingresses = view.cluster.ingresses.map(({ value }) => value);
  const found = ruleFor(ingresses, host, path);
  if (!found || found.rule.service === '') return undefined;
  const { ingress, rule } = found;
  const object = view.cluster.ingresses.find(({ value }) => value === ingress);
  const name = `${ingress.namespace}/${rule.service}`;
  const own = `the Ingress ${ingress.namespace}/${ingress.name}`;
  // That no Service was seen proves nothing: who read the cluster says what it lacks. Where several objects route the
  // same path, as one of a class that nobody serves any more beside its successor, any of them may be the one in force.
  const alike = rulesFor(ingresses, host).filter((each) => each.rule.path === rule.path);
  if (rule.lacks === undefined || alike.some((each) => each.rule.lacks === undefined)) return undefined;
  if (!isServedClass(view, ingress)) return undefined;
  const service = rule.lacks === 'port' ? view.cluster.service(name) : undefined;
  const seen = [object?.id, service?.id].filter((id) => id !== undefined);
  if (rule.lacks === 'service') return { text: `${own} leads to the Service ${name}, which is not there`, ids: seen };
  const there = service?.value.ports
    .map((port) => [port.name, port.port].filter((each) => each !== undefined).join(' '))
    .join(', ');
  const has = there === undefined ? 'no such port' : there;
  return { text: `${own} leads to port ${rule.servicePort} of the Service ${name}, which has ${has}`, ids: seen };
}

/** An Ingress leads to a Service, or to a port of one, that does not exist. */
export const ingressBackendMissing: CatalogueEntry = {
  code: 'ingress-backend-missing',
  title: (locations) => `the Ingress leads to a Service or port that is not there: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [],
  match: (view) =>
    ingressHosts(view).flatMap(({ host, probes }) =>
      distinct(probes.flatMap((probe) => pathAskedOf(probe) ?? [])).flatMap((path): Match[] => {
        const own = probes.filter((probe) => pathAskedOf(probe) === path);
        const failed = own.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === 'http-status');
        const what = missing(view, host, path);
        if (failed.length === 0 || !what || own.some((probe) => isServed(probe, failed))) return [];
        const answers = distinct(failed.map(({ reason }) => reason ?? 'otherwise')).join(' or ');
        return [
          proved({
            at: { host },
            evidence: [
              say(what.text, ...what.ids),
              say(`${host}${path} is answered ${answers}`, ...ids(failed).slice(0, 12)),
            ],
            impact: [{ kind: 'probes', ids: ids(failed) }],
            basis: failed,
          }),
        ];
      }),
    ),
  remedy: () => [
    {
      text:
        'Give the Ingress the name of a Service of its own namespace and one of that Service’s ports, by number or ' +
        'by name; an Ingress cannot lead to a Service of another namespace.',
    },
  ],
  shows: 'no "not found" behind its paths',
  verify: ({ host }) => `kubectl describe ingress -A | grep -A 8 ${host}`,
  parts: ({ host }) => `kubectl get ingress -A -o yaml | grep -A 20 ${host}`,
};
