import { qualified } from '../view/cluster.ts';
import type { View } from '../view/view.ts';
import type { Match } from '../entry.ts';
import { rulesOf, translations } from './services.ts';
import { ids, networkFailures, say } from './support.ts';
import { proved, provedIf } from '../match.ts';
import { proxiesStopped } from './proxies.ts';
import { unkeptServices } from './unkept.ts';

/** Nodes whose rules do not know a Service that other nodes translate. */
export function missingRules(view: View): Match[] {
  const stopped = new Set(proxiesStopped(view).map(({ node }) => node));
  return translations(view)
    .filter(({ node }) => !stopped.has(node))
    .flatMap((translation) =>
      unkeptServices(view, translation)
        .filter(({ rules }) => rules.length > 0)
        .map(({ service, name, failed, rules }) =>
          proved({
            at: { node: translation.node },
            evidence: [
              say(`${name} fails from ${translation.node}, and other nodes reach it`, ...ids(failed)),
              say(`no rule on ${translation.node} names ${service.value.clusterIp}`, ...rules, service.id),
            ],
            impact: [{ kind: 'translation', node: translation.node, service: name }],
            basis: ids(failed),
          }),
        ),
    );
}

/** Nodes whose rules send a Service's connections to addresses that are no longer its endpoints. */
export function staleRules(view: View): Match[] {
  return translations(view).flatMap((translation) => {
    const { node, probes, endpoints } = translation;
    const endpointsPass = endpoints.passed > 0 && endpoints.lost === 0;
    // What came after the rules were written last is not translated either.
    const newer = unkeptServices(view, translation).filter(({ rules }) => rules.length > 0);
    return view.cluster.services.flatMap((service): Match[] => {
      const name = qualified(service);
      const failed = networkFailures(probes.filter((probe) => view.path(probe).service === name));
      if (failed.length === 0) return [];
      const elsewhere = view.probes.some(
        (probe) =>
          probe.source.node !== node &&
          probe.role === 'service' &&
          probe.verdict === 'pass' &&
          view.path(probe).service === name,
      );
      const rules = rulesOf(view, node);
      const known = service.value.endpoints.map(({ ip }) => ip);
      const dead = (rules?.firewall.translatedTo(service.value.clusterIp) ?? []).filter((ip) => !known.includes(ip));
      if (rules ? dead.length === 0 : !endpointsPass || !elsewhere) return [];
      return [
        provedIf(dead.length > 0 && known.length > 0, {
          at: { node },
          evidence: [
            say(
              `${name} fails from ` +
                `${node}${endpointsPass ? ', and each of its endpoints answers there by its own address' : ''}`,
              ...ids(failed),
            ),
            dead.length > 0 &&
              say(
                `${node} still translates it to ${dead.join(', ')}; its endpoints are ${known.join(', ')}`,
                ...(rules?.ids ?? []),
                service.id,
              ),
          ],
          impact: [name, ...newer.map((each) => each.name)].map((each) => ({
            kind: 'translation',
            node,
            service: each,
          })),
          basis: failed,
        }),
      ];
    });
  });
}
